// What the web server makes of requests, asked through base_url as a browser would.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ctl/doctor/finding.hpp"
#include "masterkey2/tenant.hpp"

namespace masterkey2::ctl {

/// An answer of a web server, or why there is none.
struct WebReply {
  enum class Failure : std::uint8_t { kNone, kConnect, kCertificate, kExchange };
  Failure failure = Failure::kNone;
  std::string detail;  ///< of a failure
  int status = 0;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  long certificate_days = 0;
  bool tls = false;
};

struct WebRequest {
  std::string method = "GET";
  std::string origin;  ///< `https://host[:port]`
  std::string path;
  std::string headers;  ///< lines, each ended by CR LF
  std::string body = {};
};

/// How requests are made; tests give their own.
using AskWeb = std::function<WebReply(const WebRequest&)>;
[[nodiscard]] AskWeb ask_real_web();

/// TLS, the way to the server, headers that get lost or forged, CORS, the largest body, the SDK's
/// files.
[[nodiscard]] Findings check_web_server(const std::string& base_url, const AskWeb& ask);

/// Related origins of a tenant, and any other that is not of its RP ID, must stand in the RP ID's
/// well-known file; so must base_url's, where phones sign, while `cross_device` is on.
[[nodiscard]] Findings check_related_origins(const std::vector<Tenant>& tenants,
                                             const std::string& base_url, const AskWeb& ask);

}  // namespace masterkey2::ctl
