#include "service/cross_device_code.hpp"

#include <algorithm>
#include <array>

#include "crypto/constant_time.hpp"
#include "encoding/byte_codec.hpp"
#include "token/sealed_token.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::uint32_t kCodes = 1'000'000;

Bytes bound_to(const TenantId& tenant, const TokenId& sign_in) {
  ByteWriter writer;
  writer.string("cross-device code");
  writer.raw(tenant.view());
  writer.raw(sign_in.view());
  return std::move(writer).take();
}

}  // namespace

std::string make_code(RandomSource& random) {
  // The part of the range that would make low numbers likelier is drawn again.
  constexpr std::uint32_t kFair = UINT32_MAX / kCodes * kCodes;
  std::uint32_t number = kFair;
  while (number >= kFair) {
    std::array<std::uint8_t, sizeof number> bytes{};
    random.fill(bytes);
    number = ByteReader(bytes).integer<std::uint32_t>();
  }
  const std::string digits = std::to_string(number % kCodes);
  return std::string(kDigits - digits.size(), '0') + digits;
}

bool is_code(std::string_view text) {
  return text.size() == kDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Bytes wrap_code(Services& services, const TenantId& tenant, const TokenId& sign_in,
                std::string_view code) {
  const auto ring = services.keys.current();
  const RingKey& key = ring->active();
  ByteWriter writer;
  writer.integer(key.id);
  writer.raw(wrap_secret(as_bytes(code), bound_to(tenant, sign_in), key, services.random));
  return std::move(writer).take();
}

bool code_matches(Services& services, const TenantId& tenant, const TokenId& sign_in,
                  ByteView wrapped, std::string_view typed) {
  ByteReader reader(wrapped);
  const auto key_id = reader.integer<std::uint32_t>();
  if (reader.failed()) return false;
  const auto ring = services.keys.current();
  const RingKey* key = ring->opener(key_id);
  if (key == nullptr) return false;
  const auto code = unwrap_secret(wrapped.subspan(sizeof key_id), bound_to(tenant, sign_in), *key);
  return code && equal_in_constant_time(*code, as_bytes(typed));
}

}  // namespace masterkey2
