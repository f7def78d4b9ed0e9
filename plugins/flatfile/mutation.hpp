// What a transaction changes, as it stands in the log (FORMAT.md "Mutations"). Each mutation says
// what a row is from now on; nothing is decided when it is applied.
#pragma once

#include <cstdint>
#include <vector>

#include "masterkey2/storage.hpp"
#include "rows.hpp"

namespace masterkey2::flatfile {

enum class MutationKind : std::uint8_t {
  kInstallation = 1,
  kTenant = 2,
  kEraseTenant = 3,
  kApiKey = 4,
  kEraseApiKey = 5,
  kUser = 6,
  kEraseUser = 7,
  kClaim = 8,
  kSignIn = 9,
  kSignInState = 10,
  kSessionMark = 11,
  kIdempotency = 12,
  kRevocation = 13,
  kEphemeral = 14,
  kAudit = 15,
  kPurge = 16,
  kAuditRuns = 17,  ///< snapshots only
  kMarkRuns = 18,   ///< snapshots only
};

/// What changes in a sign-in after its commit.
struct SignInState {
  bool confirmed = true;
  bool taken = false;
  UnixMillis takeable_until = 0;
  UnixMillis keep_until = 0;          ///< at least the sign-in's own
  UnixMillis session_expires_at = 0;  ///< for the mark that a later confirmation sets
};

/// Who has signed in under a session token.
struct SessionMark {
  UserHandle user;
  bool several_users = false;
  UnixMillis keep_until = 0;
};

struct IdempotencyRow {
  Digest body;
  TokenId sign_in;
  TokenId assertion_id;
  UnixMillis keep_until = 0;
};

/// Collects the mutations of one transaction.
class MutationList {
 public:
  void put_installation(const Installation& row);
  void put_tenant(const Tenant& row, bool rp_id_exclusive);
  void erase_tenant(const TenantId& id);
  void put_api_key(const ApiKey& row);
  void erase_api_key(const TenantId& tenant, const ApiKeyId& id);
  /// `removed`: ids of credentials that the document had and has no longer.
  void put_user(const TenantId& tenant, ByteView document, const std::vector<Bytes>& removed);
  void erase_user(const TenantId& tenant, const UserDocument& document);
  void put_claim(const TenantId& tenant, const Claim& claim);
  void put_sign_in(const TenantId& tenant, const SignIn& row, const SignInState& state);
  void put_sign_in(const TenantId& tenant, ByteView encoded, const SignInState& state);
  void put_sign_in_state(const TenantId& tenant, const TokenId& id, const SignInState& state);
  void put_session_mark(const TenantId& tenant, const TokenId& session, const SessionMark& row);
  void put_idempotency(const TenantId& tenant, const Digest& key, const IdempotencyRow& row);
  void put_revocation(const TenantId& tenant, const TokenId& token, std::uint64_t order,
                      UnixMillis keep_until);
  void put_ephemeral(const TenantId& tenant, ByteView key, std::uint64_t version,
                     UnixMillis expires_at, ByteView value);
  void append_audit(const AuditEntry& entry);
  void purge(UnixMillis before, std::uint32_t limit);
  /// `kind`: kAuditRuns or kMarkRuns.
  void put_runs(MutationKind kind, const std::vector<std::uint64_t>& numbers);

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  template <class Body>
  void add(MutationKind kind, Body&& body);

  Bytes bytes_;
};

/// Payload of a record of the log: type 1 | sequence | now | mutations.
[[nodiscard]] Bytes encode_transaction(std::uint64_t sequence, UnixMillis now,
                                       const MutationList& changes);

void encode(Encoder& out, const SignInState& state);
void decode(Decoder& in, SignInState& state);

}  // namespace masterkey2::flatfile
