#include "webauthn/attestation/tpm_structures.hpp"

#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {

void fuzz_tpm_structures(ByteView input) {
  Bytes more = to_bytes(input);
  more.push_back(0);
  const auto area = webauthn::parse_tpm_public_area(input);
  require(webauthn::parse_tpm_public_area(input).has_value() == area.has_value(),
          "decides the same twice");
  if (area) {
    require(area->key.has_value(), "a public area has a key");
    require(!webauthn::parse_tpm_public_area(more), "nothing is left over");
    require(!webauthn::parse_tpm_public_area(input.first(input.size() - 1)), "no byte is spare");
    require(webauthn::tpm_name(area->name_algorithm, input).size() >= 34, "an area has a name");
  }
  const auto info = webauthn::parse_tpm_certify_info(input);
  require(webauthn::parse_tpm_certify_info(input).has_value() == info.has_value(),
          "decides the same twice");
  if (info) {
    require(!webauthn::parse_tpm_certify_info(more), "nothing is left over");
    require(!webauthn::parse_tpm_certify_info(input.first(input.size() - 1)), "no byte is spare");
  }
}

}  // namespace masterkey2::fuzz
