// Audit entries of this process: who did what, when and from where. Never a secret.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/random.hpp"
#include "masterkey2/audit_entry.hpp"
#include "masterkey2/storage.hpp"
#include "masterkey2/user_account.hpp"
#include "service/call.hpp"

namespace masterkey2 {

/// What an entry says beyond its envelope.
struct AuditEvent {
  std::string_view type;  ///< such as `user.disabled`
  /// Whom it speaks of; null: nobody known.
  const UserAccount* user = nullptr;
  /// Further members of the body: name → ASCII text.
  std::vector<std::pair<std::string_view, std::string>> members;
};

class AuditLog;

/// An entry with its number in the chain. The number goes back unless `stored` was called: the next
/// entry takes it, so that a refused operation leaves no gap.
class AuditDraft {
 public:
  AuditDraft(AuditLog& log, AuditEntry entry) : log_(log), entry_(std::move(entry)) {}
  AuditDraft(const AuditDraft&) = delete;
  AuditDraft& operator=(const AuditDraft&) = delete;
  ~AuditDraft();

  [[nodiscard]] const AuditEntry& entry() const { return entry_; }
  /// The operation was done, or may have been.
  void stored() { stored_ = true; }
  /// Notes how the operation that carried the entry ended.
  void note(const StorageResult<Outcome>& outcome);

 private:
  AuditLog& log_;
  AuditEntry entry_;
  bool stored_ = false;
};

/// Thread-safe.
class AuditLog {
 public:
  explicit AuditLog(RandomSource& random) : chain_(random.identifier<TokenId>()) {}

  [[nodiscard]] AuditDraft draft(const TenantId& tenant, const Call& call, UnixMillis now,
                                 const AuditEvent& event);

  /// Stores `audit.unused` under the numbers that were given back and that no entry has taken since
  /// while higher ones are in use. For the time before a chain is sealed or ends.
  StorageResult<void> fill_gaps(Storage& storage, UnixMillis now);

 private:
  friend class AuditDraft;
  struct Sequence {
    std::uint64_t next = 1;
    std::set<std::uint64_t> returned;
  };
  [[nodiscard]] AuditEntry make_entry(const TenantId& tenant, UnixMillis now,
                                      std::string_view type) const;
  void give_back(const AuditEntry& entry);

  const TokenId chain_;
  std::mutex mutex_;
  std::map<TenantId, Sequence> sequences_;
};

/// The entry's `subject`: SHA-256 over tenant, user handle and external_id. The random handle goes
/// when the user is erased; from then on nothing leads from the entry to the person.
[[nodiscard]] Bytes audit_subject(const TenantId& tenant, const UserAccount& user);

/// `192.0.2.7` → `192.0.2.0/24`, `2001:db8:1:2::3` → `2001:db8:1::/48`; anything else: empty.
[[nodiscard]] std::string cut_address(std::string_view address);

}  // namespace masterkey2
