#include <gtest/gtest.h>

#include "crypto/random.hpp"
#include "service/claims/auth_claims.hpp"
#include "service/claims/ceremony_claims.hpp"
#include "service/claims/poll_claims.hpp"
#include "service/claims/qr_claims.hpp"
#include "service/claims/session_claims.hpp"
#include "service/claims/user_claims.hpp"

namespace masterkey2 {
namespace {

template <class Id>
Id random_id() {
  return system_random().identifier<Id>();
}

TokenEnvelope envelope() { return {random_id<TenantId>(), random_id<TokenId>(), 1'000, 2'000}; }

SessionClaims full_session() {
  return {envelope(), random_id<UserHandle>(), Bytes(64, 7), random_id<Digest>()};
}
UserClaims full_user() { return {envelope(), random_id<UserHandle>(), random_id<ApiKeyId>()}; }
AuthClaims full_auth() { return {envelope(), random_id<Digest>()}; }
CeremonyClaims full_ceremony() {
  CeremonyClaims claims;
  claims.envelope = envelope();
  claims.purpose = CeremonyPurpose::kRegistration;
  claims.channel = Channel::kCrossDevice;
  claims.token = random_id<TokenId>();
  claims.origin = std::string(512, 'o');
  claims.policy = {
      .user_verification = webauthn::UserVerification::kDiscouraged,
      .algorithms = {-7, -257, INT32_MIN, INT32_MAX},
      .attestation = webauthn::AttestationConveyance::kEnterprise,
      .counter = webauthn::CounterPolicy::kRefuse,
      .allow_cross_origin = true,
      .top_origins = {},
      .attestation_trust = webauthn::AttestationTrustRule::kMetadata,
      .aaguids = std::vector<Aaguid>(64, random_id<Aaguid>()),
      .legacy_attestation = {.android_safetynet = true, .tpm_sha1 = true, .u2f_aaguid = false},
      .allow_synced = false};
  claims.challenge = Bytes(32, 1);
  claims.challenge_salt = Bytes(32, 2);
  claims.user = random_id<UserHandle>();
  claims.api_key = random_id<ApiKeyId>();
  claims.binding = random_id<Digest>();
  claims.conditional = true;
  claims.name = std::string(256, 'n');
  return claims;
}

/// Comes back whole, and neither shorter, longer nor in another layout.
template <class Claims, class Decode>
void expect_exact(const Claims& claims, Decode decode) {
  const Bytes bytes = encode_claims(claims);
  EXPECT_EQ(decode(bytes), claims);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode(ByteView(bytes).first(size)), std::nullopt) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(decode(longer), std::nullopt);
  Bytes other = bytes;
  other[0] = 9;
  EXPECT_EQ(decode(other), std::nullopt);
}

TEST(SessionClaims, ComeBackAsTheyWere) {
  expect_exact(full_session(), &decode_session_claims);
  expect_exact(SessionClaims{envelope(), {}, {}, {}}, &decode_session_claims);
}

TEST(UserClaims, ComeBackAsTheyWere) { expect_exact(full_user(), &decode_user_claims); }

TEST(AuthClaims, ComeBackAsTheyWere) {
  expect_exact(full_auth(), &decode_auth_claims);
  expect_exact(AuthClaims{envelope(), {}}, &decode_auth_claims);
}

QrClaims full_qr() {
  QrClaims claims;
  claims.envelope = envelope();
  claims.session = full_session();
  claims.session.envelope = {claims.envelope.tenant, random_id<TokenId>(), 0, 3'000};
  claims.computer = {Browser::kSamsungInternet, OperatingSystem::kWindows};
  return claims;
}

TEST(QrClaims, ComeBackAsTheyWere) {
  expect_exact(full_qr(), &decode_qr_claims);
  QrClaims plain = full_qr();
  plain.session = {plain.session.envelope, {}, {}, {}};
  plain.computer = {};
  expect_exact(plain, &decode_qr_claims);
}

TEST(QrClaims, NameNoBrowserOrSystemThatWeDoNotKnow) {
  const Bytes good = encode_claims(full_qr());
  for (std::size_t back = 1; back <= 2; ++back) {
    Bytes bytes = good;
    bytes[bytes.size() - back] = 7;
    EXPECT_EQ(decode_qr_claims(bytes), std::nullopt) << back;
  }
}

TEST(CrossDeviceClaims, ComeBackAsThoseOfTheirSide) {
  const CrossDeviceClaims poll =
      PollClaims{envelope(), random_id<TokenId>(), std::string(512, 'o'), random_id<Digest>()};
  const CrossDeviceClaims phone = PhoneClaims{full_ceremony(), 3'000};
  for (const CrossDeviceClaims& claims : {poll, phone}) {
    const Bytes bytes = std::visit([](const auto& side) { return encode_claims(side); }, claims);
    EXPECT_EQ(decode_cross_device_claims(bytes), claims);
    EXPECT_TRUE(read_envelope_tenant(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(decode_cross_device_claims(ByteView(bytes).first(size)), std::nullopt) << size;
    }
    Bytes changed = bytes;
    changed.push_back(0);
    EXPECT_EQ(decode_cross_device_claims(changed), std::nullopt);
    changed = bytes;
    changed[0] = 9;
    EXPECT_EQ(decode_cross_device_claims(changed), std::nullopt);
  }
}

TEST(CeremonyClaims, ComeBackAsTheyWere) {
  expect_exact(full_ceremony(), &decode_ceremony_claims);
  CeremonyClaims least;
  least.envelope = envelope();
  least.challenge = Bytes(32, 1);
  expect_exact(least, &decode_ceremony_claims);
}

TEST(CeremonyClaims, FitIntoASealedToken) {
  EXPECT_LE(encode_claims(full_ceremony()).size(), 4'096U);
}

TEST(CeremonyClaims, HaveAChallengeOf32Bytes) {
  CeremonyClaims claims = full_ceremony();
  for (const std::size_t size : {0, 31, 33}) {
    claims.challenge = Bytes(size, 1);
    EXPECT_EQ(decode_ceremony_claims(encode_claims(claims)), std::nullopt);
  }
}

TEST(CeremonyClaims, RefuseNumbersThatNameNothing) {
  const CeremonyClaims claims = full_ceremony();
  const Bytes bytes = encode_claims(claims);
  constexpr std::size_t kEnvelope = 1 + 16 + 16 + 8 + 8;
  constexpr std::size_t kPolicy = kEnvelope + 2 + 16 + 4 + 512;
  for (const std::size_t at : {kEnvelope, kEnvelope + 1, kPolicy, kPolicy + 1, kPolicy + 2}) {
    Bytes changed = bytes;
    changed[at] = 9;
    EXPECT_EQ(decode_ceremony_claims(changed), std::nullopt) << at;
  }
}

TEST(CeremonyClaims, HoldAtMost64Models) {
  CeremonyClaims claims = full_ceremony();
  claims.policy.aaguids.emplace_back();
  EXPECT_EQ(decode_ceremony_claims(encode_claims(claims)), std::nullopt);
}

TEST(CeremonyClaims, RefuseATrustRuleThatNamesNothing) {
  CeremonyClaims claims = full_ceremony();
  claims.policy.attestation_trust = static_cast<webauthn::AttestationTrustRule>(4);
  EXPECT_EQ(decode_ceremony_claims(encode_claims(claims)), std::nullopt);
}

TEST(CeremonyClaims, LeaveTopOriginsToFinish) {
  CeremonyClaims claims = full_ceremony();
  claims.policy.top_origins = {"https://example.com"};
  EXPECT_TRUE(decode_ceremony_claims(encode_claims(claims))->policy.top_origins.empty());
}

}  // namespace
}  // namespace masterkey2
