#include "webauthn/cose_key.hpp"

#include "cbor/cbor_parser.hpp"
#include "fuzz/fuzz_target.hpp"
#include "support/cbor_writer.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2::fuzz {
namespace {

/// kty, alg, crv, x and y, with those that the key's type has.
Bytes written(const webauthn::CoseKeyParameters& key) {
  support::CborWriter writer;
  const auto head = [&](std::uint64_t members, std::int64_t kty) -> support::CborWriter& {
    return writer.map(members).integer(1).integer(kty).integer(3).integer(key.algorithm->id);
  };
  if (const auto* curve = std::get_if<EcCurve>(&key.algorithm->key)) {
    constexpr std::int64_t kIds[] = {1, 2, 3, 8};
    head(5, 2).integer(-1).integer(kIds[static_cast<std::size_t>(*curve)]);
    writer.integer(-2).bytes(key.x).integer(-3).bytes(key.y);
  } else if (const auto* edwards = std::get_if<EdwardsCurve>(&key.algorithm->key)) {
    head(4, 1).integer(-1).integer(*edwards == EdwardsCurve::kEd25519 ? 6 : 7);
    writer.integer(-2).bytes(key.x);
  } else if (std::holds_alternative<MlDsaSet>(key.algorithm->key)) {
    head(3, 7).integer(-1).bytes(key.x);
  } else {
    head(4, 3).integer(-1).bytes(key.x).integer(-2).bytes(key.y);
  }
  return writer.out();
}

}  // namespace

void fuzz_cose_key(ByteView input) {
  const auto key = webauthn::parse_cose_key(input);
  require(webauthn::parse_cose_key(input).has_value() == key.has_value(), "decides the same twice");
  const auto jwk = webauthn::public_key_jwk(input);
  if (!key) {
    require(!key.error().detail.empty(), "a refusal has a reason");
    return;
  }
  require(jwk.has_value(), "a key has a JWK");
  const auto value = parse_cbor(input);
  require(equal_bytes(written(*webauthn::read_cose_key(*value)), input), "all of a key is read");
  require(key->key.equals(key->key), "a key is itself");
  require(!key->verify({input}, input.first(input.size() / 2)), "a key is no signature");
}

}  // namespace masterkey2::fuzz
