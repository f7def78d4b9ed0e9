#include "service/claims/ceremony_claims.hpp"

#include "service/claims/optional_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kLayout = 3;
constexpr std::size_t kMaxOrigin = 512;
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxAlgorithms = 64;
constexpr std::size_t kMaxAaguids = 64;
constexpr std::size_t kChallengeSize = 32;

/// The enumerator with number `value`, if it is at most `last`.
template <class Enum>
bool read_enum(ByteReader& reader, Enum last, Enum& out) {
  const auto value = reader.integer<std::uint8_t>();
  if (value > static_cast<std::uint8_t>(last)) return false;
  out = static_cast<Enum>(value);
  return true;
}

void write_policy(ByteWriter& writer, const webauthn::CeremonyPolicy& policy) {
  writer.integer(static_cast<std::uint8_t>(policy.user_verification));
  writer.integer(static_cast<std::uint8_t>(policy.attestation));
  writer.integer(static_cast<std::uint8_t>(policy.counter));
  writer.boolean(policy.allow_cross_origin);
  writer.boolean(policy.allow_synced);
  writer.integer(static_cast<std::uint8_t>(policy.algorithms.size()));
  for (const std::int32_t algorithm : policy.algorithms) {
    writer.integer(static_cast<std::uint32_t>(algorithm));
  }
  writer.integer(static_cast<std::uint8_t>(policy.attestation_trust));
  writer.boolean(policy.legacy_attestation.android_safetynet);
  writer.boolean(policy.legacy_attestation.tpm_sha1);
  writer.boolean(policy.legacy_attestation.u2f_aaguid);
  writer.integer(static_cast<std::uint8_t>(policy.aaguids.size()));
  for (const Aaguid& aaguid : policy.aaguids) writer.raw(aaguid.view());
}

bool read_policy(ByteReader& reader, webauthn::CeremonyPolicy& policy) {
  using webauthn::AttestationConveyance;
  using webauthn::CounterPolicy;
  using webauthn::UserVerification;
  if (!read_enum(reader, UserVerification::kDiscouraged, policy.user_verification) ||
      !read_enum(reader, AttestationConveyance::kEnterprise, policy.attestation) ||
      !read_enum(reader, CounterPolicy::kRefuse, policy.counter)) {
    return false;
  }
  policy.allow_cross_origin = reader.boolean();
  policy.allow_synced = reader.boolean();
  const auto count = reader.integer<std::uint8_t>();
  if (count > kMaxAlgorithms) return false;
  policy.algorithms.clear();
  for (unsigned i = 0; i < count; ++i) {
    policy.algorithms.push_back(static_cast<std::int32_t>(reader.integer<std::uint32_t>()));
  }
  if (!read_enum(reader, webauthn::AttestationTrustRule::kMetadata, policy.attestation_trust)) {
    return false;
  }
  policy.legacy_attestation.android_safetynet = reader.boolean();
  policy.legacy_attestation.tpm_sha1 = reader.boolean();
  policy.legacy_attestation.u2f_aaguid = reader.boolean();
  const auto models = reader.integer<std::uint8_t>();
  if (models > kMaxAaguids) return false;
  for (unsigned i = 0; i < models; ++i) policy.aaguids.push_back(reader.identifier<Aaguid>());
  return !reader.failed();
}

}  // namespace

Bytes encode_claims(const CeremonyClaims& claims) {
  ByteWriter writer;
  write_envelope(writer, kLayout, claims.envelope);
  writer.integer(static_cast<std::uint8_t>(claims.purpose));
  writer.integer(static_cast<std::uint8_t>(claims.channel));
  writer.raw(claims.token.view());
  writer.string(claims.origin);
  write_policy(writer, claims.policy);
  writer.string(claims.challenge);
  writer.string(claims.challenge_salt);
  write_optional(writer, claims.user);
  write_optional(writer, claims.api_key);
  write_optional(writer, claims.binding);
  writer.boolean(claims.conditional);
  writer.string(claims.name);
  return std::move(writer).take();
}

std::optional<CeremonyClaims> decode_ceremony_claims(ByteView bytes) {
  ByteReader reader(bytes);
  CeremonyClaims claims;
  if (!read_envelope(reader, kLayout, claims.envelope) ||
      !read_enum(reader, CeremonyPurpose::kAuthentication, claims.purpose) ||
      !read_enum(reader, Channel::kCrossDevice, claims.channel)) {
    return std::nullopt;
  }
  claims.token = reader.identifier<TokenId>();
  claims.origin = reader.text(kMaxOrigin);
  if (!read_policy(reader, claims.policy)) return std::nullopt;
  claims.challenge = to_bytes(reader.string(kChallengeSize));
  claims.challenge_salt = to_bytes(reader.string(kChallengeSize));
  claims.user = read_optional<UserHandle>(reader);
  claims.api_key = read_optional<ApiKeyId>(reader);
  claims.binding = read_optional<Digest>(reader);
  claims.conditional = reader.boolean();
  claims.name = reader.text(kMaxName);
  if (!reader.complete() || claims.challenge.size() != kChallengeSize) return std::nullopt;
  return claims;
}

}  // namespace masterkey2
