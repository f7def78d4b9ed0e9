#include "fcgi/request_path.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxSegments = 16;

ApiError invalid_path(std::string detail) {
  return {.code = ErrorCode::kInvalidPath, .detail = std::move(detail)};
}

/// `http://host/path` → `/path`: Apache passes the absolute form on (RFC 9112 §3.2.2).
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t end = target.find_first_of("/?", scheme.size());
    return end == std::string_view::npos ? "/" : target.substr(end);
  }
  return target;
}

bool is_control(std::uint8_t byte) { return byte < 0x20 || byte == 0x7F; }

std::optional<std::uint8_t> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

PathSegment decode_segment(std::string_view raw) {
  PathSegment segment;
  segment.text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      segment.text += raw[i];
      continue;
    }
    const auto high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : std::nullopt;
    const auto low = high ? hex_value(raw[i + 2]) : std::nullopt;
    if (!low) return {.text = {}, .malformed = true};
    const auto byte = static_cast<std::uint8_t>(*high << 4 | *low);
    if (is_control(byte)) return {.text = {}, .malformed = true};
    segment.text += static_cast<char>(byte);
    i += 2;
  }
  return segment;
}

}  // namespace

ApiResult<RequestPath> parse_request_path(std::string_view target, std::string_view prefix) {
  target = without_authority(target);
  RequestPath path;
  if (const std::size_t mark = target.find('?'); mark != std::string_view::npos) {
    path.query = target.substr(mark + 1);
    target = target.substr(0, mark);
  }
  if (!target.starts_with('/')) return invalid_path("the target does not begin with a slash");
  const bool odd = std::any_of(target.begin(), target.end(), [](char c) {
    return c == '#' || c == ' ' || is_control(static_cast<std::uint8_t>(c));
  });
  if (odd) return invalid_path("the path holds #, a space or a control byte");
  if (target.starts_with("/.well-known/"))
    prefix = {};  // of the host, whatever base_url (RFC 8615)
  if (!target.starts_with(prefix) || !target.substr(prefix.size()).starts_with('/')) {
    return ApiError{.code = ErrorCode::kNotFound, .detail = "outside the path of base_url"};
  }
  target.remove_prefix(prefix.size() + 1);
  if (target.empty()) return path;

  path.segments.reserve(kMaxSegments);
  for (bool more = true; more;) {
    const std::size_t slash = target.find('/');
    more = slash != std::string_view::npos;
    PathSegment segment = decode_segment(target.substr(0, slash));
    if (more) target.remove_prefix(slash + 1);
    if (!segment.malformed && segment.text.empty()) return invalid_path("an empty segment");
    if (segment.text == "." || segment.text == "..") return invalid_path("a dot segment");
    if (segment.text.find('/') != std::string::npos) return invalid_path("an encoded slash");
    if (path.segments.size() == kMaxSegments) return invalid_path("too many segments");
    path.segments.push_back(std::move(segment));
  }
  return path;
}

}  // namespace masterkey2
