// State: from mutations to rows.
#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "state.hpp"

namespace masterkey2::flatfile {

/// Where the mutation that is being applied stands.
struct State::Cursor {
  std::uint32_t file;
  std::uint64_t offset;  ///< of the decoder's first byte

  /// The place of `part`, which ends where the decoder is now.
  [[nodiscard]] Location locate(const Decoder& in, ByteView part) const {
    return {file, static_cast<std::uint32_t>(part.size()), offset + in.position() - part.size()};
  }
};

namespace {

void close_sign_in(TenantSpace& tenant, const TokenId& session, const TokenId& id) {
  std::vector<TokenId>* const open = tenant.open_sign_ins.find(session);
  if (open == nullptr) return;
  std::erase(*open, id);
  if (open->empty()) tenant.open_sign_ins.erase(session);
}

}  // namespace

TenantSpace::TenantSpace(std::uint64_t secret)
    : users(secret),
      claims(secret),
      marks(secret),
      sign_ins(secret),
      open_sign_ins(secret),
      idempotency(secret),
      revocations(secret),
      ephemerals(secret) {}

bool State::apply(ByteView mutations, std::uint32_t file, std::uint64_t offset) {
  Decoder list(mutations);
  while (!list.at_end()) {
    const auto kind = static_cast<MutationKind>(list.integer<std::uint8_t>());
    const auto size = list.integer<std::uint32_t>();
    const Cursor cursor{file, offset + list.position()};
    Decoder body(list.raw(size));
    if (!list.ok() || !apply_one(kind, body, cursor) || !body.complete()) return false;
  }
  return list.complete();
}

bool State::apply_one(MutationKind kind, Decoder& in, const Cursor& cursor) {
  switch (kind) {
    case MutationKind::kInstallation:
      decode(in, installation);
      return in.ok();
    case MutationKind::kTenant:
      return apply_tenant(in);
    case MutationKind::kEraseTenant:
      erase_tenant(in.identifier<TenantId>());
      return in.ok();
    case MutationKind::kApiKey:
      return apply_api_key(in);
    case MutationKind::kEraseApiKey:
      return erase_api_key(in);
    case MutationKind::kAudit:
      return apply_audit(in, cursor);
    case MutationKind::kAuditRuns:
      return apply_runs(in, named_audit_runs);
    case MutationKind::kMarkRuns:
      return apply_runs(in, named_mark_runs);
    case MutationKind::kPurge: {
      const UnixMillis before = in.millis();
      last_purge = purge(before, in.integer<std::uint32_t>());
      return in.ok();
    }
    default:
      break;
  }
  TenantSpace* const its_tenant = enter_tenant(in.identifier<TenantId>());
  if (its_tenant == nullptr) return false;
  TenantSpace& tenant = *its_tenant;
  switch (kind) {
    case MutationKind::kUser:
      return apply_user(tenant, in, cursor);
    case MutationKind::kEraseUser:
      return erase_user(tenant, in);
    case MutationKind::kClaim: {
      const auto id = in.identifier<TokenId>();
      tenant.claims.put(id, {in.millis()});
      return in.ok();
    }
    case MutationKind::kSignIn:
      return apply_sign_in(tenant, in, cursor);
    case MutationKind::kSignInState:
      return apply_sign_in_state(tenant, in);
    case MutationKind::kSessionMark:
      return apply_session_mark(tenant, in);
    case MutationKind::kIdempotency:
      return apply_idempotency(tenant, in);
    case MutationKind::kRevocation:
      return apply_revocation(tenant, in);
    case MutationKind::kEphemeral:
      return apply_ephemeral(tenant, in);
    default:
      return false;
  }
}

TenantSpace* State::enter_tenant(const TenantId& id) {
  if (entered_ == nullptr || entered_->row.id != id) {
    const auto found = tenants_.find(id);
    entered_ = found == tenants_.end() ? nullptr : &found->second;
  }
  return entered_;
}

bool State::apply_tenant(Decoder& in) {
  const bool exclusive = in.boolean();
  Tenant row;
  decode(in, row);
  if (!in.ok()) return false;
  TenantSpace& tenant = tenants_.try_emplace(row.id, secret_).first->second;
  tenant.row = std::move(row);
  tenant.rp_id_exclusive = exclusive;
  return true;
}

void State::erase_tenant(const TenantId& id) {
  const auto found = tenants_.find(id);
  if (found == tenants_.end()) return;
  entered_ = nullptr;
  for (const auto& [key_id, key] : found->second.keys) keys_by_digest_.erase(key.digest);
  found->second.revocations.for_each(
      [this](const TokenId&, const RevocationRow& row) { revocations_in_order_.erase(row.order); });
  tenants_.erase(found);
}

bool State::apply_api_key(Decoder& in) {
  ApiKey key;
  decode(in, key);
  const auto found = tenants_.find(key.tenant);
  if (!in.ok() || found == tenants_.end()) return false;
  keys_by_digest_[key.digest] = {key.tenant, key.id};
  found->second.keys[key.id] = std::move(key);
  return true;
}

bool State::erase_api_key(Decoder& in) {
  const auto tenant = tenants_.find(in.identifier<TenantId>());
  const auto id = in.identifier<ApiKeyId>();
  if (!in.ok() || tenant == tenants_.end()) return false;
  const auto found = tenant->second.keys.find(id);
  if (found == tenant->second.keys.end()) return true;
  keys_by_digest_.erase(found->second.digest);
  tenant->second.keys.erase(found);
  return true;
}

bool State::apply_user(TenantSpace& tenant, Decoder& in, const Cursor& cursor) {
  const ByteView bytes = in.string();
  const Location location = cursor.locate(in, bytes);
  // Its checksum is for those who read it later; the record's has just been looked at.
  const std::optional<DocumentKeys> document = scan_document(bytes);
  if (!in.ok() || !document) return false;
  const std::string_view external_id = document->external_id;
  const std::uint32_t slot = tenant.users.put(external_id, document->handle, location);
  const auto removed = in.integer<std::uint16_t>();
  for (int i = 0; i < removed && in.ok(); ++i) {
    tenant.users.remove_credential(external_id, in.string());
  }
  // After the removals: two ids of one user may share a hash, and so an entry.
  for (const ByteView credential : document->credentials) {
    tenant.users.add_credential(slot, credential);
  }
  return in.ok();
}

bool State::erase_user(TenantSpace& tenant, Decoder& in) {
  const std::string external_id = in.text();
  const auto handle = in.identifier<UserHandle>();
  const auto credentials = in.integer<std::uint16_t>();
  for (int i = 0; i < credentials && in.ok(); ++i) {
    tenant.users.remove_credential(external_id, in.string());
  }
  tenant.users.erase(external_id, handle);
  return in.ok();
}

bool State::apply_sign_in(TenantSpace& tenant, Decoder& in, const Cursor& cursor) {
  SignInRow row;
  decode(in, row.state);
  const ByteView encoded = in.string();
  row.location = cursor.locate(in, encoded);
  const std::optional<SignInKeys> sign_in = scan_sign_in(encoded);
  if (!in.ok() || !sign_in) return false;
  row.session_token = sign_in->session_token;
  row.at = sign_in->at;
  row.keep_until = row.state.keep_until;
  const bool open = row.state.confirmed && !row.state.taken;
  tenant.sign_ins.put(sign_in->id, row);
  if (open) tenant.open_sign_ins[row.session_token].push_back(sign_in->id);
  return true;
}

bool State::apply_sign_in_state(TenantSpace& tenant, Decoder& in) {
  const auto id = in.identifier<TokenId>();
  SignInState state;
  decode(in, state);
  if (!in.ok()) return false;
  SignInRow* row = tenant.sign_ins.find(id);
  if (row == nullptr) return false;
  row->state = state;
  if (row->keep_until != state.keep_until) {
    row->keep_until = state.keep_until;
    tenant.sign_ins.reschedule(id, state.keep_until);
  }
  close_sign_in(tenant, row->session_token, id);
  if (state.confirmed && !state.taken) tenant.open_sign_ins[row->session_token].push_back(id);
  return true;
}

bool State::apply_session_mark(TenantSpace& tenant, Decoder& in) {
  const auto session = in.identifier<TokenId>();
  SessionMark row;
  row.user = in.identifier<UserHandle>();
  row.several_users = in.boolean();
  row.keep_until = in.millis();
  if (in.ok()) tenant.marks.put(session, row);
  return in.ok();
}

bool State::apply_idempotency(TenantSpace& tenant, Decoder& in) {
  const auto key = in.identifier<Digest>();
  IdempotencyRow row;
  row.body = in.identifier<Digest>();
  row.sign_in = in.identifier<TokenId>();
  row.assertion_id = in.identifier<TokenId>();
  row.keep_until = in.millis();
  if (in.ok()) tenant.idempotency.put(key, row);
  return in.ok();
}

bool State::apply_revocation(TenantSpace& tenant, Decoder& in) {
  const auto token = in.identifier<TokenId>();
  RevocationRow row;
  row.order = in.integer<std::uint64_t>();
  row.keep_until = in.millis();
  if (!in.ok()) return false;
  tenant.revocations.put(token, row);
  revocations_in_order_[row.order] = token;
  next_revocation = std::max(next_revocation, row.order + 1);
  return true;
}

bool State::apply_ephemeral(TenantSpace& tenant, Decoder& in) {
  const std::string key = in.text();
  EphemeralRow row;
  row.version = in.integer<std::uint64_t>();
  row.keep_until = in.millis();
  row.value = in.bytes();
  if (in.ok()) tenant.ephemerals.put(key, std::move(row));
  return in.ok();
}

bool State::apply_audit(Decoder& in, const Cursor& cursor) {
  const ByteView bytes = in.rest();
  const std::optional<AuditKeys> entry = scan_audit(bytes);
  if (!entry) return false;
  recent_audit_[entry->tenant].append({entry->at, cursor.locate(in, bytes)});
  return true;
}

bool State::apply_runs(Decoder& in, std::vector<std::uint64_t>& named) {
  named.clear();
  const auto count = in.integer<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    named.push_back(in.integer<std::uint64_t>());
  }
  return in.ok();
}

std::uint32_t State::purge(UnixMillis before, std::uint32_t limit) {
  const auto nothing = [](const auto&, const auto&) {};
  std::uint32_t left = limit;
  for (auto& [id, tenant] : tenants_) {
    left -= tenant.claims.purge(before, left, nothing);
    left -= tenant.sign_ins.purge(before, left,
                                  [&tenant = tenant](const TokenId& sign_in, const SignInRow& row) {
                                    close_sign_in(tenant, row.session_token, sign_in);
                                  });
    // Not of the limit: processes whose snapshots differ hold different marks, and must forget the
    // same rows of all others.
    tenant.marks.purge(before, limit, nothing);
    left -= tenant.idempotency.purge(before, left, nothing);
    left -=
        tenant.revocations.purge(before, left, [this](const TokenId&, const RevocationRow& row) {
          revocations_in_order_.erase(row.order);
        });
    left -= tenant.ephemerals.purge(before, left, nothing);
  }
  return limit - left;
}

}  // namespace masterkey2::flatfile
