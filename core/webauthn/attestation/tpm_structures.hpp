// Structures of the TPM 2.0 Library, Part 2, as far as attestations hold them.
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/public_key.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2::webauthn {

/// TPMT_PUBLIC (§12.2.4).
struct TpmPublicArea {
  HashAlgorithm name_algorithm = HashAlgorithm::kSha256;
  std::optional<PublicKey> key;
};

/// Absent if it is cut short, has bytes left over or is of a kind that we do not know.
[[nodiscard]] std::optional<TpmPublicArea> parse_tpm_public_area(ByteView bytes);

/// TPMS_ATTEST (§10.12.8) of type TPM_ST_ATTEST_CERTIFY. Borrowed.
struct TpmCertifyInfo {
  ByteView extra_data;
  ByteView name;  ///< of the certified object: algorithm 2 B | hash of its public area
};

[[nodiscard]] std::optional<TpmCertifyInfo> parse_tpm_certify_info(ByteView bytes);

/// The name of an object (Part 1, §16): what TpmCertifyInfo must say about `public_area`.
[[nodiscard]] Bytes tpm_name(HashAlgorithm algorithm, ByteView public_area);

}  // namespace masterkey2::webauthn
