// What the store holds, as far as it must be in memory: all rows but the documents of users, the
// finished sign-ins, the audit entries and the marks of sessions, which stay on disk and are found
// through here.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit_rows.hpp"
#include "block_reader.hpp"
#include "directory.hpp"
#include "expiring_table.hpp"
#include "file.hpp"
#include "mark_rows.hpp"
#include "masterkey2/storage.hpp"
#include "mutation.hpp"
#include "recent_audit.hpp"

namespace masterkey2::flatfile {

struct ClaimRow {
  UnixMillis keep_until = 0;
};

struct SignInRow {
  Location location;  ///< of the encoded SignIn; `state` is newer
  TokenId session_token;
  UnixMillis at = 0;
  SignInState state;
  UnixMillis keep_until = 0;
};

struct RevocationRow {
  std::uint64_t order = 0;
  UnixMillis keep_until = 0;
};

struct EphemeralRow {
  std::uint64_t version = 0;
  UnixMillis keep_until = 0;
  Bytes value;
};

/// The rows of one tenant, behind one wall (P7).
struct TenantSpace {
  explicit TenantSpace(std::uint64_t secret);

  Tenant row;
  bool rp_id_exclusive = true;
  std::map<ApiKeyId, ApiKey> keys;
  Directory users;
  ExpiringTable<TokenId, ClaimRow> claims;
  ExpiringTable<TokenId, SessionMark> marks;  ///< since the snapshot; older ones are in runs
  ExpiringTable<TokenId, SignInRow> sign_ins;
  /// By session token: confirmed sign-ins that are not taken yet.
  IdMap<TokenId, std::vector<TokenId>> open_sign_ins;
  ExpiringTable<Digest, IdempotencyRow> idempotency;
  ExpiringTable<TokenId, RevocationRow> revocations;
  ExpiringTable<std::string, EphemeralRow, TextMap<EphemeralRow>> ephemerals;
};

/// Not thread-safe; the store guards it. The methods that read files are const and may run in
/// several threads at once.
class State {
 public:
  /// `secret`: drawn at random by the process.
  explicit State(std::uint64_t secret) : secret_(secret) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Applies mutations that stand at `offset` of file `file`; false if they cannot be read.
  [[nodiscard]] bool apply(ByteView mutations, std::uint32_t file, std::uint64_t offset);

  /// Answers the index that a Location names.
  std::uint32_t add_file(std::shared_ptr<DataFile> file);

  [[nodiscard]] const TenantSpace* find_tenant(const TenantId& id) const;
  [[nodiscard]] const ApiKey* find_api_key(const Digest& digest) const;
  [[nodiscard]] const std::map<TenantId, TenantSpace>& tenants() const { return tenants_; }
  [[nodiscard]] const std::map<std::uint64_t, TokenId>& revocations_in_order() const {
    return revocations_in_order_;
  }
  /// Entries that are in no audit run yet.
  [[nodiscard]] const std::map<TenantId, RecentAudit>& recent_audit() const {
    return recent_audit_;
  }
  [[nodiscard]] bool has_expired(UnixMillis before) const;

  [[nodiscard]] StorageResult<Bytes> read(const Location& location) const;
  /// The same, for many in a row; lives until the next call with this reader.
  [[nodiscard]] StorageResult<ByteView> read(const Location& location, BlockReader& reader) const;
  [[nodiscard]] StorageResult<UserDocument> read_document(const Location& location) const;
  [[nodiscard]] StorageResult<std::optional<UserDocument>> find_user(
      const TenantSpace& tenant, std::string_view external_id) const;
  [[nodiscard]] StorageResult<std::optional<UserDocument>> find_user(
      const TenantSpace& tenant, const UserHandle& handle) const;
  [[nodiscard]] StorageResult<std::optional<UserDocument>> find_owner(const TenantSpace& tenant,
                                                                      ByteView credential_id) const;
  /// As it is now.
  [[nodiscard]] StorageResult<SignIn> read_sign_in(const SignInRow& row) const;
  /// Absent: nobody has signed in under `session`. `expires_at`: when it ends, if that is known;
  /// marks are kept for so long, and runs without such a mark are not read.
  [[nodiscard]] StorageResult<std::optional<SessionMark>> find_mark(
      const TenantSpace& tenant, const TokenId& session, UnixMillis expires_at = 0) const;
  /// The marks that are in memory. The state must outlive the stream, and not change.
  [[nodiscard]] std::unique_ptr<MarkStream> stream_recent_marks() const;
  /// The entries that are in no run yet. The state must outlive the stream, and not change. Those
  /// of one time are read together: where one of them cannot be read, none of them comes.
  [[nodiscard]] std::unique_ptr<AuditStream> stream_recent_audit(const AuditKey& from) const;
  [[nodiscard]] StorageError damaged(const Location& location) const;

  Installation installation;
  std::uint64_t next_sequence = 1;    ///< of the next transaction
  std::uint64_t next_revocation = 1;  ///< order of the next revocation
  UnixMillis latest_now = 0;          ///< `now` of the last transaction
  std::uint32_t last_purge = 0;       ///< how many rows the last purge forgot
  // Of the snapshot: what it names, opened.
  SortedRuns<AuditRows> audit_runs;
  SortedRuns<MarkRows> mark_runs;  ///< the oldest first
  std::vector<std::uint64_t> named_audit_runs;
  std::vector<std::uint64_t> named_mark_runs;

 private:
  struct Cursor;
  bool apply_one(MutationKind kind, Decoder& in, const Cursor& cursor);
  /// Null if there is none.
  TenantSpace* enter_tenant(const TenantId& id);
  bool apply_tenant(Decoder& in);
  void erase_tenant(const TenantId& id);
  bool apply_api_key(Decoder& in);
  bool erase_api_key(Decoder& in);
  bool apply_user(TenantSpace& tenant, Decoder& in, const Cursor& cursor);
  static bool erase_user(TenantSpace& tenant, Decoder& in);
  static bool apply_sign_in(TenantSpace& tenant, Decoder& in, const Cursor& cursor);
  static bool apply_sign_in_state(TenantSpace& tenant, Decoder& in);
  static bool apply_session_mark(TenantSpace& tenant, Decoder& in);
  static bool apply_idempotency(TenantSpace& tenant, Decoder& in);
  bool apply_revocation(TenantSpace& tenant, Decoder& in);
  static bool apply_ephemeral(TenantSpace& tenant, Decoder& in);
  bool apply_audit(Decoder& in, const Cursor& cursor);
  static bool apply_runs(Decoder& in, std::vector<std::uint64_t>& named);
  std::uint32_t purge(UnixMillis before, std::uint32_t limit);

  std::uint64_t secret_;
  std::vector<std::shared_ptr<DataFile>> files_;
  std::map<TenantId, TenantSpace> tenants_;
  TenantSpace* entered_ = nullptr;  ///< of the last mutation: most are of the same as the next
  std::map<Digest, std::pair<TenantId, ApiKeyId>> keys_by_digest_;
  std::map<std::uint64_t, TokenId> revocations_in_order_;
  std::map<TenantId, RecentAudit> recent_audit_;
};

}  // namespace masterkey2::flatfile
