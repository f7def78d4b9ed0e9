#include "fcgi/fastcgi_params.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxParams = 128;
constexpr std::size_t kMaxMethodSize = 16;
constexpr std::size_t kMaxTargetSize = std::size_t{8} * 1024;

/// Names that decide what happens: a second one of these is an attempt to be read two ways. Other
/// headers may be repeated and are joined.
constexpr std::array<std::string_view, 12> kUniqueNames = {
    "REQUEST_METHOD",        "REQUEST_URI",
    "CONTENT_TYPE",          "CONTENT_LENGTH",
    "REMOTE_ADDR",           "HTTP_X_API_KEY",
    "HTTP_AUTHORIZATION",    "HTTP_ORIGIN",
    "HTTP_SEC_FETCH_SITE",   "HTTP_ACCESS_CONTROL_REQUEST_METHOD",
    "HTTP_CONTENT_ENCODING", "HTTP_IDEMPOTENCY_KEY",
};

/// One length: 1 byte below 128, else 4 bytes with the top bit set. Absent if cut off.
std::optional<std::uint32_t> take_length(ByteView& rest) {
  if (rest.empty()) return std::nullopt;
  if (rest[0] < 0x80) {
    const std::uint32_t length = rest[0];
    rest = rest.subspan(1);
    return length;
  }
  if (rest.size() < 4) return std::nullopt;
  const std::uint32_t length = static_cast<std::uint32_t>(rest[0] & 0x7FU) << 24 |
                               static_cast<std::uint32_t>(rest[1]) << 16 |
                               static_cast<std::uint32_t>(rest[2]) << 8 | rest[3];
  rest = rest.subspan(4);
  return length;
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::optional<ParamsError> find_value_mistake(const Param& param) {
  if (param.name == "REQUEST_METHOD" &&
      (param.value.size() > kMaxMethodSize || !is_token(param.value))) {
    return ParamsError{"odd REQUEST_METHOD"};
  }
  if (param.name == "REQUEST_URI" && (param.value.empty() || param.value.size() > kMaxTargetSize)) {
    return ParamsError{"empty or over-long REQUEST_URI"};
  }
  if (param.name == "CONTENT_LENGTH" && !param.value.empty() && param.value != "-1" &&
      !parse_content_length(param.value)) {
    return ParamsError{"CONTENT_LENGTH is no number"};
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<Param>, ParamsError> parse_params(ByteView stream) {
  std::vector<Param> params;
  params.reserve(32);
  ByteView rest = stream;
  while (!rest.empty()) {
    const auto name_size = take_length(rest);
    const auto value_size = name_size ? take_length(rest) : std::nullopt;
    if (!value_size) return ParamsError{"parameters cut off in a length"};
    if (*name_size == 0) return ParamsError{"a parameter without a name"};
    // 64-bit: two lengths of up to 2^31 - 1 do not overflow.
    const std::uint64_t size = std::uint64_t{*name_size} + *value_size;
    if (size > rest.size()) return ParamsError{"a parameter longer than the stream"};
    if (params.size() == kMaxParams) return ParamsError{"more than 128 parameters"};
    params.push_back({.name = as_text(rest.first(*name_size)),
                      .value = as_text(rest.subspan(*name_size, *value_size))});
    rest = rest.subspan(size);
  }
  return params;
}

std::optional<ParamsError> find_params_mistake(const std::vector<Param>& params) {
  std::bitset<kUniqueNames.size()> seen;
  for (const Param& param : params) {
    if (param.name.find('=') != std::string_view::npos || has_nul(param.name)) {
      return ParamsError{"= or NUL in a parameter's name"};
    }
    if (has_nul(param.value)) return ParamsError{"NUL in a parameter's value"};
    const auto* unique = std::find(kUniqueNames.begin(), kUniqueNames.end(), param.name);
    if (unique == kUniqueNames.end()) continue;
    const auto index = static_cast<std::size_t>(unique - kUniqueNames.begin());
    if (seen.test(index)) return ParamsError{"a parameter that may stand once stands twice"};
    seen.set(index);
    if (auto mistake = find_value_mistake(param)) return mistake;
  }
  if (!seen.test(0) || !seen.test(1)) return ParamsError{"no REQUEST_METHOD or REQUEST_URI"};
  return std::nullopt;
}

std::optional<std::uint64_t> parse_content_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace masterkey2
