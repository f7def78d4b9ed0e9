// Where the operator keeps what attestations are judged by.
#pragma once

#include <string>

namespace masterkey2 {

/// Empty: there is none.
struct AttestationPaths {
  std::string trust_anchors;  ///< folder of certificates: *.pem, *.crt, *.cer, *.der
  std::string metadata;       ///< FIDO metadata BLOB
  std::string metadata_root;  ///< certificates that the BLOB's signer leads to
  std::string metadata_host;  ///< whose certificate signs it
};

}  // namespace masterkey2
