#include "webauthn/attestation/attestation_format.hpp"

#include <algorithm>
#include <array>

namespace masterkey2::webauthn {
namespace {

constexpr std::array<AttestationFormat, 2> kFormats = {{
    {"none", verify_none_attestation},
    {"packed", verify_packed_attestation},
}};

}  // namespace

const AttestationFormat* find_attestation_format(std::string_view identifier) {
  const auto* const found = std::find_if(
      kFormats.begin(), kFormats.end(),
      [identifier](const AttestationFormat& format) { return format.identifier == identifier; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace masterkey2::webauthn
