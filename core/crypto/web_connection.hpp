// One HTTP exchange with a web server, over TLS where the URL says so.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "masterkey2/result.hpp"

namespace masterkey2 {

struct WebPlace {
  std::string host;  ///< a name or an address, IPv6 without brackets
  std::uint16_t port = 443;
  bool tls = true;
};

struct WebAnswer {
  std::string text;  ///< status line, headers and body as they came; at most 256 KiB
  std::int64_t certificate_days = 0;  ///< with TLS: how long the certificate is good yet
};

/// Why there is no answer.
enum class WebFailure {
  kConnect,      ///< nobody answers there
  kCertificate,  ///< of nobody this system trusts, for another name, or expired
  kExchange,     ///< the connection ended or was too slow
};

struct WebError {
  WebFailure failure = WebFailure::kConnect;
  std::string detail;
};

/// Connects, sends `request` (which should say `Connection: close`) and reads until the server
/// closes. The certificate must be for `host` and of an authority that this system trusts. About
/// `patience` in all.
[[nodiscard]] Result<WebAnswer, WebError> web_exchange(const WebPlace& place,
                                                       const std::string& request,
                                                       std::chrono::seconds patience);

}  // namespace masterkey2
