#include "mutation.hpp"

#include <utility>

#include "file_format.hpp"

namespace masterkey2::flatfile {

Bytes encode_transaction(std::uint64_t sequence, UnixMillis now, const MutationList& changes) {
  Bytes payload;
  payload.reserve(kRecordHeaderSize + changes.bytes().size());
  Encoder out(payload);
  out.integer(static_cast<std::uint8_t>(RecordType::kTransaction));
  out.integer(sequence);
  out.millis(now);
  out.raw(changes.bytes());
  return payload;
}

void encode(Encoder& out, const SignInState& state) {
  out.boolean(state.confirmed);
  out.boolean(state.taken);
  out.millis(state.takeable_until);
  out.millis(state.keep_until);
  out.millis(state.session_expires_at);
}

void decode(Decoder& in, SignInState& state) {
  state.confirmed = in.boolean();
  state.taken = in.boolean();
  state.takeable_until = in.millis();
  state.keep_until = in.millis();
  state.session_expires_at = in.millis();
}

/// kind u8 | size u32 | body
template <class Body>
void MutationList::add(MutationKind kind, Body&& body) {
  Encoder out(bytes_);
  out.integer(static_cast<std::uint8_t>(kind));
  const std::size_t size_at = bytes_.size();
  out.integer(std::uint32_t{0});
  std::forward<Body>(body)(out);
  const auto size = static_cast<std::uint32_t>(bytes_.size() - size_at - 4);
  for (std::size_t i = 0; i < 4; ++i) {
    bytes_[size_at + i] = static_cast<std::uint8_t>(size >> (8 * i));
  }
}

void MutationList::put_installation(const Installation& row) {
  add(MutationKind::kInstallation, [&](Encoder& out) { encode(out, row); });
}

void MutationList::put_tenant(const Tenant& row, bool rp_id_exclusive) {
  add(MutationKind::kTenant, [&](Encoder& out) {
    out.boolean(rp_id_exclusive);
    encode(out, row);
  });
}

void MutationList::erase_tenant(const TenantId& id) {
  add(MutationKind::kEraseTenant, [&](Encoder& out) { out.identifier(id); });
}

void MutationList::put_api_key(const ApiKey& row) {
  add(MutationKind::kApiKey, [&](Encoder& out) { encode(out, row); });
}

void MutationList::erase_api_key(const TenantId& tenant, const ApiKeyId& id) {
  add(MutationKind::kEraseApiKey, [&](Encoder& out) {
    out.identifier(tenant);
    out.identifier(id);
  });
}

void MutationList::put_user(const TenantId& tenant, ByteView document,
                            const std::vector<Bytes>& removed) {
  add(MutationKind::kUser, [&](Encoder& out) {
    out.identifier(tenant);
    out.string(document);
    out.integer(static_cast<std::uint16_t>(removed.size()));
    for (const Bytes& id : removed) out.string(id);
  });
}

void MutationList::erase_user(const TenantId& tenant, const UserDocument& document) {
  add(MutationKind::kEraseUser, [&](Encoder& out) {
    out.identifier(tenant);
    out.string(document.user.external_id);
    out.identifier(document.user.handle);
    out.integer(static_cast<std::uint16_t>(document.credentials.size()));
    for (const CredentialRecord& credential : document.credentials) out.string(credential.id);
  });
}

void MutationList::put_claim(const TenantId& tenant, const Claim& claim) {
  add(MutationKind::kClaim, [&](Encoder& out) {
    out.identifier(tenant);
    out.identifier(claim.id);
    out.millis(claim.keep_until);
  });
}

void MutationList::put_sign_in(const TenantId& tenant, const SignIn& row,
                               const SignInState& state) {
  put_sign_in(tenant, encode_sign_in(row), state);
}

void MutationList::put_sign_in(const TenantId& tenant, ByteView encoded, const SignInState& state) {
  add(MutationKind::kSignIn, [&](Encoder& out) {
    out.identifier(tenant);
    encode(out, state);
    out.string(encoded);
  });
}

void MutationList::put_sign_in_state(const TenantId& tenant, const TokenId& id,
                                     const SignInState& state) {
  add(MutationKind::kSignInState, [&](Encoder& out) {
    out.identifier(tenant);
    out.identifier(id);
    encode(out, state);
  });
}

void MutationList::put_session_mark(const TenantId& tenant, const TokenId& session,
                                    const SessionMark& row) {
  add(MutationKind::kSessionMark, [&](Encoder& out) {
    out.identifier(tenant);
    out.identifier(session);
    out.identifier(row.user);
    out.boolean(row.several_users);
    out.millis(row.keep_until);
  });
}

void MutationList::put_idempotency(const TenantId& tenant, const Digest& key,
                                   const IdempotencyRow& row) {
  add(MutationKind::kIdempotency, [&](Encoder& out) {
    out.identifier(tenant);
    out.identifier(key);
    out.identifier(row.body);
    out.identifier(row.sign_in);
    out.identifier(row.assertion_id);
    out.millis(row.keep_until);
  });
}

void MutationList::put_revocation(const TenantId& tenant, const TokenId& token, std::uint64_t order,
                                  UnixMillis keep_until) {
  add(MutationKind::kRevocation, [&](Encoder& out) {
    out.identifier(tenant);
    out.identifier(token);
    out.integer(order);
    out.millis(keep_until);
  });
}

void MutationList::put_ephemeral(const TenantId& tenant, ByteView key, std::uint64_t version,
                                 UnixMillis expires_at, ByteView value) {
  add(MutationKind::kEphemeral, [&](Encoder& out) {
    out.identifier(tenant);
    out.string(key);
    out.integer(version);
    out.millis(expires_at);
    out.string(value);
  });
}

void MutationList::append_audit(const AuditEntry& entry) {
  add(MutationKind::kAudit, [&](Encoder& out) { out.raw(encode_audit(entry)); });
}

void MutationList::purge(UnixMillis before, std::uint32_t limit) {
  add(MutationKind::kPurge, [&](Encoder& out) {
    out.millis(before);
    out.integer(limit);
  });
}

void MutationList::put_runs(MutationKind kind, const std::vector<std::uint64_t>& numbers) {
  add(kind, [&](Encoder& out) {
    out.integer(static_cast<std::uint32_t>(numbers.size()));
    for (const std::uint64_t number : numbers) out.integer(number);
  });
}

}  // namespace masterkey2::flatfile
