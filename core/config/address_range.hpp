// A network address or a block of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

/// IPv4 addresses are held in their IPv6-mapped form, so `::ffff:10.0.0.1` lies within
/// `10.0.0.0/8`.
class AddressRange {
 public:
  /// `10.0.0.0/8`, `192.0.2.1`, `fd00::/8`. Refused: bits set beyond the prefix, a zone. The error
  /// is one sentence.
  [[nodiscard]] static Result<AddressRange, std::string> parse(std::string_view text);

  /// False if `address` is not an address.
  [[nodiscard]] bool contains(std::string_view address) const;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  unsigned prefix_bits_ = 128;
};

/// 127.0.0.0/8 or ::1; false if `address` is not an address.
[[nodiscard]] bool is_loopback_address(std::string_view address);

}  // namespace masterkey2
