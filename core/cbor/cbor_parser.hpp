// CBOR from strangers: CTAP2 canonical form (CTAP 2.1 §8) and nothing else, bounded.
#pragma once

#include <cstddef>
#include <string>

#include "cbor/cbor_value.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2 {

struct CborLimits {
  std::size_t max_depth = 4;    ///< of nested arrays and maps; at most 16
  std::size_t max_items = 512;  ///< keys and values, containers included
};

struct CborError {
  std::string detail;  ///< for the log; never quotes the input
};

/// An item and how many bytes it takes at the start of the input.
struct CborPrefix {
  CborValue value;
  std::size_t size = 0;
};

/// One item that fills `bytes`. Refused: indefinite lengths, integers and lengths that are longer
/// than need be, tags, keys that are neither integers nor text, keys out of order or twice, text
/// that is not UTF-8, anything beyond `limits`. The value borrows from `bytes`.
[[nodiscard]] Result<CborValue, CborError> parse_cbor(ByteView bytes,
                                                      const CborLimits& limits = {});

/// The same for one item at the start of `bytes`, with anything behind it.
[[nodiscard]] Result<CborPrefix, CborError> parse_cbor_prefix(ByteView bytes,
                                                              const CborLimits& limits = {});

}  // namespace masterkey2
