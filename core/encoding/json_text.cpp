#include "encoding/json_text.hpp"

#include <array>
#include <utility>

#include "encoding/base64url.hpp"

namespace masterkey2 {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< 0: not UTF-8
};

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

/// The code point at the start of `text`, which is not empty (RFC 3629: shortest form, no
/// surrogates).
CodePoint decode_utf8(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  char32_t minimum = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, minimum = 0x80;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, minimum = 0x800;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, minimum = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t next = byte_at(text, i);
    if ((next & 0xC0U) != 0x80) return {};
    value = value << 6 | (next & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < minimum || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

bool needs_escape(char32_t c) {
  return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7F && c <= 0x9F) || c == 0x61C ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

/// By byte: whether it stands for itself, whatever comes next.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

/// How many plain bytes `text` begins with.
std::size_t plain_prefix(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && kPlain[byte_at(text, size)]) ++size;
  return size;
}

void append_escape(std::string& out, char32_t c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[c >> shift & 0xFU];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text, std::size_t max_bytes) {
  out += '"';
  const std::size_t begin = out.size();
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text);
    if (plain > 0 && plain <= max_bytes - (out.size() - begin)) {
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    const CodePoint point = decode_utf8(text);
    const std::size_t length = point.length == 0 ? 1 : point.length;
    const std::size_t before = out.size();
    if (point.length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (needs_escape(point.value)) {
      append_escape(out, point.value);
    } else {
      out += text.substr(0, length);
    }
    if (out.size() - begin > max_bytes) {
      out.resize(before);
      out += "\xE2\x80\xA6";
      break;
    }
    text.remove_prefix(length);
  }
  out += '"';
}

void JsonObjectText::begin_member(std::string_view name) {
  out_ += out_.empty() ? '{' : ',';
  append_json_string(out_, name);
  out_ += ':';
}

JsonObjectText& JsonObjectText::text(std::string_view name, std::string_view value,
                                     std::size_t max_bytes) {
  begin_member(name);
  append_json_string(out_, value, max_bytes);
  return *this;
}

JsonObjectText& JsonObjectText::text_if(std::string_view name, std::string_view value,
                                        std::size_t max_bytes) {
  return value.empty() ? *this : text(name, value, max_bytes);
}

JsonObjectText& JsonObjectText::bytes(std::string_view name, ByteView value) {
  begin_member(name);
  out_ += '"';
  append_base64url(out_, value);
  out_ += '"';
  return *this;
}

JsonObjectText& JsonObjectText::object(std::string_view name, JsonObjectText&& value) {
  begin_member(name);
  out_ += std::move(value).take();
  return *this;
}

JsonObjectText& JsonObjectText::objects(std::string_view name,
                                        std::vector<JsonObjectText>&& values) {
  begin_member(name);
  out_ += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ',';
    out_ += std::move(values[i]).take();
  }
  out_ += ']';
  return *this;
}

JsonObjectText& JsonObjectText::json(std::string_view name, std::string_view value) {
  begin_member(name);
  out_ += value;
  return *this;
}

JsonObjectText& JsonObjectText::number(std::string_view name, std::int64_t value) {
  begin_member(name);
  out_ += std::to_string(value);
  return *this;
}

JsonObjectText& JsonObjectText::truth(std::string_view name, bool value) {
  begin_member(name);
  out_ += value ? "true" : "false";
  return *this;
}

JsonObjectText& JsonObjectText::texts(std::string_view name,
                                      std::span<const std::string_view> values) {
  begin_member(name);
  out_ += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ',';
    append_json_string(out_, values[i]);
  }
  out_ += ']';
  return *this;
}

std::string JsonObjectText::take() && {
  if (out_.empty()) out_ += '{';
  out_ += '}';
  return std::move(out_);
}

}  // namespace masterkey2
