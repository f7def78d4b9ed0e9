// The storage contract: what a backend must offer and promise.
//
// Every operation is one transaction. The promises, by number (the conformance tests name them):
//  P1  Atomic: all effects of an operation become visible together, or none.
//  P2  Serializable: concurrent operations of all threads, processes and (kMultiHost) hosts act as
//      if one after the other. A loser may answer kConflict; then nothing happened.
//  P3  Durable: an operation that answered kDone survives kill -9 and power loss (kDurable). So
//  does
//      what a write operation that changed nothing has answered from.
//  P4  Visible: what was answered is seen by every operation that starts later, in any process.
//  P5  One winner: of all commits that carry one claim or sign-in id, at most one answers kDone; of
//      all takes of one sign-in, at most one answers kTaken.
//  P6  Exact: keys compare byte by byte (NUL, 0xFF, letter case, trailing spaces); values come back
//      as they were given. Within the documented limits (limits.hpp has them as code) nothing is
//      cut or refused; beyond them the answer is kInvalidArgument and nothing happened.
//  P7  Walls: an operation reads and writes its own tenant only. An audit entry, a key or a row
//      that names another tenant than the guard is kInvalidArgument.
//  P8  No clock and no rule: the caller passes `now`; nothing about WebAuthn is decided here.
//  P9  Preconditions are checked in the order in which `Outcome` lists them, inside the
//      transaction; unless the answer is kDone, nothing changed.
//  P10 Bounded: every call returns in bounded time (kUnavailable past it); lists come in pages.
//  P11 Expired claims, sign-ins, revocations and ephemerals are forgotten by `purge_expired` and no
//      sooner than their time; nothing relies on it being called.
//  P12 Nothing throws across this interface.
//  P13 kOutcomeUnknown is the only error after which an effect may be visible.
//  P14 Portable (kPortable): `export_rows` gives every row of one moment, in the order of
//  StoredRow.
//      `import_rows` of these makes a store of any backend that answers as the first one did and
//      exports the same rows. Until it answers kDone there is no store; a half import is none.
//  P15 Upgrades: a store of another format or schema answers kIncompatible and is not touched.
//      `migrate` leads an older one on; after a crash in its middle it can be called again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/api_key.hpp"
#include "masterkey2/audit_entry.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/credential_record.hpp"
#include "masterkey2/installation.hpp"
#include "masterkey2/sign_in.hpp"
#include "masterkey2/storage_error.hpp"
#include "masterkey2/stored_row.hpp"
#include "masterkey2/tenant.hpp"
#include "masterkey2/user_account.hpp"

namespace masterkey2 {

/// How a write ended. Listed in the order in which preconditions are checked (P9).
enum class Outcome : std::uint8_t {
  kDone = 0,
  kEpochChanged,   ///< the installation's epoch is not the guard's
  kTenantGone,     ///< no such tenant, or not enabled (update_tenant, erase_tenant: no such tenant)
  kTenantChanged,  ///< its generation is not the guard's: reload the tenant and start again
  kApiKeyDead,     ///< the guard's key is unknown, revoked or expired at `now`
  kTokenRevoked,   ///< the guard's session token is revoked
  kClaimTaken,     ///< the ceremony (claim 0 or the sign-in's id) was used already
  kTokenUsed,      ///< a further claim (a user token) was used already
  kUserGone,
  kUserDisabled,
  kNotFound,        ///< what the operation names is not there
  kVersionChanged,  ///< a row's version is not the one that the caller read
  kAlreadyExists,   ///< a unique key is in use
  kLimitReached,    ///< a documented maximum would be exceeded
};

/// What an operation rests on, checked in its own transaction. Absent members are not checked.
struct Guard {
  TenantId tenant;
  UnixMillis now = 0;
  std::optional<std::uint64_t> epoch;
  std::optional<std::uint64_t> tenant_generation;
  std::optional<ApiKeyId> api_key;
  std::optional<TokenId> session_token;
};

/// A one-time claim: inserted by one commit only, known until `keep_until`.
struct Claim {
  TokenId id;
  UnixMillis keep_until = 0;
};

template <class T>
struct Page {
  std::vector<T> items;
  /// Pass as `PageRequest::after` for the rest; empty at the end. Opaque, 0–512 B. A page that is
  /// not the last may hold fewer items than asked for, even none.
  Bytes next;
};

struct PageRequest {
  Bytes after;               ///< empty: from the start
  std::uint32_t limit = 50;  ///< 1–1,000
};

struct InsertTenant {
  Tenant tenant;                ///< `generation` is ignored
  bool rp_id_exclusive = true;  ///< kAlreadyExists if an exclusive tenant has this rp_id
  ApiKey first_key;
  AuditEntry audit;
};

/// What a request with an API key must know first, in one read.
struct ApiKeyAccess {
  ApiKey key;
  std::uint64_t tenant_generation = 0;
  bool tenant_enabled = true;
  std::uint64_t epoch = 1;
};

/// What begin needs to know of the moment.
struct Standing {
  std::uint64_t epoch = 1;
  std::uint64_t tenant_generation = 0;
  bool tenant_enabled = true;
  bool token_revoked = false;
};

struct UserView {
  Standing standing;
  std::optional<UserAccount> user;
  std::vector<CredentialRecord> credentials;  ///< the user's, oldest first; empty unless asked for
};

struct SignInView {
  Standing standing;
  std::optional<CredentialRecord> credential;
  std::optional<UserAccount> user;    ///< the owner of `credential`
  std::vector<Bytes> credential_ids;  ///< of all the owner's credentials, oldest first
};

struct PutUser {
  Guard guard;
  /// `handle` (in use: kAlreadyExists), `created_at`, `enabled` and `extra` count only if it is
  /// new; then it is stored as given.
  UserAccount user;
  bool set_display_name = false;  ///< false: the one of a known user stays
  bool set_username = false;
  AuditEntry audit;  ///< stored only if something changed
};

struct PutUserResult {
  Outcome outcome = Outcome::kDone;  ///< kUserDisabled: nothing changed
  UserAccount user;                  ///< as it is now; valid for kDone and kUserDisabled
  bool created = false;
};

/// Changes of a credential record at sign-in. Applied with the commit, or kVersionChanged.
struct CredentialUpdate {
  std::uint64_t expected_version = 0;
  std::uint32_t sign_count = 0;
  bool backup_state = false;
  bool uv_initialized = false;
  bool counter_suspect = false;
  UnixMillis last_used_at = 0;
};

struct CommitSignIn {
  Guard guard;
  SignIn sign_in;  ///< its `id` is the claim
  /// Until when "this user signed in under this session token" must stay known (the token's
  /// expiry). It is noted when the sign-in is confirmed.
  UnixMillis session_expires_at = 0;
  std::optional<CredentialUpdate> update;  ///< absent: the record stays as it is
  AuditEntry audit;
};

struct CommitRegistration {
  Guard guard;
  Claim ceremony;                      ///< taken: kClaimTaken
  Claim user_token;                    ///< taken: kTokenUsed
  CredentialRecord credential;         ///< in use in this tenant: kAlreadyExists
  std::uint32_t max_credentials = 20;  ///< 1–200; the user has as many: kLimitReached
  AuditEntry audit;
};

/// The same key and body within its life get the same sign-in (HTTP `Idempotency-Key`), as long as
/// its user is there and enabled. Stored with kTaken only.
struct Idempotency {
  Digest key;
  Digest body;
  TokenId assertion_id;  ///< the `jti` that the first call used
  UnixMillis keep_until = 0;
};

struct TakeSignIn {
  Guard guard;
  /// One of the two: the sign-in itself, or the session token under which it happened.
  std::optional<TokenId> sign_in;
  std::optional<TokenId> session_token;
  /// By session token: only sign-ins at or after this moment count.
  UnixMillis not_before = 0;
  std::optional<Idempotency> idempotency;
  AuditEntry audit;  ///< stored with kTaken alone: the host notes what was refused
};

enum class TakeOutcome : std::uint8_t {
  kTaken = 0,
  kTakenBefore,  ///< by this idempotency key and body: `sign_in` as then, nothing changed
  kAlreadyTaken,
  kNone,                 ///< no such sign-in, not confirmed, expired, none under this session token
  kAmbiguous,            ///< by session token: two untaken, or ever two users under it
  kUserGone,             ///< the user was erased since: not taken
  kUserDisabled,         ///< the user is disabled: not taken
  kIdempotencyConflict,  ///< this key came with another body
  kEpochChanged,
  kTenantGone,
  kTenantChanged,
  kApiKeyDead,
  kTokenRevoked,
};

/// What a take answers when its guard does not hold. `refusal`: kEpochChanged, kTenantGone,
/// kTenantChanged, kApiKeyDead or kTokenRevoked.
[[nodiscard]] constexpr TakeOutcome refused_by_guard(Outcome refusal) noexcept {
  switch (refusal) {
    case Outcome::kEpochChanged:
      return TakeOutcome::kEpochChanged;
    case Outcome::kTenantChanged:
      return TakeOutcome::kTenantChanged;
    case Outcome::kApiKeyDead:
      return TakeOutcome::kApiKeyDead;
    case Outcome::kTokenRevoked:
      return TakeOutcome::kTokenRevoked;
    default:
      return TakeOutcome::kTenantGone;
  }
}

struct TakeResult {
  TakeOutcome outcome = TakeOutcome::kNone;
  std::optional<SignIn> sign_in;    ///< for kTaken and kTakenBefore
  std::optional<UserAccount> user;  ///< for kTaken, kTakenBefore and kUserDisabled
  TokenId assertion_id;             ///< for kTakenBefore: the first call's
};

/// One server process; several may share a store (kMultiProcess). Methods are thread-safe. `T`s
/// passed in are borrowed for the call, results are the caller's. Outlived by nothing that it
/// returned.
class Storage {
 public:
  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage() = default;

  // The installation.

  /// Makes an empty store. kAlreadyExists if there is one, which stays untouched.
  virtual StorageResult<Outcome> initialize(const Installation& installation) = 0;
  virtual StorageResult<Installation> read_installation() = 0;
  /// epoch := expected + 1. kEpochChanged if it is not `expected`.
  virtual StorageResult<Outcome> raise_epoch(std::uint64_t expected, UnixMillis now) = 0;
  /// Overwrites one fixed-size record; a lower `heartbeat` than the stored one is ignored.
  virtual StorageResult<void> write_heartbeat(std::uint64_t heartbeat, UnixMillis now) = 0;
  /// Succeeds if reads and writes can be expected to work. Changes nothing.
  virtual StorageResult<void> check() = 0;
  /// The backend's own clock, for readiness only; absent if it has none of its own.
  virtual StorageResult<std::optional<UnixMillis>> storage_time() = 0;
  /// Forgets what expired before `now`, at most `limit` rows; answers how many.
  virtual StorageResult<std::uint64_t> purge_expired(UnixMillis now, std::uint32_t limit) = 0;

  // Tenants.

  virtual StorageResult<Outcome> insert_tenant(const InsertTenant& insert) = 0;
  /// Replaces the row if its generation is the guard's (`guard.tenant_generation` is required).
  /// `id`, `rp_id` and `created_at` stay. generation := + 1. Enables and disables, too.
  virtual StorageResult<Outcome> update_tenant(const Guard& guard, const Tenant& tenant,
                                               const AuditEntry& audit) = 0;
  /// Removes the tenant with all its rows, the audit log apart.
  virtual StorageResult<Outcome> erase_tenant(const Guard& guard, const AuditEntry& audit) = 0;
  virtual StorageResult<std::optional<Tenant>> find_tenant(const TenantId& id) = 0;
  /// In the order of ids.
  virtual StorageResult<Page<Tenant>> list_tenants(const PageRequest& page) = 0;

  // API keys.

  /// By SHA-256 of the key's text. Absent when revoked or expired at `now`.
  virtual StorageResult<std::optional<ApiKeyAccess>> find_api_key(const Digest& digest,
                                                                  UnixMillis now) = 0;
  /// kAlreadyExists if its id or digest is in use, kLimitReached when the tenant has `max_keys`
  /// (at most 64) live ones.
  virtual StorageResult<Outcome> insert_api_key(const Guard& guard, const ApiKey& key,
                                                std::uint32_t max_keys,
                                                const AuditEntry& audit) = 0;
  /// Inserts `key` and lets the key `replaced` expire at `replaced_expires_at` (`now` or earlier:
  /// at once). kNotFound if `replaced` is not alive, kVersionChanged if it is not at
  /// `expected_version`. Older members of its lineage go.
  virtual StorageResult<Outcome> replace_api_key(const Guard& guard, const ApiKeyId& replaced,
                                                 std::uint64_t expected_version,
                                                 UnixMillis replaced_expires_at, const ApiKey& key,
                                                 const AuditEntry& audit) = 0;
  virtual StorageResult<Outcome> erase_api_key(const Guard& guard, const ApiKeyId& id,
                                               const AuditEntry& audit) = 0;
  /// All live ones at `now`, oldest first (at most 64).
  virtual StorageResult<std::vector<ApiKey>> list_api_keys(const TenantId& tenant,
                                                           UnixMillis now) = 0;

  // Users and credentials.

  virtual StorageResult<UserView> find_user(const TenantId& tenant, std::string_view external_id,
                                            bool with_credentials) = 0;
  /// `session_token`, if given, fills `standing.token_revoked`.
  virtual StorageResult<UserView> find_user(const TenantId& tenant, const UserHandle& handle,
                                            bool with_credentials,
                                            const std::optional<TokenId>& session_token) = 0;
  /// In the byte order of external ids.
  virtual StorageResult<Page<UserAccount>> list_users(const TenantId& tenant,
                                                      const PageRequest& page) = 0;
  /// Creates the user or updates its names.
  virtual StorageResult<PutUserResult> put_user(const PutUser& put) = 0;
  /// kUserGone if unknown; kDone also when it was so already (then no audit entry).
  virtual StorageResult<Outcome> set_user_enabled(const Guard& guard, std::string_view external_id,
                                                  bool enabled, const AuditEntry& audit) = 0;
  /// Removes the user with all credentials.
  virtual StorageResult<Outcome> erase_user(const Guard& guard, std::string_view external_id,
                                            const AuditEntry& audit) = 0;
  /// Sets `name` of a credential of this user. kUserGone, kNotFound.
  virtual StorageResult<Outcome> rename_credential(const Guard& guard, std::string_view external_id,
                                                   ByteView credential_id, std::string_view name,
                                                   const AuditEntry& audit) = 0;
  virtual StorageResult<Outcome> erase_credential(const Guard& guard, std::string_view external_id,
                                                  ByteView credential_id,
                                                  const AuditEntry& audit) = 0;

  // Ceremonies.

  virtual StorageResult<Standing> read_standing(const TenantId& tenant,
                                                const std::optional<TokenId>& session_token) = 0;
  /// Everything that finish_authentication needs to know, in one read.
  virtual StorageResult<SignInView> read_sign_in(const TenantId& tenant, ByteView credential_id,
                                                 const TokenId& session_token) = 0;
  /// The user must exist and be enabled, the credential exist (kNotFound) and belong to the user.
  virtual StorageResult<Outcome> commit_sign_in(const CommitSignIn& commit) = 0;
  /// The user must exist and be enabled.
  virtual StorageResult<Outcome> commit_registration(const CommitRegistration& commit) = 0;
  virtual StorageResult<TakeResult> take_sign_in(const TakeSignIn& take) = 0;
  /// Marks a sign-in as confirmed (see SignIn), takeable until `takeable_until`. kNotFound if
  /// unknown or past its `keep_until` at the guard's `now`; kAlreadyExists if it is confirmed
  /// already.
  virtual StorageResult<Outcome> confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                                 UnixMillis takeable_until,
                                                 const AuditEntry& audit) = 0;

  // Revocations and short-lived records.

  /// Idempotent. `audit` only with the first.
  virtual StorageResult<Outcome> revoke_token(const Guard& guard, const TokenId& token,
                                              UnixMillis keep_until, const AuditEntry& audit) = 0;
  /// The revocations of all tenants in the order in which they happened, for hosts that keep them
  /// in memory (a backend without kLocalReads).
  virtual StorageResult<Page<TokenId>> list_revocations(const PageRequest& page) = 0;
  /// Compare and set: `expected_version` 0 inserts (kAlreadyExists), else replaces
  /// (kVersionChanged, kNotFound); the version becomes expected + 1. A record counts as absent from
  /// `expires_at` on. `key`: 1–64 B, `value`: 0–16,384 B.
  virtual StorageResult<Outcome> put_ephemeral(const Guard& guard, ByteView key,
                                               std::uint64_t expected_version, ByteView value,
                                               UnixMillis expires_at) = 0;
  struct Ephemeral {
    std::uint64_t version = 0;
    Bytes value;  ///< 0–16,384 B
    UnixMillis expires_at = 0;
  };
  virtual StorageResult<std::optional<Ephemeral>> find_ephemeral(const TenantId& tenant,
                                                                 ByteView key, UnixMillis now) = 0;

  // Audit.

  /// For entries that belong to no other operation (at most 64 a call).
  virtual StorageResult<void> append_audit(const std::vector<AuditEntry>& entries) = 0;
  struct AuditFilter {
    UnixMillis since = 0;          ///< inclusive
    UnixMillis until = INT64_MAX;  ///< exclusive
    std::string type;              ///< empty: all
    Bytes subject;                 ///< empty: all
  };
  /// In the order of (`at`, chain, sequence).
  virtual StorageResult<Page<AuditEntry>> list_audit(const TenantId& tenant,
                                                     const AuditFilter& filter,
                                                     const PageRequest& page) = 0;

  // Moving and keeping: for `masterkey2ctl storage`, never called by a server. P10 does not bind
  // them. A backend that lacks them answers kUnsupported.

  /// All rows, the Installation first; what has expired and is not purged yet among them.
  virtual StorageResult<void> export_rows(RowSink& sink) {
    static_cast<void>(sink);
    return StorageError{StorageErrorCode::kUnsupported, "this backend cannot export"};
  }
  /// Makes a store with these rows where there is none (kAlreadyExists: untouched). The host has
  /// checked their order, limits, references and unique keys. An error of `rows` is passed on.
  virtual StorageResult<Outcome> import_rows(RowSource& rows) {
    static_cast<void>(rows);
    return StorageError{StorageErrorCode::kUnsupported, "this backend cannot import"};
  }
  /// Numbers of the format or schema before and after; equal: nothing was to be done.
  struct Migrated {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    bool operator==(const Migrated&) const = default;
  };
  /// To the newest that this plugin knows. kIncompatible for one that it does not know.
  virtual StorageResult<Migrated> migrate() {
    return StorageError{StorageErrorCode::kUnsupported, "this backend has one format only"};
  }
};

}  // namespace masterkey2
