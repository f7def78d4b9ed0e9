// What `masterkey2ctl doctor` found out, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace masterkey2::ctl {

enum class Grade : std::uint8_t { kGood, kWarning, kTrouble };

struct Finding {
  std::string_view check;  ///< such as `key ring`
  Grade grade = Grade::kGood;
  std::string text;
  std::string mend;  ///< the command, or the change and the command after it; empty if good
};

using Findings = std::vector<Finding>;

}  // namespace masterkey2::ctl
