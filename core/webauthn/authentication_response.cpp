#include <utility>

#include "encoding/base64url.hpp"
#include "webauthn/authentication.hpp"
#include "webauthn/response_json.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kMaxCredentialIdSize = 1023;  // L3 §4, credential id
constexpr std::size_t kMaxUserHandleSize = 64;      // L3 §5.4.3

Finding malformed(std::string detail) { return {Reason::kMalformedResponse, std::move(detail)}; }

/// Missing, null and empty are the same: no user handle has no bytes.
Checked<std::optional<Bytes>> parse_user_handle(const Json& response) {
  const auto member = response.find("userHandle");
  if (member == response.end() || member->is_null()) return std::optional<Bytes>();
  if (!member->is_string()) return malformed("userHandle is not text");
  auto bytes = base64url_decode(member->get_ref<const std::string&>());
  if (!bytes) return malformed("userHandle is not base64url without padding");
  if (bytes->size() > kMaxUserHandleSize) return malformed("userHandle has more than 64 bytes");
  if (bytes->empty()) return std::optional<Bytes>();
  return bytes;
}

}  // namespace

Verified<AuthenticationResponse> parse_authentication_response(const Json& json) {
  // Step 3: the response is an assertion.
  auto credential = parse_credential_json(json);
  if (!credential) return at_step("A3", std::move(credential.error()));
  if (credential->id.size() > kMaxCredentialIdSize) {
    return at_step("A3", malformed("id has more than 1023 bytes"));
  }
  auto client_data_json = parse_bytes_member(*credential->response, "clientDataJSON");
  if (!client_data_json) return at_step("A3", std::move(client_data_json.error()));
  auto authenticator_data = parse_bytes_member(*credential->response, "authenticatorData");
  if (!authenticator_data) return at_step("A3", std::move(authenticator_data.error()));
  auto signature = parse_bytes_member(*credential->response, "signature");
  if (!signature) return at_step("A3", std::move(signature.error()));
  auto user_handle = parse_user_handle(*credential->response);
  if (!user_handle) return at_step("A3", std::move(user_handle.error()));

  // Step 4: of the client extension results nothing is used; parse_credential_json has seen that
  // they are an object.
  return AuthenticationResponse{std::move(credential->id), std::move(*client_data_json),
                                std::move(*authenticator_data), std::move(*signature),
                                std::move(*user_handle)};
}

}  // namespace masterkey2::webauthn
