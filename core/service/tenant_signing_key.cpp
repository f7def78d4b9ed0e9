#include "service/tenant_signing_key.hpp"

#include <array>
#include <utility>

#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
#include "token/sealed_token.hpp"

namespace masterkey2 {
namespace {

/// What the wrapping is bound to: the tenant's 16 bytes | the key's id behind its length.
Bytes binding(const TenantId& tenant, const std::string& key_id) {
  ByteWriter writer;
  writer.raw(tenant.view());
  writer.string(key_id);
  return std::move(writer).take();
}

}  // namespace

SigningKey make_tenant_signing_key(const TenantId& tenant, SigningKeyState state,
                                   UnixMillis activates_at, const KeyRing& ring,
                                   RandomSource& random, UnixMillis now) {
  std::array<std::uint8_t, 16> id{};
  random.fill(id);
  const EcSigningKey pair = EcSigningKey::generate();
  Bytes scalar = pair.private_scalar();

  SigningKey key;
  key.id = base64url_encode(id);
  key.state = state;
  key.created_at = now;
  key.activates_at = activates_at;
  key.public_point = pair.public_point();
  key.wrapped_by = ring.active().id;
  key.wrapped_private_key = wrap_secret(scalar, binding(tenant, key.id), ring.active(), random);
  wipe(scalar);
  return key;
}

std::optional<EcSigningKey> open_tenant_signing_key(const TenantId& tenant, const SigningKey& key,
                                                    const KeyRing& ring) {
  const RingKey* wrapper = ring.opener(key.wrapped_by);
  if (wrapper == nullptr) return std::nullopt;
  auto scalar = unwrap_secret(key.wrapped_private_key, binding(tenant, key.id), *wrapper);
  if (!scalar) return std::nullopt;
  auto pair = EcSigningKey::from_private(*scalar, key.public_point);
  wipe(*scalar);
  return pair;
}

}  // namespace masterkey2
