// One CBOR data item (RFC 8949), read only.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Strings are borrowed from the input, which must outlive the value.
class CborValue {
 public:
  using Array = std::vector<CborValue>;
  using Map = std::vector<std::pair<CborValue, CborValue>>;
  /// What we never read: null, undefined, floating point, integers beyond 64 bits with a sign.
  using Other = std::monostate;

  CborValue() = default;
  template <class T>
  explicit CborValue(T value) : value_(std::move(value)) {}

  /// Null if the item is of another type.
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] const ByteView* bytes() const { return std::get_if<ByteView>(&value_); }
  [[nodiscard]] const std::string_view* text() const {
    return std::get_if<std::string_view>(&value_);
  }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Map* map() const { return std::get_if<Map>(&value_); }

  /// The member of a map; null if there is none, or if this is not a map.
  [[nodiscard]] const CborValue* find(std::int64_t key) const;
  [[nodiscard]] const CborValue* find(std::string_view key) const;

 private:
  std::variant<Other, bool, std::int64_t, ByteView, std::string_view, Array, Map> value_;
};

}  // namespace masterkey2
