#include "fcgi/http_request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/random.hpp"
#include "encoding/base64url.hpp"

namespace masterkey2 {
namespace {

/// `X_API_KEY` → `x-api-key`.
std::string header_name(std::string_view cgi_name) {
  std::string name(cgi_name);
  for (char& c : name) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

void add_header(HttpRequest& request, std::string name, std::string_view value) {
  const auto there = std::find_if(request.headers.begin(), request.headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  if (there == request.headers.end()) {
    request.headers.emplace_back(std::move(name), value);
  } else {
    there->second.append(", ").append(value);
  }
}

}  // namespace

HttpRequest make_http_request(const std::vector<Param>& params, const PeerRules& rules) {
  constexpr std::string_view kHeaderPrefix = "HTTP_";
  HttpRequest request;
  request.request_id = make_request_id();
  request.headers.reserve(params.size());
  for (const auto& [name, value] : params) {
    if (name == "REQUEST_METHOD") {
      request.method = value;
    } else if (name == "REQUEST_URI") {
      request.target = value;
    } else if (name == "REMOTE_ADDR") {
      request.remote_address = value;
    } else if (name == "CONTENT_TYPE") {
      if (!value.empty()) add_header(request, "content-type", value);
    } else if (name.starts_with(kHeaderPrefix)) {
      // Web servers repeat these two as headers; the parameters above are the ones that count.
      if (name == "HTTP_CONTENT_TYPE" || name == "HTTP_CONTENT_LENGTH") continue;
      add_header(request, header_name(name.substr(kHeaderPrefix.size())), value);
    }
  }
  Peer peer = identify_peer(request, rules);
  request.remote_address = std::move(peer.address);
  request.from_operator = peer.is_operator;
  return request;
}

std::string make_request_id() {
  std::array<std::uint8_t, 16> bytes{};
  system_random().fill(bytes);
  return base64url_encode(bytes);
}

}  // namespace masterkey2
