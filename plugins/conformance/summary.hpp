// What the tests found, for people and for programs.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "masterkey2/plugin.hpp"

namespace masterkey2::conformance {

/// Listens to the tests as they run.
class Summary final : public ::testing::EmptyTestEventListener {
 public:
  void OnTestPartResult(const ::testing::TestPartResult& part) override;
  void OnTestEnd(const ::testing::TestInfo& test) override;

  [[nodiscard]] bool conforms() const { return count(Verdict::kFailed) == 0 && ran(); }
  /// Promise by promise, then what was skipped and why, then what failed and why.
  [[nodiscard]] std::string text(const StoragePlugin& plugin, const std::string& file) const;
  [[nodiscard]] std::string json(const StoragePlugin& plugin, const std::string& file) const;

 private:
  enum class Verdict { kPassed, kFailed, kSkipped };
  struct Test {
    std::string name;
    int promise = 0;  ///< 0: what the operations document of themselves
    Verdict verdict = Verdict::kPassed;
    std::string why;
  };

  [[nodiscard]] std::size_t count(Verdict verdict) const;
  [[nodiscard]] bool ran() const { return count(Verdict::kPassed) > 0; }

  std::vector<Test> tests_;
  std::string why_;  ///< of the test that runs
};

}  // namespace masterkey2::conformance
