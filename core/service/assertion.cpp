#include "service/assertion.hpp"

#include "encoding/base64url.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {
namespace {

constexpr std::int64_t kLifeSeconds = 60;
constexpr std::uint8_t kUserVerifiedFlag = 0x04;
constexpr std::uint8_t kBackupEligibleFlag = 0x08;
constexpr std::uint8_t kBackupStateFlag = 0x10;
constexpr std::size_t kCoordinateSize = 32;

std::string encode_part(const Json& part) { return base64url_encode(as_bytes(part.dump())); }

}  // namespace

std::string make_assertion(const AssertionRequest& request) {
  const SignIn& sign_in = request.sign_in;
  const std::int64_t issued_at = request.now / 1'000;
  Json claims = {
      {"iss", request.base_url},
      {"aud", tenant_id_text(request.tenant.tenant.id)},
      {"sub", base64url_encode(request.user.handle.view())},
      {"external_id", request.user.external_id},
      {"iat", issued_at},
      {"exp", issued_at + kLifeSeconds},
      {"jti", base64url_encode(request.id.view())},
      {"auth_time", sign_in.at / 1'000},
      {"amr", authentication_methods(sign_in)},
      {"credential_id", base64url_encode(sign_in.credential_id)},
      {"user_verified", user_verified(sign_in)},
      {"channel", channel_word(sign_in.channel)},
  };
  if (request.nonce) claims["nonce"] = *request.nonce;
  const Json header = {{"alg", "ES256"}, {"kid", request.tenant.signing_key_id}, {"typ", "JWT"}};
  std::string token = encode_part(header) + '.' + encode_part(claims);
  const Bytes signature = request.tenant.signing_key->sign(as_bytes(token));
  return token + '.' + base64url_encode(signature);
}

Json authentication_methods(const SignIn& sign_in) {
  Json methods = Json::array({backup_eligible(sign_in) ? "swk" : "hwk", "user"});
  if (user_verified(sign_in)) methods.push_back("mfa");
  return methods;
}

std::string_view channel_word(Channel channel) {
  return channel == Channel::kCrossDevice ? "cross_device" : "direct";
}

bool user_verified(const SignIn& sign_in) { return (sign_in.flags & kUserVerifiedFlag) != 0; }
bool backup_eligible(const SignIn& sign_in) { return (sign_in.flags & kBackupEligibleFlag) != 0; }
bool backup_state(const SignIn& sign_in) { return (sign_in.flags & kBackupStateFlag) != 0; }

Json key_set(const Tenant& tenant) {
  Json keys = Json::array();
  for (const SigningKey& key : tenant.signing_keys) {
    if (key.state == SigningKeyState::kRetired) continue;
    const ByteView point = key.public_point;
    if (point.size() != 1 + 2 * kCoordinateSize) continue;
    keys.push_back({{"kty", "EC"},
                    {"crv", "P-256"},
                    {"x", base64url_encode(point.subspan(1, kCoordinateSize))},
                    {"y", base64url_encode(point.subspan(1 + kCoordinateSize))},
                    {"kid", key.id},
                    {"use", "sig"},
                    {"alg", "ES256"}});
  }
  return {{"keys", std::move(keys)}};
}

}  // namespace masterkey2
