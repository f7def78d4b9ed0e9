#include "rows.hpp"

#include <algorithm>

#include "numbers.hpp"

namespace masterkey2::mysql {
namespace {

[[noreturn]] void throw_corrupt(const char* column) {
  throw SqlError({StorageErrorCode::kCorrupt,
                  std::string("a row of the database has a broken value in ") + column});
}

template <class T>
std::optional<T> optional_id(Rows& rows) {
  if (rows.is_null()) {
    rows.skip(1);
    return std::nullopt;
  }
  return rows.id<T>();
}

}  // namespace

Tenant read_tenant(Rows& rows) {
  Tenant tenant;
  tenant.id = rows.id<TenantId>();
  tenant.generation = rows.unsigned_integer();
  tenant.enabled = rows.boolean();
  tenant.name = rows.text();
  tenant.rp_id = rows.text();
  tenant.created_at = rows.integer();
  tenant.settings = rows.bytes();
  tenant.signing_keys = decode_signing_keys(rows.bytes());
  return tenant;
}

ApiKey read_api_key(Rows& rows) {
  ApiKey key;
  key.id = rows.id<ApiKeyId>();
  key.tenant = rows.id<TenantId>();
  key.digest = rows.id<Digest>();
  key.prefix = rows.text();
  key.name = rows.text();
  key.scopes = rows.small<std::uint32_t>();
  key.lineage = rows.id<ApiKeyId>();
  key.lineage_number = rows.small<std::uint32_t>();
  key.created_at = rows.integer();
  key.expires_at = rows.integer();
  key.version = rows.unsigned_integer();
  return key;
}

std::optional<UserAccount> read_user(Rows& rows) {
  if (rows.is_null()) {
    rows.skip(6);
    return std::nullopt;
  }
  UserAccount user;
  user.handle = rows.id<UserHandle>();
  user.external_id = rows.text();
  user.display_name = rows.text();
  user.username = rows.text();
  user.extra = rows.bytes();
  Numbers numbers(rows.text());
  user.enabled = numbers.boolean();
  user.created_at = numbers.integer<UnixMillis>();
  user.version = numbers.integer<std::uint64_t>();
  numbers.end();
  return user;
}

std::optional<CredentialRecord> read_credential(Rows& rows) {
  if (rows.is_null()) {
    rows.skip(9);
    return std::nullopt;
  }
  CredentialRecord credential;
  credential.id = rows.bytes();
  credential.user = rows.id<UserHandle>();
  credential.public_key = rows.bytes();
  credential.aaguid = rows.id<Aaguid>();
  credential.attestation_format = rows.text();
  credential.transports = decode_transports(rows.bytes());
  credential.name = rows.text();
  credential.extra = rows.bytes();
  Numbers numbers(rows.text());
  credential.algorithm = numbers.integer<std::int32_t>();
  credential.sign_count = numbers.integer<std::uint32_t>();
  credential.uv_initialized = numbers.boolean();
  credential.backup_eligible = numbers.boolean();
  credential.backup_state = numbers.boolean();
  credential.counter_suspect = numbers.boolean();
  if (!numbers.skip_null()) credential.discoverable = numbers.boolean();
  credential.created_at = numbers.integer<UnixMillis>();
  credential.last_used_at = numbers.integer<UnixMillis>();
  credential.version = numbers.integer<std::uint64_t>();
  numbers.end();
  return credential;
}

std::optional<SignIn> read_sign_in(Rows& rows) {
  if (rows.is_null()) {
    rows.skip(11);
    return std::nullopt;
  }
  SignIn sign_in;
  sign_in.id = rows.id<TokenId>();
  sign_in.session_token = rows.id<TokenId>();
  sign_in.user = rows.id<UserHandle>();
  sign_in.credential_id = rows.bytes();
  sign_in.binding = optional_id<Digest>(rows);
  sign_in.extra = rows.bytes();
  SignInProof proof;
  proof.authenticator_data = rows.bytes();
  proof.client_data_json = rows.bytes();
  proof.signature = rows.bytes();
  proof.challenge_salt = rows.bytes();
  Numbers numbers(rows.text());
  sign_in.at = numbers.integer<UnixMillis>();
  sign_in.takeable_until = numbers.integer<UnixMillis>();
  sign_in.keep_until = numbers.integer<UnixMillis>();
  const auto channel = numbers.integer<std::uint8_t>();
  if (channel > static_cast<std::uint8_t>(Channel::kCrossDevice)) throw_corrupt("channel");
  sign_in.channel = static_cast<Channel>(channel);
  sign_in.confirmed = numbers.boolean();
  sign_in.flags = numbers.integer<std::uint8_t>();
  sign_in.sign_count = numbers.integer<std::uint32_t>();
  sign_in.counter_suspect = numbers.boolean();
  sign_in.user_version = numbers.integer<std::uint64_t>();
  sign_in.credential_version = numbers.integer<std::uint64_t>();
  if (!numbers.skip_null()) {
    proof.algorithm = numbers.integer<std::int32_t>();
    sign_in.proof = std::move(proof);
  }
  numbers.end();
  return sign_in;
}

Params sign_in_params(const TenantId& tenant, const SignIn& row, UnixMillis session_expires_at) {
  Params params = {tenant,
                   row.id,
                   std::max(row.keep_until, row.takeable_until),
                   row.keep_until,
                   row.session_token,
                   row.user,
                   row.credential_id,
                   row.at,
                   row.takeable_until,
                   session_expires_at,
                   static_cast<std::uint8_t>(row.channel),
                   row.confirmed,
                   row.flags,
                   row.sign_count,
                   row.counter_suspect,
                   row.binding,
                   row.user_version,
                   row.credential_version,
                   row.extra};
  if (row.proof) {
    params.insert(params.end(),
                  {row.proof->authenticator_data, row.proof->client_data_json, row.proof->signature,
                   row.proof->algorithm, row.proof->challenge_salt});
  } else {
    params.insert(params.end(), 5, std::nullopt);
  }
  return params;
}

AuditEntry read_audit_entry(Rows& rows, const TenantId& tenant) {
  AuditEntry entry;
  entry.tenant = tenant;
  entry.at = rows.integer();
  entry.chain = rows.id<TokenId>();
  entry.sequence = rows.unsigned_integer();
  entry.type = rows.text();
  entry.subject = rows.bytes();
  entry.body = rows.bytes();
  entry.keep_until = rows.integer();
  return entry;
}

namespace {

class Writer {
 public:
  template <class Integer>
  void integer(Integer value) {
    for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> shift));
    }
  }
  /// At most 65,535 bytes, with the length before them.
  void string(ByteView value) {
    integer(static_cast<std::uint16_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  void short_string(ByteView value) {
    integer(static_cast<std::uint8_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Throws kCorrupt when there are too few bytes.
class Reader {
 public:
  Reader(ByteView bytes, const char* column) : left_(bytes), column_(column) {}
  template <class Integer>
  Integer integer() {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : cut(sizeof(Integer))) value = value << 8 | byte;
    return static_cast<Integer>(value);
  }
  Bytes string() { return to_bytes(cut(integer<std::uint16_t>())); }
  std::string text() { return std::string(as_text(cut(integer<std::uint16_t>()))); }
  std::string short_text() { return std::string(as_text(cut(integer<std::uint8_t>()))); }
  [[nodiscard]] bool at_end() const { return left_.empty(); }
  void require_end() const {
    if (!at_end()) throw_corrupt(column_);
  }

 private:
  ByteView cut(std::size_t size) {
    if (size > left_.size()) throw_corrupt(column_);
    const ByteView piece = left_.first(size);
    left_ = left_.subspan(size);
    return piece;
  }

  ByteView left_;
  const char* column_;
};

}  // namespace

Bytes encode_signing_keys(const std::vector<SigningKey>& keys) {
  Writer out;
  out.integer(static_cast<std::uint8_t>(keys.size()));
  for (const SigningKey& key : keys) {
    out.string(as_bytes(key.id));
    out.integer(static_cast<std::uint8_t>(key.state));
    out.integer(key.created_at);
    out.integer(key.activates_at);
    out.integer(key.retires_at);
    out.string(key.public_point);
    out.integer(key.wrapped_by);
    out.string(key.wrapped_private_key);
  }
  return out.take();
}

std::vector<SigningKey> decode_signing_keys(ByteView bytes) {
  Reader in(bytes, "tenants.signing_keys");
  std::vector<SigningKey> keys;
  const auto count = in.integer<std::uint8_t>();
  for (int i = 0; i < count; ++i) {
    SigningKey key;
    key.id = in.text();
    const auto state = in.integer<std::uint8_t>();
    if (state > static_cast<std::uint8_t>(SigningKeyState::kRetired)) {
      throw_corrupt("tenants.signing_keys");
    }
    key.state = static_cast<SigningKeyState>(state);
    key.created_at = in.integer<UnixMillis>();
    key.activates_at = in.integer<UnixMillis>();
    key.retires_at = in.integer<UnixMillis>();
    key.public_point = in.string();
    key.wrapped_by = in.integer<std::uint32_t>();
    key.wrapped_private_key = in.string();
    keys.push_back(std::move(key));
  }
  in.require_end();
  return keys;
}

Bytes encode_transports(const std::vector<std::string>& transports) {
  Writer out;
  for (const std::string& transport : transports) out.short_string(as_bytes(transport));
  return out.take();
}

std::vector<std::string> decode_transports(ByteView bytes) {
  Reader in(bytes, "credentials.transports");
  std::vector<std::string> transports;
  while (!in.at_end()) transports.push_back(in.short_text());
  return transports;
}

}  // namespace masterkey2::mysql
