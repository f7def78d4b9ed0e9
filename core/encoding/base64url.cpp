#include "encoding/base64url.hpp"

#include <array>

namespace masterkey2 {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNotInAlphabet = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNotInAlphabet);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr std::array<std::uint8_t, 256> kValues = make_values();

}  // namespace

std::string base64url_encode(ByteView bytes) {
  std::string text;
  append_base64url(text, bytes);
  return text;
}

void append_base64url(std::string& text, ByteView bytes) {
  const std::size_t begin = text.size();
  text.resize(begin + (bytes.size() * 4 + 2) / 3);
  char* out = text.data() + begin;
  for (; bytes.size() >= 3; bytes = bytes.subspan(3)) {
    const std::uint32_t bits =
        std::uint32_t{bytes[0]} << 16 | std::uint32_t{bytes[1]} << 8 | bytes[2];
    for (const unsigned shift : {18U, 12U, 6U, 0U}) *out++ = kAlphabet[bits >> shift & 0x3F];
  }
  if (bytes.empty()) return;
  const std::uint32_t bits =
      std::uint32_t{bytes[0]} << 16 | (bytes.size() == 2 ? std::uint32_t{bytes[1]} << 8 : 0);
  const char* const end = text.data() + text.size();
  for (unsigned shift = 18; out != end; shift -= 6) *out++ = kAlphabet[bits >> shift & 0x3F];
}

std::optional<Bytes> base64url_decode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;  // of bits not yet in a byte
  auto out = bytes.begin();
  for (const char character : text) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(character)];
    if (value == kNotInAlphabet) return std::nullopt;
    bits = (bits << 6 | value) & 0xFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      *out++ = static_cast<std::uint8_t>(bits >> count);
    }
  }
  const std::uint32_t trailing = bits & ((1U << count) - 1);
  if (trailing != 0) return std::nullopt;
  return bytes;
}

}  // namespace masterkey2
