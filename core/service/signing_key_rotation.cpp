#include "service/signing_key_rotation.hpp"

#include <algorithm>

#include "encoding/time_text.hpp"
#include "service/tenant_signing_key.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMostKeys = 8;

std::string unknown(std::string_view id) {
  return "the tenant has no signing key `" + std::string(id) + "`";
}

auto find_key(auto& keys, std::string_view id) {
  return std::find_if(keys.begin(), keys.end(),
                      [&](const SigningKey& key) { return key.id == id; });
}

}  // namespace

Result<Tenant, std::string> add_signing_key(OperatorSession& session, const Tenant& tenant,
                                            const KeyRing& ring, RandomSource& random,
                                            UnixMillis now) {
  if (tenant.signing_keys.size() >= kMostKeys) {
    return std::string("the tenant has 8 signing keys, which is the most: retire one");
  }
  Tenant changed = tenant;
  changed.signing_keys.push_back(make_tenant_signing_key(
      tenant.id, SigningKeyState::kPending, now + kKeySetHeadStart, ring, random, now));
  return session.update_tenant(changed, "signing_key.added");
}

Result<Tenant, std::string> activate_signing_key(OperatorSession& session, const Tenant& tenant,
                                                 std::string_view id, UnixMillis now) {
  Tenant changed = tenant;
  const auto key = find_key(changed.signing_keys, id);
  if (key == changed.signing_keys.end()) return unknown(id);
  if (key->state != SigningKeyState::kPending) {
    return "signing key `" + std::string(id) + "` is not pending";
  }
  key->state = SigningKeyState::kActive;
  key->activates_at = std::max(now, key->created_at + kKeySetHeadStart);
  // The last active key in the row is the one that signs.
  std::rotate(key, std::next(key), changed.signing_keys.end());
  return session.update_tenant(changed, "signing_key.activated");
}

Result<Tenant, std::string> retire_signing_key(OperatorSession& session, const Tenant& tenant,
                                               std::string_view id, UnixMillis now) {
  Tenant changed = tenant;
  const auto key = find_key(changed.signing_keys, id);
  if (key == changed.signing_keys.end()) return unknown(id);
  if (key->state == SigningKeyState::kActive) {
    const auto successor = std::find_if(
        std::next(key), changed.signing_keys.end(),
        [](const SigningKey& other) { return other.state == SigningKeyState::kActive; });
    if (successor == changed.signing_keys.end()) {
      return std::string("this key signs, and no other takes over: activate another one first");
    }
    const UnixMillis free_at = successor->activates_at + kAssertionsExpire;
    if (now < free_at) {
      return "assertions that this key signed may live until " + rfc3339_text(free_at) +
             ": retire it then";
    }
  }
  changed.signing_keys.erase(key);
  return session.update_tenant(changed, "signing_key.retired");
}

}  // namespace masterkey2
