#include "fcgi/cgi_response.hpp"

#include <algorithm>

namespace masterkey2 {
namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  out += "\r\n";
}

bool has_header(const HttpResponse& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

}  // namespace

std::string cgi_response_text(const HttpResponse& response, std::string_view request_id) {
  std::string out;
  out.reserve(512 + response.body.size());
  append_header(
      out, "Status",
      std::to_string(response.status) + " " + std::string(reason_phrase(response.status)));
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  const auto append_unless_there = [&](std::string_view name, std::string_view value) {
    if (!has_header(response, name)) append_header(out, name, value);
  };
  append_unless_there("X-Request-Id", request_id);
  append_unless_there("Cache-Control", "no-store");
  append_unless_there("X-Content-Type-Options", "nosniff");
  if (response.status != 204 && response.status != 304) {
    append_unless_there("Content-Length", std::to_string(response.body.size()));
  }
  out.append("\r\n").append(response.body);
  return out;
}

}  // namespace masterkey2
