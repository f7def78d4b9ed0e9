#include "ctl/key_view.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::array<std::pair<const char*, KeyScope>, 3> kScopes = {{
    {"sign-in", KeyScope::kSignIn},
    {"manage", KeyScope::kManage},
    {"audit", KeyScope::kAudit},
}};

std::vector<std::string> scope_words(std::uint32_t scopes) {
  std::vector<std::string> words;
  for (const auto& [word, scope] : kScopes) {
    if ((scopes & static_cast<std::uint32_t>(scope)) != 0) words.emplace_back(word);
  }
  return words;
}

}  // namespace

Json key_json(const ApiKey& key) {
  return {{"id", base64url_encode(key.id.view())},
          {"prefix", key.prefix},
          {"name", key.name},
          {"scopes", scope_words(key.scopes)},
          {"created_at", rfc3339_text(key.created_at)},
          {"expires_at", key.expires_at == 0 ? Json() : Json(rfc3339_text(key.expires_at))}};
}

std::string scopes_text(std::uint32_t scopes) {
  std::string text;
  for (const std::string& word : scope_words(scopes)) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::optional<std::uint32_t> parse_scopes(const std::vector<std::string>& words) {
  std::uint32_t scopes = 0;
  for (const std::string& word : words) {
    const auto* const found = std::find_if(kScopes.begin(), kScopes.end(),
                                           [&](const auto& scope) { return scope.first == word; });
    if (found == kScopes.end()) return std::nullopt;
    scopes |= static_cast<std::uint32_t>(found->second);
  }
  return scopes;
}

}  // namespace masterkey2::ctl
