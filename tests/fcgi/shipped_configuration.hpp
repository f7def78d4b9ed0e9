// The web servers' configurations as we ship them, with a test's own paths.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace masterkey2 {

/// `file` of conf/ with `replacements`, each of which must occur.
inline std::string shipped_configuration(
    const std::string& file, const std::vector<std::pair<std::string, std::string>>& replacements) {
  std::ifstream stream(std::string(MASTERKEY2_SOURCE_DIR "/conf/") + file);
  std::stringstream content;
  content << stream.rdbuf();
  std::string text = content.str();
  for (const auto& [from, to] : replacements) {
    std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error(file + " has no " + from);
    for (; at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

}  // namespace masterkey2
