#include "webauthn/algorithm.hpp"

#include <algorithm>
#include <array>

namespace masterkey2::webauthn {
namespace {

using enum SignatureAlgorithm;

constexpr RsaKeyType kRsa;

constexpr std::array<Algorithm, 19> kAlgorithms = {{
    {-7, "ES256", "ES256", kEcdsaSha256, EcCurve::kP256},
    {-8, "EdDSA", "EdDSA", kEdDsa, EdwardsCurve::kEd25519},
    {-257, "RS256", "RS256", kRsaPkcs1Sha256, kRsa},
    {-35, "ES384", "ES384", kEcdsaSha384, EcCurve::kP384},
    {-36, "ES512", "ES512", kEcdsaSha512, EcCurve::kP521},
    {-47, "ES256K", "ES256K", kEcdsaSha256, EcCurve::kSecp256k1},
    {-9, "ESP256", "ES256", kEcdsaSha256, EcCurve::kP256},
    {-51, "ESP384", "ES384", kEcdsaSha384, EcCurve::kP384},
    {-52, "ESP512", "ES512", kEcdsaSha512, EcCurve::kP521},
    {-19, "Ed25519", "Ed25519", kEdDsa, EdwardsCurve::kEd25519},
    {-53, "Ed448", "Ed448", kEdDsa, EdwardsCurve::kEd448},
    {-258, "RS384", "RS384", kRsaPkcs1Sha384, kRsa},
    {-259, "RS512", "RS512", kRsaPkcs1Sha512, kRsa},
    {-37, "PS256", "PS256", kRsaPssSha256, kRsa},
    {-38, "PS384", "PS384", kRsaPssSha384, kRsa},
    {-39, "PS512", "PS512", kRsaPssSha512, kRsa},
    {-48, "ML-DSA-44", "ML-DSA-44", kMlDsa, MlDsaSet::kMlDsa44},
    {-49, "ML-DSA-65", "ML-DSA-65", kMlDsa, MlDsaSet::kMlDsa65},
    {-50, "ML-DSA-87", "ML-DSA-87", kMlDsa, MlDsaSet::kMlDsa87},
}};

}  // namespace

bool is_available(const Algorithm& algorithm) {
  const auto* const set = std::get_if<MlDsaSet>(&algorithm.key);
  return set == nullptr || is_available(*set);
}

std::span<const Algorithm> known_algorithms() {
  // What may be missing stands at the end of the table.
  static const auto count = std::count_if(kAlgorithms.begin(), kAlgorithms.end(),
                                          [](const Algorithm& row) { return is_available(row); });
  return std::span(kAlgorithms).first(static_cast<std::size_t>(count));
}

std::span<const Algorithm> named_algorithms() { return kAlgorithms; }

const Algorithm* find_algorithm(std::int64_t id) {
  const auto* const found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                         [id](const Algorithm& row) { return row.id == id; });
  return found == kAlgorithms.end() ? nullptr : found;
}

}  // namespace masterkey2::webauthn
