#include "rows.hpp"

#include "crc32c.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kChecksumSize = 4;

void encode(Encoder& out, const SigningKey& key) {
  out.string(key.id);
  out.integer(static_cast<std::uint8_t>(key.state));
  out.millis(key.created_at);
  out.millis(key.activates_at);
  out.millis(key.retires_at);
  out.string(key.public_point);
  out.integer(key.wrapped_by);
  out.string(key.wrapped_private_key);
}

void decode(Decoder& in, SigningKey& key) {
  key.id = in.text();
  key.state = in.enumerator(SigningKeyState::kRetired);
  key.created_at = in.millis();
  key.activates_at = in.millis();
  key.retires_at = in.millis();
  key.public_point = in.bytes();
  key.wrapped_by = in.integer<std::uint32_t>();
  key.wrapped_private_key = in.bytes();
}

void encode(Encoder& out, const UserAccount& user) {
  out.identifier(user.handle);
  out.string(user.external_id);
  out.string(user.display_name);
  out.string(user.username);
  out.boolean(user.enabled);
  out.millis(user.created_at);
  out.integer(user.version);
  out.string(user.extra);
}

void decode(Decoder& in, UserAccount& user) {
  user.handle = in.identifier<UserHandle>();
  user.external_id = in.text();
  user.display_name = in.text();
  user.username = in.text();
  user.enabled = in.boolean();
  user.created_at = in.millis();
  user.version = in.integer<std::uint64_t>();
  user.extra = in.bytes();
}

enum CredentialBit : std::uint8_t {
  kUvInitialized = 1,
  kBackupEligible = 2,
  kBackupState = 4,
  kCounterSuspect = 8,
  kDiscoverableKnown = 16,
  kDiscoverable = 32,
};

std::uint8_t bits_of(const CredentialRecord& credential) {
  unsigned bits = 0;
  if (credential.uv_initialized) bits |= kUvInitialized;
  if (credential.backup_eligible) bits |= kBackupEligible;
  if (credential.backup_state) bits |= kBackupState;
  if (credential.counter_suspect) bits |= kCounterSuspect;
  if (credential.discoverable) bits |= kDiscoverableKnown;
  if (credential.discoverable.value_or(false)) bits |= kDiscoverable;
  return static_cast<std::uint8_t>(bits);
}

/// The owner is the document's user.
void encode(Encoder& out, const CredentialRecord& credential) {
  out.string(credential.id);
  out.string(credential.public_key);
  out.integer(static_cast<std::uint32_t>(credential.algorithm));
  out.integer(credential.sign_count);
  out.integer(bits_of(credential));
  out.identifier(credential.aaguid);
  out.string(credential.attestation_format);
  out.integer(static_cast<std::uint8_t>(credential.transports.size()));
  for (const std::string& transport : credential.transports) out.string(transport);
  out.string(credential.name);
  out.millis(credential.created_at);
  out.millis(credential.last_used_at);
  out.integer(credential.version);
  out.string(credential.extra);
}

void decode(Decoder& in, CredentialRecord& credential) {
  credential.id = in.bytes();
  credential.public_key = in.bytes();
  credential.algorithm = static_cast<std::int32_t>(in.integer<std::uint32_t>());
  credential.sign_count = in.integer<std::uint32_t>();
  const unsigned bits = in.integer<std::uint8_t>();
  credential.uv_initialized = (bits & kUvInitialized) != 0;
  credential.backup_eligible = (bits & kBackupEligible) != 0;
  credential.backup_state = (bits & kBackupState) != 0;
  credential.counter_suspect = (bits & kCounterSuspect) != 0;
  if ((bits & kDiscoverableKnown) != 0) credential.discoverable = (bits & kDiscoverable) != 0;
  credential.aaguid = in.identifier<Aaguid>();
  credential.attestation_format = in.text();
  const auto transports = in.integer<std::uint8_t>();
  for (int i = 0; i < transports && in.ok(); ++i) credential.transports.push_back(in.text());
  credential.name = in.text();
  credential.created_at = in.millis();
  credential.last_used_at = in.millis();
  credential.version = in.integer<std::uint64_t>();
  credential.extra = in.bytes();
}

void encode(Encoder& out, const SignIn& row) {
  out.identifier(row.id);
  out.identifier(row.session_token);
  out.identifier(row.user);
  out.string(row.credential_id);
  out.millis(row.at);
  out.millis(row.takeable_until);
  out.millis(row.keep_until);
  out.integer(static_cast<std::uint8_t>(row.channel));
  out.boolean(row.confirmed);
  out.integer(row.flags);
  out.integer(row.sign_count);
  out.boolean(row.counter_suspect);
  out.boolean(row.binding.has_value());
  if (row.binding) out.identifier(*row.binding);
  out.boolean(row.proof.has_value());
  if (row.proof) {
    out.string(row.proof->authenticator_data);
    out.string(row.proof->client_data_json);
    out.string(row.proof->signature);
    out.integer(static_cast<std::uint32_t>(row.proof->algorithm));
    out.string(row.proof->challenge_salt);
  }
  out.integer(row.user_version);
  out.integer(row.credential_version);
  out.string(row.extra);
}

void decode(Decoder& in, SignIn& row) {
  row.id = in.identifier<TokenId>();
  row.session_token = in.identifier<TokenId>();
  row.user = in.identifier<UserHandle>();
  row.credential_id = in.bytes();
  row.at = in.millis();
  row.takeable_until = in.millis();
  row.keep_until = in.millis();
  row.channel = in.enumerator(Channel::kCrossDevice);
  row.confirmed = in.boolean();
  row.flags = in.integer<std::uint8_t>();
  row.sign_count = in.integer<std::uint32_t>();
  row.counter_suspect = in.boolean();
  if (in.boolean()) row.binding = in.identifier<Digest>();
  if (in.boolean()) {
    SignInProof& proof = row.proof.emplace();
    proof.authenticator_data = in.bytes();
    proof.client_data_json = in.bytes();
    proof.signature = in.bytes();
    proof.algorithm = static_cast<std::int32_t>(in.integer<std::uint32_t>());
    proof.challenge_salt = in.bytes();
  }
  row.user_version = in.integer<std::uint64_t>();
  row.credential_version = in.integer<std::uint64_t>();
  row.extra = in.bytes();
}

void encode(Encoder& out, const AuditEntry& row) {
  out.identifier(row.tenant);
  out.identifier(row.chain);
  out.integer(row.sequence);
  out.millis(row.at);
  out.string(row.type);
  out.string(row.subject);
  out.string(row.body);
  out.millis(row.keep_until);
}

void decode(Decoder& in, AuditEntry& row) {
  row.tenant = in.identifier<TenantId>();
  row.chain = in.identifier<TokenId>();
  row.sequence = in.integer<std::uint64_t>();
  row.at = in.millis();
  row.type = in.text();
  row.subject = in.bytes();
  row.body = in.bytes();
  row.keep_until = in.millis();
}

void encode(Encoder& out, const UserDocument& document) {
  encode(out, document.user);
  out.integer(static_cast<std::uint16_t>(document.credentials.size()));
  for (const CredentialRecord& credential : document.credentials) encode(out, credential);
}

void decode(Decoder& in, UserDocument& document) {
  decode(in, document.user);
  const auto count = in.integer<std::uint16_t>();
  for (int i = 0; i < count && in.ok(); ++i) {
    decode(in, document.credentials.emplace_back());
    document.credentials.back().user = document.user.handle;
  }
}

/// Absent if the last four bytes are not the checksum of the others.
std::optional<ByteView> checked_body(ByteView bytes) {
  if (bytes.size() < kChecksumSize) return std::nullopt;
  const ByteView body = bytes.first(bytes.size() - kChecksumSize);
  Decoder checksum(bytes.last(kChecksumSize));
  if (checksum.integer<std::uint32_t>() != crc32c(0, body)) return std::nullopt;
  return body;
}

template <class Row>
Bytes encode_checked(const Row& row) {
  Bytes bytes;
  Encoder out(bytes);
  encode(out, row);
  out.integer(crc32c(0, bytes));
  return bytes;
}

template <class Row>
std::optional<Row> decode_checked(ByteView bytes) {
  const std::optional<ByteView> body = checked_body(bytes);
  if (!body) return std::nullopt;
  Row row;
  Decoder in(*body);
  decode(in, row);
  if (!in.complete()) return std::nullopt;
  return row;
}

}  // namespace

void encode(Encoder& out, const Installation& row) {
  out.identifier(row.id);
  out.integer(row.epoch);
  out.millis(row.created_at);
  out.millis(row.epoch_raised_at);
}

void decode(Decoder& in, Installation& row) {
  row.id = in.identifier<Digest>();
  row.epoch = in.integer<std::uint64_t>();
  row.created_at = in.millis();
  row.epoch_raised_at = in.millis();
}

void encode(Encoder& out, const Tenant& row) {
  out.identifier(row.id);
  out.integer(row.generation);
  out.boolean(row.enabled);
  out.string(row.name);
  out.string(row.rp_id);
  out.millis(row.created_at);
  out.string(row.settings);
  out.integer(static_cast<std::uint8_t>(row.signing_keys.size()));
  for (const SigningKey& key : row.signing_keys) encode(out, key);
}

void decode(Decoder& in, Tenant& row) {
  row.id = in.identifier<TenantId>();
  row.generation = in.integer<std::uint64_t>();
  row.enabled = in.boolean();
  row.name = in.text();
  row.rp_id = in.text();
  row.created_at = in.millis();
  row.settings = in.bytes();
  const auto keys = in.integer<std::uint8_t>();
  for (int i = 0; i < keys && in.ok(); ++i) decode(in, row.signing_keys.emplace_back());
}

void encode(Encoder& out, const ApiKey& row) {
  out.identifier(row.id);
  out.identifier(row.tenant);
  out.identifier(row.digest);
  out.string(row.prefix);
  out.string(row.name);
  out.integer(row.scopes);
  out.identifier(row.lineage);
  out.integer(row.lineage_number);
  out.millis(row.created_at);
  out.millis(row.expires_at);
  out.integer(row.version);
}

void decode(Decoder& in, ApiKey& row) {
  row.id = in.identifier<ApiKeyId>();
  row.tenant = in.identifier<TenantId>();
  row.digest = in.identifier<Digest>();
  row.prefix = in.text();
  row.name = in.text();
  row.scopes = in.integer<std::uint32_t>();
  row.lineage = in.identifier<ApiKeyId>();
  row.lineage_number = in.integer<std::uint32_t>();
  row.created_at = in.millis();
  row.expires_at = in.millis();
  row.version = in.integer<std::uint64_t>();
}

bool ends_with_checksum(ByteView bytes) { return checked_body(bytes).has_value(); }

Bytes encode_document(const UserDocument& document) { return encode_checked(document); }
Bytes encode_sign_in(const SignIn& row) { return encode_checked(row); }
Bytes encode_audit(const AuditEntry& row) { return encode_checked(row); }

std::optional<UserDocument> decode_document(ByteView bytes) {
  return decode_checked<UserDocument>(bytes);
}
std::optional<DocumentKeys> scan_document(ByteView bytes) {
  if (bytes.size() < kChecksumSize) return std::nullopt;
  Decoder in(bytes.first(bytes.size() - kChecksumSize));
  DocumentKeys keys;
  keys.handle = in.identifier<UserHandle>();
  keys.external_id = as_text(in.string());
  in.string();        // display_name
  in.string();        // username
  in.raw(1 + 8 + 8);  // enabled, created_at, version
  in.string();        // extra
  const auto count = in.integer<std::uint16_t>();
  keys.credentials.reserve(count);
  for (int i = 0; i < count && in.ok(); ++i) {
    keys.credentials.push_back(in.string());
    in.string();                        // public_key
    in.raw(4 + 4 + 1 + Aaguid::kSize);  // algorithm, sign_count, bits, aaguid
    in.string();                        // attestation_format
    const auto transports = in.integer<std::uint8_t>();
    for (int j = 0; j < transports && in.ok(); ++j) in.string();
    in.string();        // name
    in.raw(8 + 8 + 8);  // created_at, last_used_at, version
    in.string();        // extra
  }
  if (!in.complete()) return std::nullopt;
  return keys;
}

std::optional<SignIn> decode_sign_in(ByteView bytes) { return decode_checked<SignIn>(bytes); }
std::optional<AuditEntry> decode_audit(ByteView bytes) { return decode_checked<AuditEntry>(bytes); }

std::optional<SignInKeys> scan_sign_in(ByteView bytes) {
  const std::optional<ByteView> body = checked_body(bytes);
  if (!body) return std::nullopt;
  Decoder in(*body);
  SignInKeys keys;
  keys.id = in.identifier<TokenId>();
  keys.session_token = in.identifier<TokenId>();
  in.raw(UserHandle::kSize);
  in.string();  // credential_id
  keys.at = in.millis();
  in.raw(8 + 8);  // takeable_until, keep_until
  in.enumerator(Channel::kCrossDevice);
  in.boolean();                             // confirmed
  in.raw(1 + 4);                            // flags, sign_count
  in.boolean();                             // counter_suspect
  if (in.boolean()) in.raw(Digest::kSize);  // binding
  if (in.boolean()) {                       // proof
    for (int i = 0; i < 3; ++i) in.string();
    in.raw(4);    // algorithm
    in.string();  // challenge_salt
  }
  in.raw(8 + 8);  // user_version, credential_version
  in.string();    // extra
  if (!in.complete()) return std::nullopt;
  return keys;
}

std::optional<AuditKeys> scan_audit(ByteView bytes) {
  const std::optional<ByteView> body = checked_body(bytes);
  if (!body) return std::nullopt;
  Decoder in(*body);
  AuditKeys keys;
  keys.tenant = in.identifier<TenantId>();
  keys.chain = in.identifier<TokenId>();
  keys.sequence = in.integer<std::uint64_t>();
  keys.at = in.millis();
  for (int i = 0; i < 3; ++i) in.string();  // type, subject, body
  keys.keep_until = in.millis();
  if (!in.complete()) return std::nullopt;
  return keys;
}

}  // namespace masterkey2::flatfile
