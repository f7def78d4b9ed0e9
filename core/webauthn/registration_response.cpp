#include <utility>

#include "webauthn/registration.hpp"
#include "webauthn/response_json.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kMaxTransports = 16;
constexpr std::size_t kMaxTransportSize = 32;

Finding malformed(std::string detail) { return {Reason::kMalformedResponse, std::move(detail)}; }

/// Unknown values are kept (L3 §5.8.4); a missing list is empty (Firefox before 119).
Checked<std::vector<std::string>> parse_transports(const Json& response) {
  std::vector<std::string> transports;
  const auto member = response.find("transports");
  if (member == response.end()) return transports;
  if (!member->is_array() || member->size() > kMaxTransports) {
    return malformed("transports is not an array, or too long");
  }
  for (const Json& item : *member) {
    if (!item.is_string() || item.get_ref<const std::string&>().empty() ||
        item.get_ref<const std::string&>().size() > kMaxTransportSize) {
      return malformed("transports holds what is not text, or too long");
    }
    transports.push_back(item.get<std::string>());
  }
  return transports;
}

/// `credProps.rk` (L3 §10.1.3); other outputs are ignored.
Checked<std::optional<bool>> parse_discoverable(const Json* extensions) {
  if (extensions == nullptr || !extensions->contains("credProps")) {
    return std::optional<bool>();
  }
  const Json& properties = extensions->at("credProps");
  if (!properties.is_object()) return malformed("credProps is not an object");
  if (!properties.contains("rk")) return std::optional<bool>();
  if (!properties.at("rk").is_boolean()) return malformed("credProps.rk is not a boolean");
  return std::optional<bool>(properties.at("rk").get<bool>());
}

}  // namespace

Verified<RegistrationResponse> parse_registration_response(const Json& json) {
  // Step 3: the response is that of a registration.
  auto credential = parse_credential_json(json);
  if (!credential) return at_step("R3", std::move(credential.error()));
  auto client_data_json = parse_bytes_member(*credential->response, "clientDataJSON");
  if (!client_data_json) return at_step("R3", std::move(client_data_json.error()));
  auto attestation_object = parse_bytes_member(*credential->response, "attestationObject");
  if (!attestation_object) return at_step("R3", std::move(attestation_object.error()));
  auto transports = parse_transports(*credential->response);
  if (!transports) return at_step("R3", std::move(transports.error()));

  // Step 4: client extension results.
  auto discoverable = parse_discoverable(credential->extensions);
  if (!discoverable) return at_step("R4", std::move(discoverable.error()));

  return RegistrationResponse{std::move(credential->id), std::move(*client_data_json),
                              std::move(*attestation_object), std::move(*transports),
                              *discoverable};
}

}  // namespace masterkey2::webauthn
