#include "webauthn/attestation/attestation_format.hpp"

#include <algorithm>
#include <array>

namespace masterkey2::webauthn {
namespace {

constexpr std::array<AttestationFormat, 8> kFormats = {{
    {"none", verify_none_attestation},
    {"packed", verify_packed_attestation},
    {"fido-u2f", verify_fido_u2f_attestation},
    {"tpm", verify_tpm_attestation},
    {"android-key", verify_android_key_attestation},
    {"apple", verify_apple_attestation},
    {"android-safetynet", verify_android_safetynet_attestation,
     &LegacyAttestation::android_safetynet},
    {"compound", verify_compound_attestation},
}};

}  // namespace

const AttestationFormat* find_attestation_format(std::string_view identifier,
                                                 const LegacyAttestation& legacy) {
  const auto* const found = std::find_if(
      kFormats.begin(), kFormats.end(),
      [identifier](const AttestationFormat& format) { return format.identifier == identifier; });
  if (found == kFormats.end()) return nullptr;
  const bool allowed = found->allowed_by == nullptr || legacy.*found->allowed_by;
  return allowed ? found : nullptr;
}

}  // namespace masterkey2::webauthn
