// What our answers look like as JSON.
#pragma once

#include "encoding/json.hpp"
#include "encoding/json_text.hpp"
#include "fcgi/http_message.hpp"
#include "masterkey2/credential_record.hpp"
#include "masterkey2/user_account.hpp"
#include "service/provider_names.hpp"

namespace masterkey2 {

/// 200 with `body`.
[[nodiscard]] HttpResponse json_answer(const Json& body);

/// The same for what is answered often.
[[nodiscard]] HttpResponse json_answer(JsonObjectText&& body);

[[nodiscard]] std::string text_of(const Json& json);

/// {`id`, `external_id`, `display_name`?}
[[nodiscard]] JsonObjectText user_text(const UserAccount& user);

/// As in the list of a user's credentials; `public_key` is a JWK, `provider_name` there if known.
[[nodiscard]] Json credential_json(const CredentialRecord& credential,
                                   const ProviderNames& providers);

}  // namespace masterkey2
