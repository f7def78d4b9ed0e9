#include "config/address_range.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <optional>

namespace masterkey2 {
namespace {

using AddressBytes = std::array<std::uint8_t, 16>;

constexpr AddressBytes kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

std::optional<AddressBytes> parse_address(std::string_view text) {
  const std::string name(text);
  if (name.size() != std::strlen(name.c_str())) return std::nullopt;
  AddressBytes bytes{};
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return bytes;
  bytes = kMappedPrefix;
  if (inet_pton(AF_INET, name.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

bool equal_prefix(const AddressBytes& left, const AddressBytes& right, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (std::memcmp(left.data(), right.data(), whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> (bits % 8));
  return ((left.at(whole) ^ right.at(whole)) & mask) == 0;
}

}  // namespace

Result<AddressRange, std::string> AddressRange::parse(std::string_view text) {
  const std::string quoted = "\"" + std::string(text.substr(0, 128)) + "\"";
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const auto bytes = parse_address(address);
  if (!bytes) return quoted + " is no address; write one such as 10.0.0.0/8, 192.0.2.1 or fd00::/8";
  const unsigned offset = address.find(':') == std::string_view::npos ? 96 : 0;

  AddressRange range;
  range.bytes_ = *bytes;
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > 128 - offset) {
    return quoted + " has no prefix length from 0 to " + std::to_string(128 - offset);
  }
  range.prefix_bits_ = offset + bits;
  for (unsigned bit = range.prefix_bits_; bit < 128; ++bit) {
    if ((bytes->at(bit / 8) & (0x80U >> (bit % 8))) != 0) {
      return quoted + " has bits set beyond its prefix length";
    }
  }
  return range;
}

bool AddressRange::contains(std::string_view address) const {
  const auto bytes = parse_address(address);
  return bytes && equal_prefix(bytes_, *bytes, prefix_bits_);
}

bool is_loopback_address(std::string_view address) {
  const auto bytes = parse_address(address);
  if (!bytes) return false;
  AddressBytes v6_loopback{};
  v6_loopback.back() = 1;
  AddressBytes v4_loopback = kMappedPrefix;
  v4_loopback.at(12) = 127;
  return *bytes == v6_loopback || equal_prefix(*bytes, v4_loopback, 104);
}

}  // namespace masterkey2
