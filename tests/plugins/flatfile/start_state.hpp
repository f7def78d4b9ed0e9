// Stores in every state that a write may find them in.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plugins/backend.hpp"
#include "plugins/flatfile/change_recorder.hpp"
#include "plugins/flatfile/fault_layer.hpp"
#include "plugins/flatfile/scenario.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

/// Made once; each test gets a copy.
struct StartState {
  std::string name;
  TemporaryFolder made_in;  ///< its folder `store`
  std::string plugin_dir;
  StorageOptions options;  ///< but for `path`
  bool has_users = true;
  /// Made by opening it, or by the next write alone: a snapshot, then the removal of this file.
  std::string removed_at_opening;
  std::string removed_after_write;
  /// Takes from a recording what was not synced when it began: a process was killed there.
  std::function<void(History&)> take_back_unsynced = [](History&) {};

  /// Into `folder`, as `store`.
  void copy_to(const TemporaryFolder& folder) const;
  [[nodiscard]] PluginRequest request(const TemporaryFolder& folder) const;
  [[nodiscard]] bool suits(const WriteScenario& scenario) const;
  /// What was there is there, but for what the scenario may have changed.
  [[nodiscard]] bool is_intact(Storage& storage, const WriteScenario& scenario) const;
  /// The file that is removed at last in the background of this write; empty: none.
  [[nodiscard]] const std::string& removed_by(const WriteScenario& scenario) const;
};

[[nodiscard]] const std::vector<std::string>& start_state_names();
/// By name; made at first use.
[[nodiscard]] const StartState& start_state(const std::string& name);

/// Does `work` in a child that dies at its `nth` call; answers the child's exit code: 99 if it
/// died so, 0 if it came to the end of the work.
int run_and_die(Fault fault, std::uint64_t nth, const std::function<void()>& work);

/// MK2_CAMPAIGNS=all: every case. Else a sample of them.
[[nodiscard]] bool is_whole_campaign();

}  // namespace masterkey2::testing
