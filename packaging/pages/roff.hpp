// Text for man pages.
#pragma once

#include <string>
#include <string_view>

namespace masterkey2::pages {

/// UTF-8 text as roff prints it: no character is taken for a command, `-` stays the one that is
/// typed.
[[nodiscard]] std::string roff_text(std::string_view text);

/// The first line of a page, with the version of the project.
[[nodiscard]] std::string title_line(std::string_view name, int section);

/// `.TP`, the tag in bold and a paragraph.
[[nodiscard]] std::string tagged_paragraph(std::string_view tag, std::string_view text);

}  // namespace masterkey2::pages
