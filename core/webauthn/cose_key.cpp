#include "webauthn/cose_key.hpp"

#include <optional>
#include <string>
#include <variant>

#include "cbor/cbor_parser.hpp"

namespace masterkey2::webauthn {
namespace {

// Labels (RFC 9052 §7.1, RFC 9053 §7, RFC 8230 §4; of ML-DSA the key type AKP).
constexpr std::int64_t kKty = 1;
constexpr std::int64_t kAlg = 3;
constexpr std::int64_t kCrv = -1;
constexpr std::int64_t kX = -2;
constexpr std::int64_t kY = -3;
constexpr std::int64_t kN = -1;
constexpr std::int64_t kE = -2;
constexpr std::int64_t kPub = -1;

constexpr std::int64_t kKtyOkp = 1;
constexpr std::int64_t kKtyEc2 = 2;
constexpr std::int64_t kKtyRsa = 3;
constexpr std::int64_t kKtyAkp = 7;

/// What each kind of key has in its map.
struct Layout {
  std::int64_t kty;
  std::optional<std::int64_t> crv;
  std::int64_t first;                  ///< label of `x`, `n` or `pub`
  std::optional<std::int64_t> second;  ///< label of `y` or `e`
  std::size_t members;
};

struct LayoutOf {
  Layout operator()(EcCurve curve) const {
    constexpr std::int64_t kCurveIds[] = {1, 2, 3, 8};  // P-256, P-384, P-521, secp256k1
    return {kKtyEc2, kCurveIds[static_cast<std::size_t>(curve)], kX, kY, 5};
  }
  Layout operator()(EdwardsCurve curve) const {
    return {kKtyOkp, curve == EdwardsCurve::kEd25519 ? 6 : 7, kX, std::nullopt, 4};
  }
  Layout operator()(RsaKeyType) const { return {kKtyRsa, std::nullopt, kN, kE, 4}; }
  Layout operator()(MlDsaSet) const { return {kKtyAkp, std::nullopt, kPub, std::nullopt, 3}; }
};

Finding malformed(std::string detail) { return {Reason::kMalformedPublicKey, std::move(detail)}; }

bool has_integer(const CborValue& map, std::int64_t label, std::int64_t expected) {
  const CborValue* value = map.find(label);
  return value != nullptr && value->integer() != nullptr && *value->integer() == expected;
}

/// Null if the member is missing or not a byte string.
const ByteView* find_bytes(const CborValue& map, std::int64_t label) {
  const CborValue* value = map.find(label);
  return value == nullptr ? nullptr : value->bytes();
}

struct MakeKey {
  const CoseKeyParameters& parameters;

  std::optional<PublicKey> operator()(EcCurve curve) const {
    return PublicKey::from_ec_point(curve, parameters.x, parameters.y);
  }
  std::optional<PublicKey> operator()(EdwardsCurve curve) const {
    return PublicKey::from_edwards_point(curve, parameters.x);
  }
  std::optional<PublicKey> operator()(RsaKeyType) const {
    return PublicKey::from_rsa(parameters.x, parameters.y);
  }
  std::optional<PublicKey> operator()(MlDsaSet set) const {
    return PublicKey::from_ml_dsa(set, parameters.x);
  }
};

}  // namespace

Checked<CoseKeyParameters> read_cose_key(const CborValue& value) {
  if (value.map() == nullptr) return malformed("not a map");
  const CborValue* alg = value.find(kAlg);
  if (alg == nullptr || alg->integer() == nullptr) return malformed("alg is missing or no integer");
  const Algorithm* algorithm = find_algorithm(*alg->integer());
  if (algorithm == nullptr) {
    return Finding{Reason::kAlgorithmNotAllowed,
                   "unknown algorithm " + std::to_string(*alg->integer())};
  }
  const Layout layout = std::visit(LayoutOf{}, algorithm->key);
  const std::string name(algorithm->name);
  if (!has_integer(value, kKty, layout.kty)) return malformed("kty is not that of " + name);
  if (layout.crv && !has_integer(value, kCrv, *layout.crv)) {
    return malformed("crv is not that of " + name);
  }
  const ByteView* first = find_bytes(value, layout.first);
  const ByteView* second = layout.second ? find_bytes(value, *layout.second) : nullptr;
  if (first == nullptr || (layout.second && second == nullptr)) {
    return malformed("a parameter of " + name + " is missing or not a byte string");
  }
  if (value.map()->size() != layout.members) return malformed("parameters that are not needed");
  return CoseKeyParameters{algorithm, *first, second == nullptr ? ByteView() : *second};
}

Checked<CoseKey> parse_cose_key(ByteView bytes) {
  const auto value = parse_cbor(bytes);
  if (!value) return malformed("CBOR: " + value.error().detail);
  const auto parameters = read_cose_key(*value);
  if (!parameters) return parameters.error();
  auto key = std::visit(MakeKey{*parameters}, parameters->algorithm->key);
  if (!key && !is_available(*parameters->algorithm)) {
    return Finding{Reason::kAlgorithmNotAllowed,
                   "this server's OpenSSL has no " + std::string(parameters->algorithm->name)};
  }
  if (!key) return malformed("not a sound key of " + std::string(parameters->algorithm->name));
  return CoseKey{parameters->algorithm, std::move(*key)};
}

}  // namespace masterkey2::webauthn
