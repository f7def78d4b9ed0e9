// Writes JSON that always holds, whatever bytes go in: for log lines, problems and assertions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Appends `text` as a JSON string with its quotes. Control characters, DEL and what a terminal or
/// a page might act on (U+0080–U+009F, bidi controls, U+2028, U+2029) are escaped; each byte that
/// is not UTF-8 becomes U+FFFD. What stands between the quotes is at most `max_bytes` long; `…`
/// after that marks a cut.
void append_json_string(std::string& out, std::string_view text,
                        std::size_t max_bytes = std::string_view::npos);

/// One JSON object, built member by member without a tree of values; the caller names none twice.
class JsonObjectText {
 public:
  JsonObjectText() { out_.reserve(kUsualSize); }

  JsonObjectText& text(std::string_view name, std::string_view value,
                       std::size_t max_bytes = std::string_view::npos);
  /// Left out if `value` is empty.
  JsonObjectText& text_if(std::string_view name, std::string_view value,
                          std::size_t max_bytes = std::string_view::npos);
  /// `value` in base64url.
  JsonObjectText& bytes(std::string_view name, ByteView value);
  JsonObjectText& object(std::string_view name, JsonObjectText&& value);
  JsonObjectText& objects(std::string_view name, std::vector<JsonObjectText>&& values);
  /// `value` is JSON already.
  JsonObjectText& json(std::string_view name, std::string_view value);
  JsonObjectText& number(std::string_view name, std::int64_t value);
  JsonObjectText& truth(std::string_view name, bool value);
  JsonObjectText& texts(std::string_view name, std::span<const std::string_view> values);
  [[nodiscard]] std::string take() &&;

 private:
  static constexpr std::size_t kUsualSize = 384;

  void begin_member(std::string_view name);
  std::string out_;
};

}  // namespace masterkey2
