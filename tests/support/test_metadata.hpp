// A FIDO metadata BLOB of our own, good or bad.
#pragma once

#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "support/virtual_credential.hpp"

namespace masterkey2::support {

inline constexpr const char* kMetadataHost = "mds.example.org";

/// Root and signer of BLOBs: the same in a whole process.
struct MetadataAuthority {
  VirtualCredential root_key;
  VirtualCredential signer_key;
  Bytes root;    ///< DER, a CA
  Bytes signer;  ///< DER, for kMetadataHost, signed by the root
};
[[nodiscard]] const MetadataAuthority& metadata_authority();

/// `{"aaguid", "metadataStatement": {"description", "attestationRootCertificates"},
/// "statusReports"}`.
[[nodiscard]] Json metadata_entry(const std::string& aaguid, const std::vector<Bytes>& roots,
                                  const std::vector<std::string>& statuses = {"FIDO_CERTIFIED_L1"});

/// Number 7, next update on 2026-06-01.
[[nodiscard]] Json metadata_payload(std::vector<Json> entries);

/// Signed by the authority's signer.
[[nodiscard]] std::string make_metadata_blob(const Json& payload);

}  // namespace masterkey2::support
