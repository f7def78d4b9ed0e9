// What the FIDO Alliance knows about models of authenticators: the BLOB of its Metadata Service
// (MDS 3.1). Pure: bytes in, entries out.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2::webauthn {

/// One model.
struct MetadataEntry {
  std::string description;   ///< for people, ≤ 200 B
  std::vector<Bytes> roots;  ///< attestation roots in DER, as listed: not parsed yet
  /// A status that rules the model out, such as `REVOKED`; empty: none does.
  std::string fault;
};

/// Who may sign a BLOB: a certificate for `host` that leads to one of `roots`.
struct MetadataSigner {
  std::span<const Certificate> roots;
  std::string_view host;
};

class MetadataBlob {
 public:
  /// The whole file: a JWS. At most 32 MiB. The error is a clause. A model's entry that cannot be
  /// used is left out; so such a model is unknown.
  [[nodiscard]] static Result<MetadataBlob, std::string> parse(std::string_view jws,
                                                               const MetadataSigner& signer,
                                                               UnixMillis now);

  /// Null if the model is unknown.
  [[nodiscard]] const MetadataEntry* find(const Aaguid& aaguid) const;
  /// FIDO U2F has no AAGUIDs: by the key identifier of a certificate (20 B).
  [[nodiscard]] const MetadataEntry* find_by_key(ByteView key_identifier) const;

  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// Midnight UTC of the day on which a later BLOB is due.
  [[nodiscard]] UnixMillis next_update() const { return next_update_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  std::uint64_t number_ = 0;
  UnixMillis next_update_ = 0;
  std::vector<MetadataEntry> entries_;
  // Indices of `entries_`.
  std::map<Aaguid, std::size_t> by_aaguid_;
  std::map<Bytes, std::size_t> by_key_;
};

}  // namespace masterkey2::webauthn
