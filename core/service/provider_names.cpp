#include "service/provider_names.hpp"

#include "encoding/json.hpp"
#include "encoding/utf8.hpp"
#include "webauthn/aaguid_text.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxFile = std::size_t{4} << 20;
constexpr std::size_t kMaxName = 128;
constexpr JsonLimits kLimits = {.max_bytes = kMaxFile, .max_depth = 4, .max_values = 65'536};

/// Null if there is none that can be shown.
const std::string* name_of(const Json& value) {
  const Json* name = &value;
  if (value.is_object()) {
    const auto member = value.find("name");
    if (member == value.end()) return nullptr;
    name = &*member;
  }
  if (!name->is_string()) return nullptr;
  const auto& text = name->get_ref<const std::string&>();
  const bool good = !text.empty() && text.size() <= kMaxName && !has_control_character(text);
  return good ? &text : nullptr;
}

}  // namespace

Result<ProviderNameMap, FileFault> parse_provider_names(std::string_view json) {
  const auto parsed = parse_json(json, kLimits);
  if (!parsed) return FileFault{parsed.error().detail};
  if (!parsed->is_object()) return FileFault{"not a JSON object"};
  ProviderNameMap names;
  for (const auto& [key, value] : parsed->items()) {
    const auto aaguid = webauthn::parse_aaguid(key);
    const std::string* name = name_of(value);
    if (!aaguid) return FileFault{"a member is not named by an AAGUID"};
    if (name == nullptr) return FileFault{key + " has no name of 1 to 128 bytes"};
    names[*aaguid] = *name;
  }
  return names;
}

std::optional<std::string> ProviderNames::find(const Aaguid& aaguid) const {
  const std::lock_guard lock(mutex_);
  const auto found = names_->find(aaguid);
  if (found == names_->end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> ProviderNames::reload() {
  if (path_.empty()) return {};
  const std::lock_guard reloading(reloading_);
  const FileStamp seen = stamp_of(path_);
  if (read_once_ && seen == stamp_) return {};
  read_once_ = true;
  stamp_ = seen;
  ProviderNameMap names;
  std::string sentence;
  if (const auto text = read_bounded_file(path_, kMaxFile); !text) {
    sentence = "passkey providers have no names: " + text.error().clause;
  } else if (auto parsed = parse_provider_names(*text); !parsed) {
    sentence = "passkey providers have no names: " + path_ + ": " + parsed.error().clause;
  } else {
    names = std::move(*parsed);
    sentence = std::to_string(names.size()) + " names of passkey providers are in use";
  }
  const std::lock_guard lock(mutex_);
  names_ = std::make_shared<const ProviderNameMap>(std::move(names));
  return {sentence};
}

}  // namespace masterkey2
