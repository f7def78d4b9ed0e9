// Request bodies, none above the limit of 64 KiB, that are made to cost as much as they can.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace masterkey2::figures {

struct HostileInput {
  std::string name;
  /// Takes the body through all that the server would do with it.
  std::function<void()> run;
};

/// Made once; the inputs borrow nothing.
[[nodiscard]] std::vector<HostileInput> hostile_inputs();

}  // namespace masterkey2::figures
