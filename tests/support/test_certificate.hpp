// Certificates of attestation, good and bad.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "masterkey2/bytes.hpp"
#include "support/virtual_credential.hpp"

namespace masterkey2::support {

/// An identifier octet, a length and the content: DER of at most 65,535 bytes.
[[nodiscard]] Bytes der(std::uint8_t identifier, ByteView content);
[[nodiscard]] Bytes joined(const std::vector<Bytes>& parts);

struct CertificateSpec {
  struct Extension {
    std::string object_identifier;
    Bytes value;
    bool critical = false;
  };
  using Name = std::vector<std::pair<std::string, std::string>>;  ///< short name and value

  int version = 3;
  /// What L3 §8.2.1 wants.
  Name subject = {
      {"C", "AA"}, {"O", "Example"}, {"OU", "Authenticator Attestation"}, {"CN", "Example Model"}};
  Name issuer = {{"CN", "Example Root"}};
  bool ca = false;
  std::vector<Extension> extensions;
};

/// In DER, valid from 2020 to 2120: for the public half of `key`, signed by `issuer` with SHA-256.
[[nodiscard]] Bytes make_certificate(const CertificateSpec& spec, const VirtualCredential& key,
                                     const VirtualCredential& issuer);

}  // namespace masterkey2::support
