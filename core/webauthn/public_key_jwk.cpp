#include "webauthn/public_key_jwk.hpp"

#include <variant>

#include "cbor/cbor_parser.hpp"
#include "encoding/base64url.hpp"
#include "webauthn/cose_key.hpp"

namespace masterkey2::webauthn {
namespace {

/// The members that depend on the type of key (RFC 7518 §6, RFC 8037 §2, RFC 8812 §3.1; AKP).
struct MembersOf {
  const CoseKeyParameters& key;

  Json operator()(EcCurve curve) const {
    constexpr std::string_view kNames[] = {"P-256", "P-384", "P-521", "secp256k1"};
    return {{"kty", "EC"},
            {"crv", kNames[static_cast<std::size_t>(curve)]},
            {"x", base64url_encode(key.x)},
            {"y", base64url_encode(key.y)}};
  }
  Json operator()(EdwardsCurve curve) const {
    return {{"kty", "OKP"},
            {"crv", curve == EdwardsCurve::kEd25519 ? "Ed25519" : "Ed448"},
            {"x", base64url_encode(key.x)}};
  }
  Json operator()(RsaKeyType) const {
    return {{"kty", "RSA"}, {"n", base64url_encode(key.x)}, {"e", base64url_encode(key.y)}};
  }
  Json operator()(MlDsaSet) const { return {{"kty", "AKP"}, {"pub", base64url_encode(key.x)}}; }
};

}  // namespace

std::optional<Json> public_key_jwk(ByteView cose_key) {
  const auto value = parse_cbor(cose_key);
  if (!value) return std::nullopt;
  const auto key = read_cose_key(*value);
  if (!key) return std::nullopt;
  Json jwk = std::visit(MembersOf{*key}, key->algorithm->key);
  jwk["alg"] = key->algorithm->jose_name;
  return jwk;
}

}  // namespace masterkey2::webauthn
