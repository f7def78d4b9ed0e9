// JSON Web Signatures with certificates, good and bad.
#pragma once

#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "support/virtual_credential.hpp"

namespace masterkey2::support {

/// `alg` by the key's algorithm (ES256 or RS256), and `x5c`.
[[nodiscard]] Json jws_header(const VirtualCredential& key, const std::vector<Bytes>& path);

/// Compact form, signed by `key`.
[[nodiscard]] std::string make_jws(const Json& header, ByteView payload,
                                   const VirtualCredential& key);

}  // namespace masterkey2::support
