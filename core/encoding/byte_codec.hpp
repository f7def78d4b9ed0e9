// Puts our own records into bytes and back: integers big-endian, byte strings behind a 32-bit
// length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

class ByteWriter {
 public:
  ByteWriter() { out_.reserve(kUsualSize); }

  template <class T>
  requires std::is_unsigned_v<T>
  void integer(T value) {
    for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
      out_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void millis(UnixMillis value) { integer(static_cast<std::uint64_t>(value)); }
  void boolean(bool value) { out_.push_back(value ? 1 : 0); }
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void string(ByteView bytes) {
    integer(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
  }
  void string(std::string_view text) { string(as_bytes(text)); }

  [[nodiscard]] const Bytes& bytes() const { return out_; }
  [[nodiscard]] Bytes take() && { return std::move(out_); }

 private:
  static constexpr std::size_t kUsualSize = 256;
  Bytes out_;
};

/// Reads what ByteWriter wrote. After the first failed read every later one fails, too; so a caller
/// checks `complete()` once at the end.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  template <class T>
  requires std::is_unsigned_v<T> T integer() {
    const ByteView part = raw(sizeof(T));
    std::uint64_t value = 0;
    for (const std::uint8_t byte : part) value = value << 8 | byte;
    return static_cast<T>(value);
  }
  UnixMillis millis() { return static_cast<UnixMillis>(integer<std::uint64_t>()); }
  /// Anything but 0 and 1 is a failure.
  bool boolean() {
    const auto value = integer<std::uint8_t>();
    if (value > 1) failed_ = true;
    return value == 1;
  }
  /// Empty on failure; borrowed from the input.
  ByteView raw(std::size_t count) {
    if (failed_ || rest_.size() < count) {
      failed_ = true;
      return {};
    }
    const ByteView part = rest_.first(count);
    rest_ = rest_.subspan(count);
    return part;
  }
  template <class Id>
  Id identifier() {
    return Id::from(raw(Id::kSize)).value_or(Id{});
  }
  /// At most `max_size` bytes, borrowed from the input.
  ByteView string(std::size_t max_size) {
    const auto size = integer<std::uint32_t>();
    if (size > max_size) {
      failed_ = true;
      return {};
    }
    return raw(size);
  }
  std::string text(std::size_t max_size) { return std::string(as_text(string(max_size))); }

  [[nodiscard]] bool failed() const { return failed_; }
  /// All read, nothing left over.
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

}  // namespace masterkey2
