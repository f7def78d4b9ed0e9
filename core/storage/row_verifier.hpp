// Do the rows of a whole store fit together?
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "masterkey2/storage.hpp"

namespace masterkey2 {

/// Looks at rows one after the other, in the order of StoredRow. Memory: 16 B for each key that
/// must be unique. One thread.
class RowVerifier {
 public:
  RowVerifier();

  /// What is wrong with `row`, each a sentence that names it; empty if nothing is.
  [[nodiscard]] std::vector<std::string> look_at(const StoredRow& row);
  /// What is missing when all rows have been seen.
  [[nodiscard]] std::vector<std::string> finish() const;

  /// How many rows of each kind, by index in StoredRow.
  using Counts = std::array<std::uint64_t, std::variant_size_v<StoredRow>>;
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Fingerprint {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    bool operator==(const Fingerprint&) const = default;
  };
  struct FingerprintHash {
    std::size_t operator()(const Fingerprint& value) const { return value.first; }
  };
  /// Space of keys: no two of one space may be equal.
  enum class Space : std::uint8_t {
    kRpId,
    kKeyDigest,
    kExternalId,
    kCredentialId,
    kClaim,
    kTaken,
    kRevocation
  };

  void check(const Installation& row);
  void check(const StoredTenant& row);
  void check(const ApiKey& row);
  void check(const StoredUser& row);
  void check(const StoredCredential& row);
  void check(const StoredClaim& row);
  void check(const StoredSignIn& row);
  void check(const StoredSessionMark& row);
  void check(const StoredIdempotency& row);
  void check(const StoredEphemeral& row);
  void check(const StoredRevocation& row);
  void check(const AuditEntry& row);

  void complain(const std::string& sentence) { found_.push_back(sentence); }
  void expect_tenant(const TenantId& tenant, const std::string& what);
  void expect_order(std::vector<std::uint8_t> key, const std::string& what);
  void expect_unique(Space space, ByteView tenant, ByteView key, const std::string& what);
  [[nodiscard]] Fingerprint fingerprint(Space space, ByteView tenant, ByteView key) const;

  std::uint64_t secret_;
  Counts counts_{};
  std::size_t kind_ = 0;  ///< of the row before
  Bytes last_;            ///< its key
  std::set<TenantId> tenants_;
  std::optional<StoredUser> user_;  ///< the last one seen
  std::uint32_t credentials_of_user_ = 0;
  std::unordered_set<Fingerprint, FingerprintHash> known_;
  std::vector<std::string> found_;
};

/// "tenant", "api_key", …: what a row is, by index in StoredRow.
[[nodiscard]] std::string_view kind_word(std::size_t kind);

}  // namespace masterkey2
