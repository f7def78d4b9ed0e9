// DER (X.690), one item at a time: what X.509 extensions hold.
#pragma once

#include <cstdint>
#include <optional>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Class and constructed bit of the identifier's first byte in the highest byte, number in the
/// rest.
using DerTag = std::uint32_t;

inline constexpr DerTag kDerInteger = 2;
inline constexpr DerTag kDerOctetString = 4;
inline constexpr DerTag kDerNull = 5;
inline constexpr DerTag kDerObjectIdentifier = 6;
inline constexpr DerTag kDerEnumerated = 10;
inline constexpr DerTag kDerSequence = 0x2000'0010;
inline constexpr DerTag kDerSet = 0x2000'0011;

/// `[number] EXPLICIT`.
constexpr DerTag der_explicit(std::uint32_t number) { return 0xA000'0000 | number; }

/// Reads items that stand one behind the other. After the first failed read every later one fails,
/// too; so a caller checks `complete()` once at the end.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  struct Item {
    DerTag tag = 0;
    ByteView content;
  };

  /// Whatever comes next; absent on failure, and at the end.
  [[nodiscard]] std::optional<Item> next();
  /// The content of the next item, which must have this tag; else empty.
  ByteView take(DerTag tag);
  /// The items inside of the next one.
  DerReader enter(DerTag tag) {
    const ByteView content = take(tag);
    DerReader inside(content);
    inside.failed_ = failed_;
    return inside;
  }

  [[nodiscard]] bool at_end() const { return failed_ || rest_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }
  /// All read, nothing left over.
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::uint8_t byte();
  DerTag read_tag();
  std::size_t read_length();

  ByteView rest_;
  bool failed_ = false;
};

}  // namespace masterkey2
