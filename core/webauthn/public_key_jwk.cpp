#include "webauthn/public_key_jwk.hpp"

#include <variant>

#include "cbor/cbor_parser.hpp"
#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
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

/// The few kinds of CBOR items of a COSE_Key, in their shortest form.
class CoseKeyWriter {
 public:
  explicit CoseKeyWriter(unsigned members) { head(kMap, members); }
  CoseKeyWriter& integer(std::int64_t label, std::int64_t value) {
    number(label);
    number(value);
    return *this;
  }
  CoseKeyWriter& bytes(std::int64_t label, ByteView value) {
    number(label);
    head(kBytes, value.size());
    writer_.raw(value);
    return *this;
  }
  [[nodiscard]] Bytes take() { return std::move(writer_).take(); }

 private:
  static constexpr unsigned kBytes = 2;
  static constexpr unsigned kMap = 5;

  void number(std::int64_t value) {
    if (value < 0) return head(1, static_cast<std::size_t>(-1 - value));
    head(0, static_cast<std::size_t>(value));
  }
  void head(unsigned major, std::size_t argument) {
    const auto kind = static_cast<std::uint8_t>(major << 5);
    if (argument < 24) {
      writer_.integer(static_cast<std::uint8_t>(kind | argument));
    } else if (argument <= 0xFF) {
      writer_.integer(static_cast<std::uint8_t>(kind | 24));
      writer_.integer(static_cast<std::uint8_t>(argument));
    } else {
      writer_.integer(static_cast<std::uint8_t>(kind | 25));
      writer_.integer(static_cast<std::uint16_t>(argument));
    }
  }

  ByteWriter writer_;
};

constexpr std::size_t kMaxParameter = 8'192;

/// Empty if the member is missing or not base64url.
Bytes parameter(const Json& jwk, std::string_view name) {
  const auto member = jwk.find(name);
  if (member == jwk.end() || !member->is_string()) return {};
  auto bytes = base64url_decode(member->get_ref<const std::string&>());
  return bytes && bytes->size() <= kMaxParameter ? std::move(*bytes) : Bytes();
}

/// The COSE_Key with the parameters of a JWK; one that is missing becomes empty, which is not
/// sound.
struct CoseKeyOf {
  const Algorithm& algorithm;
  const Json& jwk;

  Bytes operator()(EcCurve curve) const {
    constexpr std::int64_t kCurveIds[] = {1, 2, 3, 8};
    return CoseKeyWriter(5)
        .integer(1, 2)
        .integer(3, algorithm.id)
        .integer(-1, kCurveIds[static_cast<std::size_t>(curve)])
        .bytes(-2, parameter(jwk, "x"))
        .bytes(-3, parameter(jwk, "y"))
        .take();
  }
  Bytes operator()(EdwardsCurve curve) const {
    return CoseKeyWriter(4)
        .integer(1, 1)
        .integer(3, algorithm.id)
        .integer(-1, curve == EdwardsCurve::kEd25519 ? 6 : 7)
        .bytes(-2, parameter(jwk, "x"))
        .take();
  }
  Bytes operator()(RsaKeyType) const {
    return CoseKeyWriter(4)
        .integer(1, 3)
        .integer(3, algorithm.id)
        .bytes(-1, parameter(jwk, "n"))
        .bytes(-2, parameter(jwk, "e"))
        .take();
  }
  Bytes operator()(MlDsaSet) const {
    return CoseKeyWriter(3)
        .integer(1, 7)
        .integer(3, algorithm.id)
        .bytes(-1, parameter(jwk, "pub"))
        .take();
  }
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

std::optional<Bytes> cose_key_from_jwk(const Json& jwk, std::optional<std::int32_t> preferred) {
  const auto alg = jwk.find("alg");
  if (alg == jwk.end()) return std::nullopt;
  const Algorithm* chosen = nullptr;
  for (const Algorithm& algorithm : named_algorithms()) {
    const bool better = chosen == nullptr || algorithm.id == preferred;
    if (*alg == algorithm.jose_name && better) chosen = &algorithm;
  }
  if (chosen == nullptr) return std::nullopt;
  return std::visit(CoseKeyOf{*chosen, jwk}, chosen->key);
}

}  // namespace masterkey2::webauthn
