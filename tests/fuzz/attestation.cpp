#include "fuzz/ceremony.hpp"
#include "fuzz/fuzz_target.hpp"
#include "webauthn/attestation_object.hpp"
#include "webauthn/authenticator_data.hpp"

namespace masterkey2::fuzz {

/// Length of the client data 2 B big-endian | client data | attestation object of any format. The
/// id is the one of the authenticator data.
void fuzz_attestation(ByteView input) {
  if (input.size() < 2) return;
  const std::size_t size = static_cast<std::size_t>(input[0]) << 8 | input[1];
  if (size > input.size() - 2) return;
  const ByteView bytes = input.subspan(2 + size);
  webauthn::RegistrationResponse response = {.id = {},
                                             .client_data_json = to_bytes(input.subspan(2, size)),
                                             .attestation_object = to_bytes(bytes),
                                             .transports = {},
                                             .discoverable = {}};
  const auto object = webauthn::parse_attestation_object(bytes);
  require(webauthn::parse_attestation_object(bytes).has_value() == object.has_value(),
          "decides the same twice");
  if (object) {
    Bytes more = to_bytes(bytes);
    more.push_back(0);
    require(!webauthn::parse_attestation_object(more), "nothing is left over");
    const auto data = webauthn::parse_authenticator_data(object->authenticator_data);
    if (data && data->attested) response.id = to_bytes(data->attested->credential_id);
  }
  verify_as_expected(response);
}

}  // namespace masterkey2::fuzz
