#include "service/text_rules.hpp"

#include "encoding/utf8.hpp"

namespace masterkey2 {

bool is_external_id(std::string_view text) {
  constexpr std::size_t kMaxSize = 255;
  return !text.empty() && text.size() <= kMaxSize && is_utf8(text) &&
         !has_control_character(text) && text.find_first_of("/\\?#%") == std::string_view::npos &&
         text.front() != ' ' && text.back() != ' ' && text != "." && text != "..";
}

bool is_name(std::string_view text) {
  constexpr std::size_t kMaxSize = 256;
  return text.size() <= kMaxSize && is_utf8(text) && !has_control_character(text);
}

}  // namespace masterkey2
