#include "fuzz/fuzz_target.hpp"

#include <algorithm>
#include <array>

namespace masterkey2::fuzz {
namespace {

constexpr std::size_t kBody = 65'536;

constexpr std::array<FuzzTarget, 11> kTargets = {{
    {"attestation", fuzz_attestation, kBody},
    {"authentication_json", fuzz_authentication_json, kBody},
    {"authenticator_data", fuzz_authenticator_data, 4'096},
    {"base64url", fuzz_base64url, 4'096},
    {"cbor", fuzz_cbor, 4'096},
    {"certificate", fuzz_certificate, 8'192},
    {"client_data", fuzz_client_data, 20'000},
    {"cose_key", fuzz_cose_key, 2'048},
    {"registration_json", fuzz_registration_json, kBody},
    {"sealed_token", fuzz_sealed_token, 9'000},
    {"tpm_structures", fuzz_tpm_structures, 2'048},
}};

}  // namespace

std::span<const FuzzTarget> fuzz_targets() { return kTargets; }

const FuzzTarget* find_fuzz_target(std::string_view name) {
  const auto* const found =
      std::find_if(kTargets.begin(), kTargets.end(),
                   [name](const FuzzTarget& target) { return target.name == name; });
  return found == kTargets.end() ? nullptr : found;
}

}  // namespace masterkey2::fuzz
