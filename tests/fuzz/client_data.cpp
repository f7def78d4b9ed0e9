#include "webauthn/client_data.hpp"

#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {

void fuzz_client_data(ByteView input) {
  const auto data = webauthn::parse_client_data(input);
  const auto again = webauthn::parse_client_data(input);
  require(again.has_value() == data.has_value(), "decides the same twice");
  if (!data) {
    require(!data.error().detail.empty(), "a refusal has a reason");
    return;
  }
  require(again->type == data->type && again->challenge == data->challenge &&
              again->origin == data->origin && again->cross_origin == data->cross_origin &&
              again->top_origin == data->top_origin,
          "reads the same twice");
  require(input.size() <= 16'384, "client data are bounded");
  Bytes more = to_bytes(input);
  more.push_back('}');
  require(!webauthn::parse_client_data(more), "every byte is accounted for");
}

}  // namespace masterkey2::fuzz
