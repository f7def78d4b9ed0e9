// What the tests of power failures share: a recording, and a look at all that it may leave.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <random>

#include "plugins/flatfile/power_loss.hpp"
#include "plugins/flatfile/start_state.hpp"
#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {

inline constexpr std::uint32_t kSeed = 20'240'601;
/// A sample takes one of so many states and, of the states of a start, so many writes.
inline constexpr std::uint32_t kOneStateOf = 30;
inline constexpr std::size_t kWritesOfASample = 2;
/// Of so many states one has its recovery recorded, and the power fail in that as well.
inline constexpr std::uint32_t kOneRecoveryOf = 100;
/// What the recovered store is made to write.
inline constexpr std::uint64_t kNextAudit = 990;

/// Looks at a store that has come back; `promises` were made before the power failed.
using Verify = std::function<void(const TemporaryFolder&, std::size_t promises)>;

class FlatfilePowerLoss : public ::testing::Test {
 protected:
  void SetUp() override { skip_syncs(true); }
  void TearDown() override {
    skip_syncs(false);
    if (histories_ == 0) return;
    std::printf("power loss: %zu recordings, %zu calls, %zu states, %zu looked at\n", histories_,
                calls_, states_, looked_at_);
  }

  void expect_all_states(const History& history, const Verify& verify) {
    ++histories_;
    calls_ += history.changes.size();
    const LookAtState look = [&](const DiskState& disk, std::size_t promises,
                                 const std::function<std::string()>& describe) {
      if (HasFatalFailure() || HasNonfatalFailure()) return;
      ++looked_at_;
      const TemporaryFolder folder;
      std::filesystem::create_directory(folder / "store");
      std::filesystem::permissions(folder / "store", std::filesystem::perms::owner_all);
      disk.write_to(folder / "store", history.inodes);
      verify(folder, promises);
      if (HasFatalFailure() || HasNonfatalFailure()) ADD_FAILURE() << describe();
    };
    states_ += for_each_state_after_power_loss(history, is_whole_campaign() ? 16 : 4, kSeed,
                                               one_state_of_, look);
  }

  /// Opens a store that the power has left, has it write, and opens it again. `next` says which
  /// entry it writes; those before are there if they were promised.
  void expect_recovery(const StartState& start, const WriteScenario& scenario,
                       const TemporaryFolder& folder, bool promised, std::uint64_t next) {
    const PluginRequest request = start.request(folder);
    Seen seen{};
    {
      const LoadedStorage loaded = load(request);
      const auto checked = loaded.storage().check();
      ASSERT_TRUE(checked) << checked.error().detail;
      seen = scenario.look(loaded.storage());
      ASSERT_NE(seen, Seen::kHalf);
      if (promised && scenario.name != "purge_expired") {
        ASSERT_EQ(seen, Seen::kThere);
      }
      ASSERT_TRUE(start.is_intact(loaded.storage(), scenario));
      for (std::uint64_t earlier = kNextAudit; earlier < next; ++earlier) {
        ASSERT_TRUE(has_audit(loaded.storage(), earlier));
      }
      const auto written = loaded.storage().append_audit({make_audit(1, next)});
      ASSERT_TRUE(written) << written.error().detail;
    }
    const LoadedStorage again = load(request);
    const auto checked = again.storage().check();
    ASSERT_TRUE(checked) << checked.error().detail;
    ASSERT_EQ(scenario.look(again.storage()), seen);
    ASSERT_TRUE(has_audit(again.storage(), next));
    ASSERT_TRUE(start.is_intact(again.storage(), scenario));
  }

  /// Takes one of so many states, in a sample and in a whole campaign.
  void take_one_of(std::uint32_t in_a_sample, std::uint32_t in_all) {
    one_state_of_ = is_whole_campaign() ? in_all : in_a_sample;
  }
  [[nodiscard]] bool is_drawn(std::uint32_t one_of) { return random_() % one_of == 0; }

 private:
  std::mt19937 random_{kSeed};
  std::uint32_t one_state_of_ = is_whole_campaign() ? 1 : kOneStateOf;
  std::size_t histories_ = 0;
  std::size_t calls_ = 0;
  std::size_t states_ = 0;
  std::size_t looked_at_ = 0;
};

}  // namespace masterkey2::testing
