#include "webauthn/authenticator_data.hpp"

#include "cbor/cbor_parser.hpp"
#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {

void fuzz_authenticator_data(ByteView input) {
  const auto data = webauthn::parse_authenticator_data(input);
  require(webauthn::parse_authenticator_data(input).has_value() == data.has_value(),
          "decides the same twice");
  if (!data) {
    require(!data.error().detail.empty(), "a refusal has a reason");
    return;
  }
  require(data->attested.has_value() == data->has(webauthn::kAttestedIncluded), "AT fits");
  require(data->extensions.has_value() == data->has(webauthn::kExtensionsIncluded), "ED fits");
  std::size_t size = 37;
  if (data->attested) {
    size += Aaguid::kSize + 2 + data->attested->credential_id.size();
    size += data->attested->public_key.size();
    require(parse_cbor(data->attested->public_key).has_value(), "the key is one item");
  }
  if (data->extensions) {
    require(data->extensions->map() != nullptr, "extensions are a map");
    const auto extensions = parse_cbor_prefix(input.subspan(size));
    require(extensions.has_value(), "extensions follow");
    size += extensions->size;
  }
  require(size == input.size(), "every byte is accounted for");
  require(!webauthn::parse_authenticator_data(input.first(input.size() - 1)), "none is spare");
}

}  // namespace masterkey2::fuzz
