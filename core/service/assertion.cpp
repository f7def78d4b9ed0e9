#include "service/assertion.hpp"

#include <array>
#include <span>
#include <utility>

#include "encoding/base64url.hpp"
#include "encoding/json_text.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {
namespace {

constexpr std::int64_t kLifeSeconds = 60;
constexpr std::uint8_t kUserVerifiedFlag = 0x04;
constexpr std::uint8_t kBackupEligibleFlag = 0x08;
constexpr std::uint8_t kBackupStateFlag = 0x10;
constexpr std::size_t kCoordinateSize = 32;
constexpr std::size_t kUsualTokenSize = 1'024;

/// How the user proved to be there (RFC 8176): `hwk` or `swk`, `user`, and `mfa` if verified.
void add_methods(JsonObjectText& claims, const SignIn& sign_in) {
  const std::array<std::string_view, 3> methods = {backup_eligible(sign_in) ? "swk" : "hwk", "user",
                                                   "mfa"};
  claims.texts("amr", std::span(methods).first(user_verified(sign_in) ? 3 : 2));
}

}  // namespace

std::string make_assertion(const AssertionRequest& request) {
  const SignIn& sign_in = request.sign_in;
  const std::int64_t issued_at = request.now / 1'000;
  JsonObjectText claims;
  claims.text("iss", request.base_url)
      .text("aud", tenant_id_text(request.tenant.tenant.id))
      .bytes("sub", request.user.handle.view())
      .text("external_id", request.user.external_id)
      .number("iat", issued_at)
      .number("exp", issued_at + kLifeSeconds)
      .bytes("jti", request.id.view())
      .number("auth_time", sign_in.at / 1'000)
      .bytes("credential_id", sign_in.credential_id)
      .truth("user_verified", user_verified(sign_in))
      .text("channel", channel_word(sign_in.channel));
  add_methods(claims, sign_in);
  if (request.nonce) claims.text("nonce", *request.nonce);
  JsonObjectText header;
  header.text("alg", "ES256").text("kid", request.tenant.signing_key_id).text("typ", "JWT");
  std::string token;
  token.reserve(kUsualTokenSize);
  append_base64url(token, as_bytes(std::move(header).take()));
  append_base64url(token += '.', as_bytes(std::move(claims).take()));
  const Bytes signature = request.tenant.signing_key->sign(as_bytes(token));
  append_base64url(token += '.', signature);
  return token;
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
