#include "webauthn/client_data.hpp"

#include <utility>

#include "encoding/json.hpp"
#include "encoding/utf8.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr JsonLimits kLimits = {.max_bytes = 16'384, .max_depth = 8, .max_values = 256};

Finding malformed(std::string detail) { return {Reason::kMalformedClientData, std::move(detail)}; }

std::optional<std::string> take_text(Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  return std::move(member->get_ref<std::string&>());
}

}  // namespace

Checked<ClientData> parse_client_data(ByteView client_data_json) {
  if (client_data_json.size() > kLimits.max_bytes) return malformed("too large");
  auto json = parse_json(decode_utf8(as_text(client_data_json)), kLimits);
  if (!json) return malformed(std::move(json.error().detail));
  if (!json->is_object()) return malformed("not an object");

  ClientData data;
  data.type = take_text(*json, "type");
  data.challenge = take_text(*json, "challenge");
  data.origin = take_text(*json, "origin");
  if (const auto member = json->find("crossOrigin"); member != json->end()) {
    if (!member->is_boolean()) return malformed("crossOrigin is not a boolean");
    data.cross_origin = member->get<bool>();
  }
  if (const auto member = json->find("topOrigin"); member != json->end()) {
    data.top_origin = take_text(*json, "topOrigin");
    if (!data.top_origin) return malformed("topOrigin is not text");
  }
  return data;
}

}  // namespace masterkey2::webauthn
