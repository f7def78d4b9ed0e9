// Writes CBOR for tests: one data item at a time, in the order of the calls.
#pragma once

#include <cstdint>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2::support {

/// Shortest forms. Order and number of a container's items are up to the caller, so that bad input
/// can be written, too.
class CborWriter {
 public:
  CborWriter& integer(std::int64_t value) {
    return value < 0 ? head(1, static_cast<std::uint64_t>(-1 - value))
                     : head(0, static_cast<std::uint64_t>(value));
  }
  CborWriter& bytes(ByteView value) { return head(2, value.size()).raw(value); }
  CborWriter& text(std::string_view value) { return head(3, value.size()).raw(as_bytes(value)); }
  CborWriter& array(std::uint64_t items) { return head(4, items); }
  CborWriter& map(std::uint64_t members) { return head(5, members); }
  CborWriter& boolean(bool value) {
    return raw(Bytes{static_cast<std::uint8_t>(value ? 0xF5 : 0xF4)});
  }
  CborWriter& raw(ByteView value) {
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
  }

  [[nodiscard]] const Bytes& out() const { return out_; }

 private:
  CborWriter& head(unsigned major, std::uint64_t number) {
    const int size = number < 24             ? 0
                     : number <= 0xFF        ? 1
                     : number <= 0xFFFF      ? 2
                     : number <= 0xFFFF'FFFF ? 4
                                             : 8;
    const unsigned additional = size == 0   ? static_cast<unsigned>(number)
                                : size == 1 ? 24
                                : size == 2 ? 25
                                : size == 4 ? 26
                                            : 27;
    out_.push_back(static_cast<std::uint8_t>(major << 5 | additional));
    for (int shift = size * 8 - 8; shift >= 0; shift -= 8) {
      out_.push_back(static_cast<std::uint8_t>(number >> shift));
    }
    return *this;
  }

  Bytes out_;
};

}  // namespace masterkey2::support
