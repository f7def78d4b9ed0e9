#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "fuzz/ceremony.hpp"
#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {
namespace {

/// The JSON text of a response, through `parse` and verification.
template <class Parse>
void fuzz_response(ByteView input, const Parse& parse) {
  const auto json = parse_json(as_text(input));
  require(parse_json(as_text(input)).has_value() == json.has_value(), "decides the same twice");
  if (!json) {
    require(!json.error().detail.empty(), "a refusal has a reason");
    return;
  }
  require(parse_json(json->dump()).has_value(), "what was parsed can be written");
  const auto response = parse(*json);
  require(parse(*json).has_value() == response.has_value(), "decides the same twice");
  if (!response) return;
  require(base64url_encode(response->id) == json->at("rawId").template get<std::string>(),
          "an id is read whole");
  require(!response->client_data_json.empty(), "a response has client data");
  verify_as_expected(*response);
}

}  // namespace

void fuzz_registration_json(ByteView input) {
  fuzz_response(input,
                [](const Json& json) { return webauthn::parse_registration_response(json); });
}

void fuzz_authentication_json(ByteView input) {
  fuzz_response(input,
                [](const Json& json) { return webauthn::parse_authentication_response(json); });
}

}  // namespace masterkey2::fuzz
