#include "webauthn/response_json.hpp"

#include <string>
#include <utility>

#include "encoding/base64url.hpp"

namespace masterkey2::webauthn {
namespace {

Finding malformed(std::string detail) { return {Reason::kMalformedResponse, std::move(detail)}; }

const Json* find_member(const Json& object, std::string_view name) {
  const auto member = object.find(name);
  return member == object.end() ? nullptr : &*member;
}

}  // namespace

Checked<Bytes> parse_bytes_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_string()) {
    return malformed(std::string(name) + " is missing or not text");
  }
  auto bytes = base64url_decode(member->get_ref<const std::string&>());
  if (!bytes) return malformed(std::string(name) + " is not base64url without padding");
  if (bytes->empty()) return malformed(std::string(name) + " is empty");
  return std::move(*bytes);
}

Checked<CredentialJson> parse_credential_json(const Json& json) {
  if (!json.is_object()) return malformed("the credential is not an object");
  auto id = parse_bytes_member(json, "id");
  if (!id) return id.error();
  const auto raw_id = parse_bytes_member(json, "rawId");
  if (!raw_id) return raw_id.error();
  if (*id != *raw_id) return malformed("id and rawId differ");
  const Json* type = find_member(json, "type");
  if (type == nullptr || *type != "public-key") return malformed("type is not \"public-key\"");
  const Json* response = find_member(json, "response");
  if (response == nullptr || !response->is_object()) {
    return malformed("response is missing or not an object");
  }
  // Missing: Bitwarden for Android and Keepass2Android had versions that left it out.
  const Json* extensions = find_member(json, "clientExtensionResults");
  if (extensions != nullptr && !extensions->is_object()) {
    return malformed("clientExtensionResults is not an object");
  }
  return CredentialJson{std::move(*id), response, extensions};
}

}  // namespace masterkey2::webauthn
