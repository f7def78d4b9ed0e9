// Numbers and byte strings as the store's files hold them: little-endian, strings behind their
// length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "masterkey2/bytes.hpp"

namespace masterkey2::flatfile {

class Encoder {
 public:
  explicit Encoder(Bytes& out) : out_(out) {
    if (out.capacity() == 0) out.reserve(kUsualSize);
  }

  template <class T>
  requires std::is_unsigned_v<T>
  void integer(T value) {
    std::array<std::uint8_t, sizeof(T)> bytes{};
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
    raw(bytes);
  }
  void millis(UnixMillis value) { integer(static_cast<std::uint64_t>(value)); }
  void boolean(bool value) { integer(static_cast<std::uint8_t>(value ? 1 : 0)); }
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  /// Behind a length of 4 bytes.
  void string(ByteView bytes) {
    integer(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
  }
  void string(std::string_view text) { string(as_bytes(text)); }
  template <class Id>
  void identifier(const Id& id) {
    raw(id.view());
  }

  [[nodiscard]] Bytes& out() { return out_; }

 private:
  static constexpr std::size_t kUsualSize = 256;
  Bytes& out_;
};

/// After the first failed read every later one fails, too: check `ok()` or `complete()` at the end.
class Decoder {
 public:
  explicit Decoder(ByteView bytes) : bytes_(bytes) {}

  template <class T>
  requires std::is_unsigned_v<T> T integer() {
    const ByteView part = raw(sizeof(T));
    if (part.empty()) return 0;
    std::uint64_t value = 0;
    // Of a size that the compiler knows: one load.
    for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::uint64_t{part[i]} << (8 * i);
    return static_cast<T>(value);
  }
  UnixMillis millis() { return static_cast<UnixMillis>(integer<std::uint64_t>()); }
  /// Anything but 0 and 1 is a failure.
  bool boolean() {
    const auto value = integer<std::uint8_t>();
    if (value > 1) failed_ = true;
    return value == 1;
  }
  ByteView raw(std::size_t count) {
    if (failed_ || bytes_.size() - at_ < count) {
      failed_ = true;
      return {};
    }
    const ByteView part = bytes_.subspan(at_, count);
    at_ += count;
    return part;
  }
  ByteView string() { return raw(integer<std::uint32_t>()); }
  std::string text() { return std::string(as_text(string())); }
  Bytes bytes() { return to_bytes(string()); }
  template <class Id>
  Id identifier() {
    return Id::from(raw(Id::kSize)).value_or(Id{});
  }
  template <class Enum>
  Enum enumerator(Enum last) {
    const auto value = integer<std::underlying_type_t<Enum>>();
    if (value > static_cast<std::underlying_type_t<Enum>>(last)) failed_ = true;
    return static_cast<Enum>(value);
  }

  /// All that is left.
  ByteView rest() { return raw(bytes_.size() - at_); }

  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool at_end() const { return failed_ || at_ == bytes_.size(); }
  /// All input was used and nothing failed.
  [[nodiscard]] bool complete() const { return !failed_ && at_ == bytes_.size(); }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace masterkey2::flatfile
