#include "ctl/doctor/web_checks.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/base_url.hpp"
#include "encoding/json.hpp"
#include "service/origin_rules.hpp"
#include "service/rp_id.hpp"
#include "service/tenant_settings.hpp"

namespace masterkey2::ctl {
namespace {

constexpr long kFewDays = 14;
/// Of the right shape and nobody's: 43 characters of base64url.
constexpr const char* kNobodysKey = "bvsk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// What the server takes.
constexpr std::size_t kLargestBody = std::size_t{64} * 1024;
constexpr const char* kSnippet = "the shipped masterkey2.conf into the site of base_url";

Finding good(std::string_view check, std::string text) {
  return {check, Grade::kGood, std::move(text), ""};
}
Finding trouble(std::string_view check, std::string text, std::string mend) {
  return {check, Grade::kTrouble, std::move(text), std::move(mend)};
}

std::string include_snippet() {
  return "include " + std::string(kSnippet) + " and reload the web server";
}

/// The `code` of a problem, empty if the body is none.
std::string code_of(const WebReply& reply) {
  const Json body = Json::parse(reply.body, nullptr, false);
  return body.is_object() && body.contains("code") && body["code"].is_string()
             ? body["code"].get<std::string>()
             : std::string();
}

std::string host_of(const std::string& origin) {
  const std::size_t begin = origin.find("//") + 2;
  return origin.substr(begin, origin.find(':', begin) - begin);
}

Finding check_way(const BaseUrl& url, const AskWeb& ask, bool& reached) {
  const WebReply reply = ask({.origin = url.origin, .path = url.path + "/healthz", .headers = ""});
  switch (reply.failure) {
    case WebReply::Failure::kConnect:
      return trouble("web server", "nobody answers at " + url.origin + " (" + reply.detail + ")",
                     "start the web server, and look at the name's address: getent hosts " +
                         host_of(url.origin));
    case WebReply::Failure::kCertificate:
      return trouble("TLS", "the certificate of " + url.origin + ": " + reply.detail,
                     "renew it (certbot renew) and reload the web server");
    case WebReply::Failure::kExchange:
      return trouble("web server", url.origin + ": " + reply.detail,
                     "journalctl -u masterkey2; look at the web server's error log");
    case WebReply::Failure::kNone:
      break;
  }
  if (reply.status >= 502 && reply.status <= 504) {
    return trouble(
        "web server", "it cannot reach the server: it answers " + std::to_string(reply.status),
        "systemctl start masterkey2.socket masterkey2.service; systemctl status masterkey2");
  }
  if (reply.status != 200 || reply.headers.count("x-request-id") == 0) {
    return trouble("web server", url.origin + url.path + "/healthz is not answered by MasterKey2",
                   include_snippet());
  }
  reached = true;
  if (reply.tls && reply.certificate_days < kFewDays) {
    return {"TLS", Grade::kWarning,
            "the certificate ends in " + std::to_string(reply.certificate_days) + " days",
            "renew it (certbot renew) and reload the web server"};
  }
  return good("web server", url.origin + " leads to the server");
}

Findings check_headers(const BaseUrl& url, const AskWeb& ask) {
  Findings findings;
  const std::string api = url.path + "/api/v1/";
  const WebReply bearer =
      ask({.method = "POST",
           .origin = url.origin,
           .path = api + "begin_authentication",
           .headers = "Authorization: Bearer mk2s_x\r\nOrigin: " + url.origin + "\r\n"});
  findings.push_back(
      code_of(bearer) == "missing_token"
          ? trouble("Authorization", "the web server keeps the header Authorization to itself",
                    "Apache: CGIPassAuth On in the Location of MasterKey2; or " + include_snippet())
          : good("Authorization", "it reaches the server"));
  const auto allowed = bearer.headers.count("access-control-allow-origin");
  findings.push_back(
      allowed == 1
          ? good("CORS", "pages of other origins can read answers")
          : trouble("CORS",
                    "answers carry Access-Control-Allow-Origin " + std::to_string(allowed) +
                        " times instead of once",
                    "take that header out of the web server's own lines; or " + include_snippet()));
  const auto key_answer = [&](const std::string& name) {
    return code_of(ask({.method = "POST",
                        .origin = url.origin,
                        .path = api + "session-token",
                        .headers = name + ": " + kNobodysKey + "\r\n"}));
  };
  findings.push_back(
      key_answer("X-API-KEY") == "missing_api_key"
          ? trouble("X-API-KEY", "the web server drops the header X-API-KEY", include_snippet())
          : good("X-API-KEY", "it reaches the server"));
  findings.push_back(key_answer("X_API_KEY") == "invalid_api_key"
                         ? trouble("underscores", "the web server takes X_API_KEY for X-API-KEY",
                                   "nginx: underscores_in_headers off; others: refuse such headers")
                         : good("underscores", "X_API_KEY is not taken for X-API-KEY"));
  return findings;
}

/// Passkeys of some makers bring long certificates.
Finding check_limits(const BaseUrl& url, const AskWeb& ask) {
  const WebReply reply = ask({.method = "POST",
                              .origin = url.origin,
                              .path = url.path + "/api/v1/finish_registration",
                              .headers = "Content-Type: application/json\r\n",
                              .body = std::string(kLargestBody, ' ')});
  if (code_of(reply) == "missing_token")
    return good("limits", "a body of 64 KiB reaches the server");
  const std::string answer = reply.failure == WebReply::Failure::kNone
                                 ? "it answers " + std::to_string(reply.status)
                                 : reply.detail;
  return trouble(
      "limits", "the web server lets no body of 64 KiB pass: " + answer,
      "nginx: client_max_body_size 64k; Apache: LimitRequestBody 65536; or " + include_snippet());
}

Finding check_sdk(const BaseUrl& url, const AskWeb& ask) {
  const WebReply reply = ask({.origin = url.origin, .path = "/sdk/masterkey2.js", .headers = ""});
  const auto header = [&](const std::string& name) {
    const auto found = reply.headers.find(name);
    return found == reply.headers.end() ? std::string() : found->second;
  };
  if (reply.status != 200) {
    return trouble("SDK", "/sdk/masterkey2.js is answered by " + std::to_string(reply.status),
                   include_snippet());
  }
  if (header("content-type").find("javascript") == std::string::npos) {
    return trouble("SDK", "browsers refuse it: its type is `" + header("content-type") + "`",
                   include_snippet());
  }
  if (header("access-control-allow-origin") != "*") {
    return trouble("SDK", "pages of other origins may not load it", include_snippet());
  }
  return good("SDK", url.origin + "/sdk/masterkey2.js");
}

bool within(const std::string& host, const std::string& rp_id) {
  return host == rp_id || (host.size() > rp_id.size() && host.ends_with("." + rp_id));
}

}  // namespace

Findings check_web_server(const std::string& base_url, const AskWeb& ask) {
  const auto url = parse_base_url(base_url);
  if (!url) return {trouble("web server", url.error(), "set base_url")};
  bool reached = false;
  Findings findings = {check_way(*url, ask, reached)};
  if (!reached) return findings;
  for (Finding& finding : check_headers(*url, ask)) findings.push_back(std::move(finding));
  findings.push_back(check_limits(*url, ask));
  findings.push_back(check_sdk(*url, ask));
  return findings;
}

namespace {

/// The phone's page first.
std::vector<std::string> origins_of_other_sites(const TenantSettings& settings,
                                                const std::string& rp_id,
                                                const std::string& base_url) {
  std::vector<std::string> others;
  std::vector<std::string> phones;
  if (settings.cross_device != "off") phones.emplace_back(origin_of_url(base_url));
  for (const auto* list : {&std::as_const(phones), &settings.origins, &settings.related_origins}) {
    for (const std::string& origin : *list) {
      if (origin.starts_with("https://") && !within(host_of(origin), rp_id)) {
        others.push_back(origin);
      }
    }
  }
  return others;
}

/// Follows redirects to https, as browsers do here (seen in Chromium 156 and Firefox 153).
WebReply ask_for_well_known(const std::string& rp_id, const AskWeb& ask) {
  constexpr int kMostRedirects = 5;
  const std::string scheme = "https://";
  WebRequest request{.origin = scheme + rp_id, .path = "/.well-known/webauthn", .headers = ""};
  WebReply reply = ask(request);
  for (int i = 0; i < kMostRedirects && reply.status >= 301 && reply.status <= 308; ++i) {
    const auto found = reply.headers.find("location");
    if (found == reply.headers.end()) break;
    const std::string& target = found->second;
    const bool odd = std::any_of(target.begin(), target.end(),
                                 [](char c) { return c <= ' ' || c == 0x7F || c == '#'; });
    std::size_t path = 0;
    if (target.starts_with(scheme)) {
      path = std::min(target.find('/', scheme.size()), target.size());
      auto origin = canonical_origin(target.substr(0, path));
      if (!origin) break;
      request.origin = std::move(*origin);
    }
    if (odd || target.substr(path, 1) != "/" || target.substr(path, 2) == "//") break;
    request.path = target.substr(path);
    reply = ask(request);
  }
  return reply;
}

}  // namespace

Findings check_related_origins(const std::vector<Tenant>& tenants, const std::string& base_url,
                               const AskWeb& ask) {
  Findings findings;
  const std::string own(origin_of_url(base_url));
  for (const Tenant& tenant : tenants) {
    const auto settings = decode_tenant_settings(tenant.settings);
    if (!settings) {
      findings.push_back(trouble("tenant", tenant.name + ": " + settings.error(),
                                 "bring the store back from a copy, or delete the tenant"));
      continue;
    }
    const std::vector<std::string> others =
        origins_of_other_sites(*settings, tenant.rp_id, base_url);
    std::set<std::string> missing(others.begin(), others.end());
    if (missing.empty()) {
      findings.push_back(good("tenant", tenant.name + ": all origins are of " + tenant.rp_id));
      continue;
    }
    const WebReply reply = ask_for_well_known(tenant.rp_id, ask);
    const Json listed = Json::parse(reply.body, nullptr, false);
    if (reply.status == 200 && listed.is_object() && listed.contains("origins") &&
        listed["origins"].is_array()) {
      for (const Json& origin : listed["origins"]) {
        if (origin.is_string()) missing.erase(origin.get<std::string>());
      }
    }
    if (missing.empty()) {
      findings.push_back(
          good("tenant", tenant.name + ": its other origins stand in the well-known file"));
      continue;
    }
    Json file;
    file["origins"] = Json::array();
    for (const std::string& origin : others) file["origins"].push_back(origin);
    const bool phones_alone = missing.size() == 1 && missing.contains(own);
    findings.push_back(trouble("tenant",
                               tenant.name + ": browsers refuse " + *missing.begin() +
                                   ", which https://" + tenant.rp_id +
                                   "/.well-known/webauthn does not list",
                               "serve there, as application/json: " + file.dump() +
                                   (phones_alone ? ", or set cross_device=off" : "")));
  }
  return findings;
}

}  // namespace masterkey2::ctl
