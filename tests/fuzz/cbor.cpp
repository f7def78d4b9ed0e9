#include <optional>

#include "cbor/cbor_parser.hpp"
#include "fuzz/fuzz_target.hpp"
#include "support/cbor_writer.hpp"

namespace masterkey2::fuzz {
namespace {

/// Writes `value` again; false if it holds what CborValue does not keep.
bool write(support::CborWriter& writer, const CborValue& value) {
  if (value.boolean() != nullptr) {
    writer.boolean(*value.boolean());
  } else if (value.integer() != nullptr) {
    writer.integer(*value.integer());
  } else if (value.bytes() != nullptr) {
    writer.bytes(*value.bytes());
  } else if (value.text() != nullptr) {
    writer.text(*value.text());
  } else if (value.array() != nullptr) {
    writer.array(value.array()->size());
    for (const CborValue& item : *value.array()) {
      if (!write(writer, item)) return false;
    }
  } else if (value.map() != nullptr) {
    writer.map(value.map()->size());
    for (const auto& [key, member] : *value.map()) {
      if (!write(writer, key) || !write(writer, member)) return false;
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace

/// The canonical form of a value is unique: what is accepted is what would be written.
void fuzz_cbor(ByteView input) {
  const auto prefix = parse_cbor_prefix(input);
  const auto whole = parse_cbor(input);
  require(parse_cbor(input).has_value() == whole.has_value(), "decides the same twice");
  if (!prefix) {
    require(!prefix.error().detail.empty(), "a refusal has a reason");
    require(!whole, "a whole item starts with an item");
    return;
  }
  require(prefix->size > 0 && prefix->size <= input.size(), "an item lies in the input");
  require(whole.has_value() == (prefix->size == input.size()), "nothing is left over");
  const ByteView item = input.first(prefix->size);
  require(parse_cbor(item).has_value(), "an item is whole without what is behind it");
  require(!parse_cbor(item.first(item.size() - 1)), "an item needs its last byte");
  support::CborWriter writer;
  if (write(writer, prefix->value)) {
    require(equal_bytes(writer.out(), item), "an item is in canonical form");
  }
}

}  // namespace masterkey2::fuzz
