// A whole store as rows: what leaves one backend and comes into another (P14).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "masterkey2/api_key.hpp"
#include "masterkey2/audit_entry.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/credential_record.hpp"
#include "masterkey2/installation.hpp"
#include "masterkey2/sign_in.hpp"
#include "masterkey2/storage_error.hpp"
#include "masterkey2/tenant.hpp"
#include "masterkey2/user_account.hpp"

namespace masterkey2 {

struct StoredTenant {
  Tenant tenant;
  bool rp_id_exclusive = true;

  bool operator==(const StoredTenant&) const = default;
};

struct StoredUser {
  TenantId tenant;
  UserAccount user;

  bool operator==(const StoredUser&) const = default;
};

struct StoredCredential {
  TenantId tenant;
  CredentialRecord credential;

  bool operator==(const StoredCredential&) const = default;
};

struct StoredClaim {
  TenantId tenant;
  TokenId id;
  UnixMillis keep_until = 0;

  bool operator==(const StoredClaim&) const = default;
};

struct StoredSignIn {
  TenantId tenant;
  SignIn sign_in;  ///< as it is now: `confirmed` and `takeable_until` after a confirmation
  bool taken = false;
  UnixMillis session_expires_at = 0;

  bool operator==(const StoredSignIn&) const = default;
};

/// Who signed in under a session token, where the confirmed sign-ins in the store no longer say it:
/// another user, or for longer than their `session_expires_at`.
struct StoredSessionMark {
  TenantId tenant;
  TokenId session_token;
  bool several_users = false;
  UserHandle user;  ///< zeros if `several_users`
  UnixMillis keep_until = 0;

  bool operator==(const StoredSessionMark&) const = default;
};

/// What a repeated verify-auth is answered from. Its sign-in is in the store, and taken.
struct StoredIdempotency {
  TenantId tenant;
  Digest key;
  Digest body;
  TokenId sign_in;
  TokenId assertion_id;
  UnixMillis keep_until = 0;

  bool operator==(const StoredIdempotency&) const = default;
};

struct StoredEphemeral {
  TenantId tenant;
  Bytes key;  ///< 1–64 B
  std::uint64_t version = 0;
  Bytes value;  ///< 0–16,384 B
  UnixMillis expires_at = 0;

  bool operator==(const StoredEphemeral&) const = default;
};

struct StoredRevocation {
  TenantId tenant;
  TokenId token;
  UnixMillis keep_until = 0;

  bool operator==(const StoredRevocation&) const = default;
};

/// In the order in which the kinds follow one another. Within a kind the rows ascend, byte by byte:
/// by id; keys, claims, sign-ins by (tenant, id); users by (tenant, handle), each followed by its
/// credentials, oldest first; marks by (tenant, session token); idempotency and ephemerals by
/// (tenant, key); revocations as they happened; audit entries by (tenant, at, chain, sequence).
using StoredRow = std::variant<Installation, StoredTenant, ApiKey, StoredUser, StoredCredential,
                               StoredClaim, StoredSignIn, StoredSessionMark, StoredIdempotency,
                               StoredEphemeral, StoredRevocation, AuditEntry>;

/// Takes the rows of an export.
class RowSink {
 public:
  RowSink() = default;
  RowSink(const RowSink&) = delete;
  RowSink& operator=(const RowSink&) = delete;
  virtual ~RowSink() = default;
  /// An error ends the export, which answers with it.
  virtual StorageResult<void> put(const StoredRow& row) = 0;
  /// A row that cannot be read and is left out; `what` names it in one sentence.
  virtual void damaged(std::string_view what) = 0;
};

/// Gives the rows of an import.
class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;
  /// The next row; false at the end.
  virtual StorageResult<bool> next(StoredRow& row) = 0;
};

}  // namespace masterkey2
