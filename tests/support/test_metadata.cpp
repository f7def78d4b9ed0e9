#include "support/test_metadata.hpp"

#include <utility>

#include "encoding/base64.hpp"
#include "support/test_certificate.hpp"
#include "support/test_jws.hpp"

namespace masterkey2::support {

const MetadataAuthority& metadata_authority() {
  static const MetadataAuthority made = [] {
    MetadataAuthority authority = {
        VirtualCredential::create(-7, {}), VirtualCredential::create(-7, {}), {}, {}};
    CertificateSpec root;
    root.subject = root.issuer = {{"CN", "Metadata Root"}};
    root.ca = true;
    authority.root = make_certificate(root, authority.root_key, authority.root_key);
    CertificateSpec signer;
    signer.subject = {{"CN", kMetadataHost}};
    signer.issuer = root.subject;
    authority.signer = make_certificate(signer, authority.signer_key, authority.root_key);
    return authority;
  }();
  return made;
}

Json metadata_entry(const std::string& aaguid, const std::vector<Bytes>& roots,
                    const std::vector<std::string>& statuses) {
  Json certificates = Json::array();
  for (const Bytes& der : roots) certificates.push_back(base64_encode(der));
  Json reports = Json::array();
  for (const std::string& status : statuses) {
    reports.push_back({{"status", status}, {"effectiveDate", "2024-01-01"}});
  }
  return {{"aaguid", aaguid},
          {"metadataStatement",
           {{"description", "Example Model"},
            {"attestationRootCertificates", std::move(certificates)}}},
          {"statusReports", std::move(reports)},
          {"timeOfLastStatusChange", "2024-01-01"}};
}

Json metadata_payload(std::vector<Json> entries) {
  return {{"legalHeader", "…"},
          {"no", 7},
          {"nextUpdate", "2026-06-01"},
          {"entries", std::move(entries)}};
}

std::string make_metadata_blob(const Json& payload) {
  const MetadataAuthority& authority = metadata_authority();
  return make_jws(jws_header(authority.signer_key, {authority.signer}), as_bytes(payload.dump()),
                  authority.signer_key);
}

}  // namespace masterkey2::support
