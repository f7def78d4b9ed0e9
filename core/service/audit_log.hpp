// Audit entries of this process: who did what, when and from where. Never a secret.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/random.hpp"
#include "masterkey2/audit_entry.hpp"
#include "masterkey2/storage.hpp"
#include "masterkey2/user_account.hpp"
#include "service/audit_chain.hpp"
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
  /// The operation has stored the entry.
  void stored() { fate_ = Fate::kStored; }
  /// It may have: what is there counts when the chain is sealed.
  void maybe_stored() { fate_ = Fate::kUnknown; }
  /// Notes how the operation that carried the entry ended.
  void note(const StorageResult<Outcome>& outcome);

 private:
  AuditLog& log_;
  enum class Fate : std::uint8_t { kNotStored, kStored, kUnknown };

  AuditEntry entry_;
  Fate fate_ = Fate::kNotStored;
};

/// The chains of one process: one for each tenant. Thread-safe, but for `seal`, which one thread
/// calls at a time.
class AuditLog {
 public:
  explicit AuditLog(RandomSource& random) : chain_(random.identifier<TokenId>()) {}

  [[nodiscard]] AuditDraft draft(const TenantId& tenant, const Call& call, UnixMillis now,
                                 const AuditEvent& event);

  /// Stores `audit.unused` under the numbers that were given back and that no entry has taken since
  /// while higher ones are in use. For the time before a chain is sealed or ends.
  StorageResult<void> fill_gaps(Storage& storage, UnixMillis now);

  struct Sealed {
    std::vector<AuditHead> heads;       ///< of the chains that got a seal
    std::optional<StorageError> error;  ///< what is open now is for the next time
  };
  /// Fills gaps, looks up entries whose fate is unknown, and stores seals over all that came since
  /// the last ones. A chain without news gets none.
  [[nodiscard]] Sealed seal(Storage& storage, UnixMillis now);

 private:
  friend class AuditDraft;
  /// An entry that no seal covers yet.
  struct Open {
    std::optional<Digest> hash;  ///< absent: not known whether it is stored
    UnixMillis at = 0;
    bool is_seal = false;
  };
  struct Sequence {
    std::uint64_t next = 1;
    std::set<std::uint64_t> returned;
    std::map<std::uint64_t, Open> open;
    std::uint64_t sealed = 0;  ///< up to this number
    Digest head;               ///< of the chain at `sealed`
  };
  struct SealDraft {
    AuditEntry entry;
    AuditSeal seal;
  };
  [[nodiscard]] AuditEntry make_entry(const TenantId& tenant, UnixMillis now,
                                      std::string_view type) const;
  /// The sequence of a tenant; the lock is held.
  [[nodiscard]] Sequence& sequence_of(const TenantId& tenant);
  void give_back(const TenantId& tenant, std::uint64_t number);
  void keep(const AuditEntry& entry, bool certain);
  [[nodiscard]] StorageResult<void> settle_unknown(Storage& storage, const TenantId& tenant);
  [[nodiscard]] std::optional<SealDraft> next_seal(const TenantId& tenant, UnixMillis now);
  [[nodiscard]] std::vector<TenantId> tenants_with_news();

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
