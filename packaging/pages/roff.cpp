#include "pages/roff.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>

namespace masterkey2::pages {
namespace {

/// The code point that begins at text[i]; `i` moves to its last byte. The text is ours: valid
/// UTF-8.
std::uint32_t code_point(std::string_view text, std::size_t& i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  const unsigned more = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : 1;
  std::uint32_t value = lead & (0x3FU >> more);
  for (unsigned k = 0; k < more && i + 1 < text.size(); ++k) {
    value = (value << 6U) | (static_cast<unsigned char>(text[++i]) & 0x3FU);
  }
  return value;
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool at_line_start = i == 0 || text[i - 1] == '\n';
    if (at_line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (static_cast<unsigned char>(c) < 0x80U) {
      out += c;
    } else {
      std::array<char, 16> name{};
      std::snprintf(name.data(), name.size(), "\\[u%04X]", code_point(text, i));
      out += name.data();
    }
  }
  return out;
}

std::string title_line(std::string_view name, int section) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return ".TH " + roff_text(upper) + " " + std::to_string(section) +
         " \"\" \"MasterKey2 " MASTERKEY2_VERSION "\"\n.nh\n";
}

std::string tagged_paragraph(std::string_view tag, std::string_view text) {
  return ".TP\n\\fB" + roff_text(tag) + "\\fR\n" + (text.empty() ? "" : roff_text(text) + "\n");
}

}  // namespace masterkey2::pages
