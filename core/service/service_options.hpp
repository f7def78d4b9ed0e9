// What the operator's configuration says to the services, as plain values.
#pragma once

#include <string>

#include "masterkey2/bytes.hpp"
#include "service/attestation_paths.hpp"

namespace masterkey2 {

struct ServiceOptions {
  std::string base_url;  ///< without a trailing slash; `iss` of the assertions
  UnixMillis session_ttl = 86'400'000;
  UnixMillis auth_ttl = 120'000;
  UnixMillis ceremony_ttl = 300'000;
  /// The backend has kLocalReads: begin asks it each time instead of trusting what is cached.
  bool local_reads = false;
  AttestationPaths attestation{};
  std::string anchor_path{};     ///< what this host remembers of the storage; may be empty
  std::string provider_names{};  ///< path; empty: passkey providers have no names
};

}  // namespace masterkey2
