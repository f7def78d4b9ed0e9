// The configuration file, whose comments explain it, as a man page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace masterkey2::pages {

/// A key of the file, such as `tokens.session_ttl`.
struct ConfigKey {
  std::string name;
  std::string value;  ///< as written; empty for one that has keys below
  std::string text;   ///< the comment before it or behind it
};

struct ConfigText {
  std::vector<std::string> paragraphs;  ///< comments that belong to no key
  std::vector<ConfigKey> keys;          ///< a commented-out `# key: value` is one, too
};

/// `yaml`: maps by indentation of two spaces, scalars in one line, as our file is written.
[[nodiscard]] ConfigText read_config_text(std::string_view yaml);

/// masterkey2.yaml(5).
[[nodiscard]] std::string config_page(std::string_view yaml);

}  // namespace masterkey2::pages
