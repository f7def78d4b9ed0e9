#include "ctl/nearest_word.hpp"

#include <algorithm>
#include <cstddef>

namespace masterkey2::ctl {
namespace {

/// Optimal string alignment distance.
std::size_t edits(std::string_view from, std::string_view to) {
  const std::size_t width = to.size() + 1;
  std::vector<std::size_t> table((from.size() + 1) * width);
  const auto cell = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return table[i * width + j];
  };
  for (std::size_t i = 0; i <= from.size(); ++i) cell(i, 0) = i;
  for (std::size_t j = 0; j <= to.size(); ++j) cell(0, j) = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replace = from[i - 1] == to[j - 1] ? 0 : 1;
      cell(i, j) = std::min({cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + replace});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        cell(i, j) = std::min(cell(i, j), cell(i - 2, j - 2) + 1);
      }
    }
  }
  return cell(from.size(), to.size());
}

}  // namespace

std::string_view nearest_word(std::string_view typed, const std::vector<std::string_view>& words) {
  constexpr std::size_t kLongest = 64;  // nobody means a command by a longer word
  if (typed.size() > kLongest) return {};
  std::string_view best;
  std::size_t fewest = 0;
  for (const std::string_view word : words) {
    const std::size_t count = edits(typed, word);
    const std::size_t allowed = std::clamp<std::size_t>(word.size() / 3, 1, 3);
    if (count <= allowed && (best.empty() || count < fewest)) {
      best = word;
      fewest = count;
    }
  }
  return best;
}

}  // namespace masterkey2::ctl
