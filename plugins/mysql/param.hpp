// A value that goes to a placeholder of a prepared statement.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2::mysql {

/// Borrows what it was made from. Converts implicitly, so that a call reads like the statement.
class Param {
 public:
  using Value = std::variant<std::monostate, std::uint64_t, std::int64_t, ByteView>;

  // NOLINTBEGIN(google-explicit-constructor): values become parameters by being listed.
  Param(std::nullopt_t) {}
  Param(const char*) = delete;  // would be a bool
  Param(bool value) : value_(std::uint64_t{value}) {}
  Param(std::uint8_t value) : value_(std::uint64_t{value}) {}
  Param(std::uint32_t value) : value_(std::uint64_t{value}) {}
  Param(std::uint64_t value) : value_(value) {}
  Param(std::int32_t value) : value_(std::int64_t{value}) {}
  Param(std::int64_t value) : value_(value) {}
  Param(ByteView bytes) : value_(bytes) {}
  Param(const Bytes& bytes) : value_(ByteView(bytes)) {}
  Param(std::string_view text) : value_(as_bytes(text)) {}
  Param(const std::string& text) : value_(as_bytes(text)) {}
  template <class Tag, std::size_t N>
  Param(const Identifier<Tag, N>& id) : value_(id.view()) {}
  template <class T>
  Param(const std::optional<T>& value) : value_(value ? Param(*value).value_ : Value()) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] const Value& value() const { return value_; }

 private:
  Value value_;
};

/// In the order of the placeholders.
using Params = std::vector<Param>;

[[nodiscard]] inline Params joined(std::initializer_list<Params> parts) {
  Params all;
  for (const Params& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace masterkey2::mysql
