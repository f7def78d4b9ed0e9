#include "encoding/base64url.hpp"

#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {

void fuzz_base64url(ByteView input) {
  const auto decoded = base64url_decode(as_text(input));
  require(decoded == base64url_decode(as_text(input)), "decides the same twice");
  if (decoded) require(base64url_encode(*decoded) == as_text(input), "one text for some bytes");
  require(base64url_decode(base64url_encode(input)) == to_bytes(input), "bytes survive");
}

}  // namespace masterkey2::fuzz
