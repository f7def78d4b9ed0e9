#include "service/cursor.hpp"

#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
#include "token/sealed_token.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxText = 2'048;

Bytes bound_to(const TenantId& tenant, std::string_view list) {
  ByteWriter bound;
  bound.raw(as_bytes("cursor"));
  bound.raw(tenant.view());
  bound.raw(as_bytes(list));
  return std::move(bound).take();
}

}  // namespace

std::string seal_cursor(Services& services, const TenantId& tenant, std::string_view list,
                        ByteView after) {
  const auto ring = services.keys.current();
  ByteWriter cursor;
  cursor.integer(ring->active().id);
  cursor.raw(wrap_secret(after, bound_to(tenant, list), ring->active(), services.random));
  return base64url_encode(cursor.bytes());
}

std::optional<Bytes> open_cursor(Services& services, const TenantId& tenant, std::string_view list,
                                 std::string_view text) {
  if (text.size() > kMaxText) return std::nullopt;
  const std::optional<Bytes> bytes = base64url_decode(text);
  if (!bytes) return std::nullopt;
  ByteReader reader(*bytes);
  const auto key_id = reader.integer<std::uint32_t>();
  if (reader.failed()) return std::nullopt;
  const auto ring = services.keys.current();
  const RingKey* key = ring->opener(key_id);
  if (key == nullptr) return std::nullopt;
  return unwrap_secret(ByteView(*bytes).subspan(sizeof key_id), bound_to(tenant, list), *key);
}

}  // namespace masterkey2
