// Requests of the doctor to real web servers.
#include <algorithm>
#include <cctype>

#include "crypto/web_connection.hpp"
#include "ctl/doctor/web_checks.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::chrono::seconds kPatience{5};

/// `origin` is in canonical form.
WebPlace place_of(const std::string& origin) {
  WebPlace place{.host = {}, .port = 443, .tls = origin.starts_with("https://")};
  if (!place.tls) place.port = 80;
  std::string authority = origin.substr(origin.find("//") + 2);
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
  if (colon != std::string::npos) {
    place.port = static_cast<std::uint16_t>(std::stoul(authority.substr(colon + 1)));
    authority.resize(colon);
  }
  place.host = bracket == std::string::npos ? authority : authority.substr(1, bracket - 1);
  return place;
}

WebReply parse_reply(const std::string& text) {
  WebReply reply;
  const std::size_t end = text.find("\r\n\r\n");
  if (text.size() > 12 && text.starts_with("HTTP/")) {
    for (const char c : text.substr(9, 3)) {
      if (c >= '0' && c <= '9') reply.status = reply.status * 10 + (c - '0');
    }
  }
  reply.body = text.substr(end + 4);
  for (std::size_t begin = text.find("\r\n") + 2; begin < end;) {
    const std::size_t line_end = text.find("\r\n", begin);
    const std::size_t colon = std::min(text.find(':', begin), line_end);
    std::string name = text.substr(begin, colon - begin);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::size_t value = std::min(colon + 1, line_end);
    while (value < line_end && text[value] == ' ') ++value;
    reply.headers.emplace(std::move(name), text.substr(value, line_end - value));
    begin = line_end + 2;
  }
  return reply;
}

}  // namespace

AskWeb ask_real_web() {
  return [](const WebRequest& request) {
    const WebPlace place = place_of(request.origin);
    // HTTP/1.0: no chunks.
    const std::string text =
        request.method + " " + request.path +
        " HTTP/1.0\r\nHost: " + request.origin.substr(request.origin.find("//") + 2) + "\r\n" +
        request.headers + "Content-Length: " + std::to_string(request.body.size()) +
        "\r\nConnection: close\r\n\r\n" + request.body;
    const auto answer = web_exchange(place, text, kPatience);
    if (!answer) {
      WebReply reply;
      reply.failure = answer.error().failure == WebFailure::kConnect ? WebReply::Failure::kConnect
                      : answer.error().failure == WebFailure::kCertificate
                          ? WebReply::Failure::kCertificate
                          : WebReply::Failure::kExchange;
      reply.detail = answer.error().detail;
      return reply;
    }
    WebReply reply = parse_reply(answer->text);
    reply.tls = place.tls;
    reply.certificate_days = static_cast<long>(answer->certificate_days);
    return reply;
  };
}

}  // namespace masterkey2::ctl
