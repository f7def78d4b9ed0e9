#include "encoding/base64.hpp"

#include <algorithm>

#include "encoding/base64url.hpp"

namespace masterkey2 {
namespace {

/// The two alphabets differ in two characters.
void exchange(std::string& text, char from_62, char to_62, char from_63, char to_63) {
  std::replace(text.begin(), text.end(), from_62, to_62);
  std::replace(text.begin(), text.end(), from_63, to_63);
}

}  // namespace

std::string base64_encode(ByteView bytes) {
  std::string text = base64url_encode(bytes);
  exchange(text, '-', '+', '_', '/');
  text.resize((text.size() + 3) / 4 * 4, '=');
  return text;
}

std::optional<Bytes> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) {
    return std::nullopt;
  }
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  std::string url_text(text);
  exchange(url_text, '+', '-', '/', '_');
  return base64url_decode(url_text);
}

}  // namespace masterkey2
