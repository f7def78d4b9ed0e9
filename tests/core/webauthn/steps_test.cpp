// Every step of L3 §7.1 and §7.2 has a test that it is met and one that it is violated, found by
// its name: Step<number>… and Step<number>Refuses… of the suites Registration…, Authentication… and
// …Trust.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace masterkey2::webauthn {
namespace {

/// Steps that a server has no part in, and why.
const std::map<std::string, std::string> kOfTheBrowser = {
    {"R2", "the browser runs create(); a promise that is rejected reaches no server"},
    {"A2", "the browser runs get(); likewise"},
};

struct Named {
  std::set<std::string> met;
  std::set<std::string> violated;
};

/// From `Registration, Step7RefusesEveryOtherType`: what stands in the brackets of a TEST.
void note(std::string_view suite_and_test, Named& named) {
  constexpr std::string_view kStep = "Step";
  const std::size_t at = suite_and_test.find(kStep);
  if (at == std::string_view::npos) return;
  std::string step = suite_and_test.starts_with("Authentication") ? "A" : "R";
  std::string_view rest = suite_and_test.substr(at + kStep.size());
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
    step += rest.front();
  }
  (rest.starts_with("Refuses") ? named.violated : named.met).insert(step);
}

Named named_steps() {
  Named named;
  for (const char* folder : {"/tests/core/webauthn", "/tests/fcgi/handlers"}) {
    const std::filesystem::recursive_directory_iterator entries(MASTERKEY2_SOURCE_DIR +
                                                                std::string(folder));
    for (const auto& entry : entries) {
      if (entry.path().extension() != ".cpp") continue;
      std::ifstream file(entry.path());
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      for (std::size_t at = text.find("\nTEST"); at != std::string::npos;
           at = text.find("\nTEST", at + 1)) {
        const std::size_t begin = text.find('(', at) + 1;
        note(std::string_view(text).substr(begin, text.find(')', begin) - begin), named);
      }
    }
  }
  return named;
}

TEST(Steps, HaveATestThatTheyAreMetAndOneThatTheyAreViolated) {
  const Named named = named_steps();
  const auto expect_both = [&](const std::string& step) {
    if (kOfTheBrowser.contains(step)) return;
    EXPECT_TRUE(named.met.contains(step)) << step << " is met by no test";
    EXPECT_TRUE(named.violated.contains(step)) << step << " is violated by no test";
  };
  for (int step = 1; step <= 29; ++step) expect_both("R" + std::to_string(step));
  for (int step = 1; step <= 25; ++step) expect_both("A" + std::to_string(step));
}

TEST(Steps, OfTheBrowserHaveNoTest) {
  const Named named = named_steps();
  for (const auto& [step, reason] : kOfTheBrowser) {
    EXPECT_FALSE(named.met.contains(step) || named.violated.contains(step)) << reason;
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
