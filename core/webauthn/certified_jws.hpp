// JSON Web Signatures (RFC 7515) that bring their certificates: SafetyNet, FIDO metadata.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2::webauthn {

struct CertifiedJws {
  std::vector<Bytes> path;         ///< `x5c` in DER, leaf first, 1 to 8
  std::vector<Certificate> chain;  ///< the same, parsed
  Bytes payload;
};

/// Compact form (RFC 7515 §7.1), with `x5c` in its header. The signature is the leaf's; who that is
/// remains for the caller to find out. The error is a clause.
[[nodiscard]] Result<CertifiedJws, std::string> open_certified_jws(std::string_view text);

}  // namespace masterkey2::webauthn
