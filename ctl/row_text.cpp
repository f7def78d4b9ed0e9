#include "ctl/row_text.hpp"

#include <limits>
#include <type_traits>
#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/utf8.hpp"
#include "storage/row_verifier.hpp"

namespace masterkey2::ctl {
namespace {

// One list of members for both directions: `fields(archive, row)` names each to the archive.

template <class Archive>
void fields(Archive& archive, Installation& row) {
  archive("id", row.id);
  archive("epoch", row.epoch);
  archive("created_at", row.created_at);
  archive("epoch_raised_at", row.epoch_raised_at);
  archive("heartbeat", row.heartbeat);
  archive("heartbeat_at", row.heartbeat_at);
}

template <class Archive>
void fields(Archive& archive, SigningKey& key) {
  archive("id", key.id);
  archive("state", key.state, SigningKeyState::kRetired);
  archive("created_at", key.created_at);
  archive("activates_at", key.activates_at);
  archive("retires_at", key.retires_at);
  archive("public_point", key.public_point);
  archive("wrapped_by", key.wrapped_by);
  archive("wrapped_private_key", key.wrapped_private_key);
}

template <class Archive>
void fields(Archive& archive, StoredTenant& row) {
  archive("id", row.tenant.id);
  archive("generation", row.tenant.generation);
  archive("enabled", row.tenant.enabled);
  archive("name", row.tenant.name);
  archive("rp_id", row.tenant.rp_id);
  archive("rp_id_exclusive", row.rp_id_exclusive);
  archive("created_at", row.tenant.created_at);
  archive("settings", row.tenant.settings);
  archive("signing_keys", row.tenant.signing_keys);
}

template <class Archive>
void fields(Archive& archive, ApiKey& key) {
  archive("tenant", key.tenant);
  archive("id", key.id);
  archive("digest", key.digest);
  archive("prefix", key.prefix);
  archive("name", key.name);
  archive("scopes", key.scopes);
  archive("lineage", key.lineage);
  archive("lineage_number", key.lineage_number);
  archive("created_at", key.created_at);
  archive("expires_at", key.expires_at);
  archive("version", key.version);
}

template <class Archive>
void fields(Archive& archive, StoredUser& row) {
  archive("tenant", row.tenant);
  archive("handle", row.user.handle);
  archive("external_id", row.user.external_id);
  archive("display_name", row.user.display_name);
  archive("username", row.user.username);
  archive("enabled", row.user.enabled);
  archive("created_at", row.user.created_at);
  archive("version", row.user.version);
  archive("extra", row.user.extra);
}

template <class Archive>
void fields(Archive& archive, StoredCredential& row) {
  CredentialRecord& credential = row.credential;
  archive("tenant", row.tenant);
  archive("id", credential.id);
  archive("user", credential.user);
  archive("public_key", credential.public_key);
  archive("algorithm", credential.algorithm);
  archive("sign_count", credential.sign_count);
  archive("uv_initialized", credential.uv_initialized);
  archive("backup_eligible", credential.backup_eligible);
  archive("backup_state", credential.backup_state);
  archive("counter_suspect", credential.counter_suspect);
  archive("aaguid", credential.aaguid);
  archive("attestation_format", credential.attestation_format);
  archive("transports", credential.transports);
  archive("discoverable", credential.discoverable);
  archive("name", credential.name);
  archive("created_at", credential.created_at);
  archive("last_used_at", credential.last_used_at);
  archive("version", credential.version);
  archive("extra", credential.extra);
}

template <class Archive>
void fields(Archive& archive, StoredClaim& row) {
  archive("tenant", row.tenant);
  archive("id", row.id);
  archive("keep_until", row.keep_until);
}

template <class Archive>
void fields(Archive& archive, SignInProof& proof) {
  archive("authenticator_data", proof.authenticator_data);
  archive("client_data_json", proof.client_data_json);
  archive("signature", proof.signature);
  archive("algorithm", proof.algorithm);
  archive("challenge_salt", proof.challenge_salt);
}

template <class Archive>
void fields(Archive& archive, StoredSignIn& row) {
  SignIn& sign_in = row.sign_in;
  archive("tenant", row.tenant);
  archive("id", sign_in.id);
  archive("session_token", sign_in.session_token);
  archive("session_expires_at", row.session_expires_at);
  archive("user", sign_in.user);
  archive("credential_id", sign_in.credential_id);
  archive("at", sign_in.at);
  archive("takeable_until", sign_in.takeable_until);
  archive("keep_until", sign_in.keep_until);
  archive("channel", sign_in.channel, Channel::kCrossDevice);
  archive("confirmed", sign_in.confirmed);
  archive("taken", row.taken);
  archive("flags", sign_in.flags);
  archive("sign_count", sign_in.sign_count);
  archive("counter_suspect", sign_in.counter_suspect);
  archive("binding", sign_in.binding);
  archive("proof", sign_in.proof);
  archive("user_version", sign_in.user_version);
  archive("credential_version", sign_in.credential_version);
  archive("extra", sign_in.extra);
}

template <class Archive>
void fields(Archive& archive, StoredSessionMark& row) {
  archive("tenant", row.tenant);
  archive("session_token", row.session_token);
  archive("several_users", row.several_users);
  archive("user", row.user);
  archive("keep_until", row.keep_until);
}

template <class Archive>
void fields(Archive& archive, StoredIdempotency& row) {
  archive("tenant", row.tenant);
  archive("key", row.key);
  archive("body", row.body);
  archive("sign_in", row.sign_in);
  archive("assertion_id", row.assertion_id);
  archive("keep_until", row.keep_until);
}

template <class Archive>
void fields(Archive& archive, StoredEphemeral& row) {
  archive("tenant", row.tenant);
  archive("key", row.key);
  archive("version", row.version);
  archive("value", row.value);
  archive("expires_at", row.expires_at);
}

template <class Archive>
void fields(Archive& archive, StoredRevocation& row) {
  archive("tenant", row.tenant);
  archive("token", row.token);
  archive("keep_until", row.keep_until);
}

template <class Archive>
void fields(Archive& archive, AuditEntry& entry) {
  archive("tenant", entry.tenant);
  archive("chain", entry.chain);
  archive("sequence", entry.sequence);
  archive("at", entry.at);
  archive("type", entry.type);
  archive("subject", entry.subject);
  archive("body", entry.body);
  archive("keep_until", entry.keep_until);
}

constexpr const char* kBinaryText = "base64url";

class Writer {
 public:
  template <class T>
  void operator()(const char* name, const T& value) {
    object_[name] = json(value);
  }
  template <class Enum>
  void operator()(const char* name, const Enum& value, Enum /*last*/) {
    object_[name] = static_cast<unsigned>(value);
  }
  [[nodiscard]] Json take() { return std::move(object_); }

 private:
  template <class T>
  requires std::is_arithmetic_v<T>
  static Json json(T value) { return value; }
  static Json json(const std::string& text) {
    if (is_utf8(text) && text.find('\0') == std::string::npos) return text;
    return Json{{kBinaryText, base64url_encode(as_bytes(text))}};
  }
  static Json json(const Bytes& bytes) { return base64url_encode(bytes); }
  template <class Tag, std::size_t N>
  static Json json(const Identifier<Tag, N>& id) {
    return base64url_encode(id.view());
  }
  template <class T>
  static Json json(const std::optional<T>& value) {
    return value ? json(*value) : Json();
  }
  template <class T>
  static Json json(const std::vector<T>& values) {
    Json array = Json::array();
    for (const T& value : values) array.push_back(json(value));
    return array;
  }
  template <class T>
  requires requires(Writer& writer, T& row) { fields(writer, row); }
  static Json json(const T& row) {
    Writer inner;
    T copy = row;
    fields(inner, copy);
    return inner.take();
  }

  Json object_ = Json::object();
};

/// The first member that does not fit is kept in `mistake`.
class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  template <class T>
  void operator()(const char* name, T& value) {
    read(name, [&](const Json& json) { return parse(json, value); });
  }
  template <class Enum>
  void operator()(const char* name, Enum& value, Enum last) {
    read(name, [&](const Json& json) {
      std::uint8_t number = 0;
      if (!parse(json, number) || number > static_cast<std::uint8_t>(last)) return false;
      value = static_cast<Enum>(number);
      return true;
    });
  }
  /// All members were known; `more` of them were read by others.
  [[nodiscard]] bool complete(std::size_t more) {
    if (mistake_.empty() && seen_ + more != object_.size()) mistake_ = "has an unknown member";
    return mistake_.empty();
  }
  [[nodiscard]] const std::string& mistake() const { return mistake_; }

 private:
  template <class Parse>
  void read(const char* name, Parse&& parse_value) {
    if (!mistake_.empty()) return;
    const auto found = object_.find(name);
    if (found == object_.end()) {
      mistake_ = std::string("lacks member ") + name;
    } else if (!parse_value(*found)) {
      mistake_ = std::string("has a member that does not fit: ") + name;
    }
    ++seen_;
  }

  static bool parse(const Json& json, bool& value) {
    if (!json.is_boolean()) return false;
    value = json.get<bool>();
    return true;
  }
  template <class T>
  requires std::is_integral_v<T>
  static bool parse(const Json& json, T& value) {
    if (json.is_number_unsigned()) {
      const auto number = json.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return false;
      value = static_cast<T>(number);
      return true;
    }
    if (!json.is_number_integer() || std::is_unsigned_v<T>) return false;
    const auto number = json.get<std::int64_t>();
    if (number < static_cast<std::int64_t>(std::numeric_limits<T>::min())) return false;
    value = static_cast<T>(number);
    return true;
  }
  static bool parse(const Json& json, std::string& text) {
    if (json.is_string()) {
      text = json.get<std::string>();
      return true;
    }
    if (!json.is_object() || json.size() != 1 || !json.contains(kBinaryText)) return false;
    Bytes bytes;
    if (!parse(json[kBinaryText], bytes)) return false;
    text = as_text(bytes);
    return true;
  }
  static bool parse(const Json& json, Bytes& bytes) {
    if (!json.is_string()) return false;
    auto decoded = base64url_decode(json.get_ref<const std::string&>());
    if (decoded) bytes = std::move(*decoded);
    return decoded.has_value();
  }
  template <class Tag, std::size_t N>
  static bool parse(const Json& json, Identifier<Tag, N>& id) {
    Bytes bytes;
    if (!parse(json, bytes)) return false;
    const auto parsed = Identifier<Tag, N>::from(bytes);
    if (parsed) id = *parsed;
    return parsed.has_value();
  }
  template <class T>
  static bool parse(const Json& json, std::optional<T>& value) {
    value.reset();
    return json.is_null() || parse(json, value.emplace());
  }
  template <class T>
  static bool parse(const Json& json, std::vector<T>& values) {
    if (!json.is_array()) return false;
    for (const Json& item : json) {
      if (!parse(item, values.emplace_back())) return false;
    }
    return true;
  }
  template <class T>
  requires requires(Reader& reader, T& row) { fields(reader, row); }
  static bool parse(const Json& json, T& row) {
    if (!json.is_object()) return false;
    Reader inner(json);
    fields(inner, row);
    return inner.complete(0);
  }

  const Json& object_;
  std::size_t seen_ = 0;
  std::string mistake_;
};

/// A row of the kind with this index, or of a later one.
template <std::size_t Kind = 0>
Result<StoredRow, std::string> read_kind(const Json& json, std::string_view word) {
  if constexpr (Kind == std::variant_size_v<StoredRow>) {
    return std::string("is of an unknown kind");
  } else {
    if (word != kind_word(Kind)) return read_kind<Kind + 1>(json, word);
    std::variant_alternative_t<Kind, StoredRow> row;
    Reader reader(json);
    fields(reader, row);
    if (!reader.complete(1)) return reader.mistake();
    return StoredRow(std::move(row));
  }
}

}  // namespace

std::string row_to_text(const StoredRow& row) {
  StoredRow copy = row;
  Json json = std::visit(
      [](auto& one) {
        Writer writer;
        fields(writer, one);
        return writer.take();
      },
      copy);
  json["kind"] = kind_word(row.index());
  return json.dump();
}

Result<StoredRow, std::string> row_from_text(std::string_view line) {
  const auto json = parse_json(line, {.max_bytes = kMaxRowText, .max_depth = 4});
  if (!json) return "is no row: " + json.error().detail;
  if (!json->is_object() || !json->contains("kind") || !(*json)["kind"].is_string()) {
    return std::string("is no row");
  }
  return read_kind(*json, (*json)["kind"].get_ref<const std::string&>());
}

}  // namespace masterkey2::ctl
