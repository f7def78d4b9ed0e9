// Optional members of claims: one byte that says whether they are there.
#pragma once

#include <optional>

#include "encoding/byte_codec.hpp"

namespace masterkey2 {

template <class Id>
void write_optional(ByteWriter& writer, const std::optional<Id>& id) {
  writer.boolean(id.has_value());
  if (id) writer.raw(id->view());
}

template <class Id>
[[nodiscard]] std::optional<Id> read_optional(ByteReader& reader) {
  if (!reader.boolean()) return std::nullopt;
  return reader.identifier<Id>();
}

}  // namespace masterkey2
