#include "webauthn/aaguid_text.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kTextSize = 36;

/// Whether a hyphen stands before this byte.
bool starts_group(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

std::optional<std::uint8_t> digit(char character) {
  if (character >= '0' && character <= '9') return static_cast<std::uint8_t>(character - '0');
  const char lower = static_cast<char>(character | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string aaguid_text(const Aaguid& aaguid) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < Aaguid::kSize; ++i) {
    if (starts_group(i)) text.push_back('-');
    text.push_back(kDigits[aaguid.bytes[i] >> 4]);
    text.push_back(kDigits[aaguid.bytes[i] & 0xF]);
  }
  return text;
}

std::optional<Aaguid> parse_aaguid(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  Aaguid aaguid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < Aaguid::kSize; ++i) {
    if (starts_group(i) && text[at++] != '-') return std::nullopt;
    const auto high = digit(text[at]);
    const auto low = digit(text[at + 1]);
    if (!high || !low) return std::nullopt;
    aaguid.bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
    at += 2;
  }
  return aaguid;
}

}  // namespace masterkey2::webauthn
