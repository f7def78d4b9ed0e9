#include "cbor/cbor_value.hpp"

namespace masterkey2 {

const CborValue* CborValue::find(std::int64_t key) const {
  if (map() == nullptr) return nullptr;
  for (const auto& [name, value] : *map()) {
    if (name.integer() != nullptr && *name.integer() == key) return &value;
  }
  return nullptr;
}

const CborValue* CborValue::find(std::string_view key) const {
  if (map() == nullptr) return nullptr;
  for (const auto& [name, value] : *map()) {
    if (name.text() != nullptr && *name.text() == key) return &value;
  }
  return nullptr;
}

}  // namespace masterkey2
