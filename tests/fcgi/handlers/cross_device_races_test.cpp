// The sign-in by another device: several at once.
#include <atomic>
#include <barrier>
#include <map>
#include <thread>

#include "tests/fcgi/handlers/cross_device_fixture.hpp"

namespace masterkey2::testing {
namespace {

using CrossDeviceRaces = CrossDeviceTest;

using Counts = std::map<std::string, int>;

template <class Call>
Counts together(int threads, Call call) {
  std::vector<std::string> answers(static_cast<std::size_t>(threads));
  std::barrier start(threads);
  {
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[static_cast<std::size_t>(i)] = call(i);
      });
    }
  }
  Counts counts;
  for (const std::string& answer : answers) ++counts[answer];
  return counts;
}

TEST_F(CrossDeviceRaces, TwoClaimsAtOnceEndIt) {
  for (int round = 0; round < 20; ++round) {
    const Code code = begin();
    EXPECT_EQ(together(2, [&](int) { return claim(code).summary(); }),
              (Counts{{"200", 1}, {"409 cross_device_claimed", 1}}));
    EXPECT_EQ(state(code), "denied");
  }
  EXPECT_EQ(server_.audit(site_, "cross_device.denied").size(), 20U);
}

TEST_F(CrossDeviceRaces, SixteenGuessesAtOnceAreThreeTries) {
  for (int round = 0; round < 5; ++round) {
    const Code code = begin();
    const std::string right = sign(code);
    const std::string wrong = other_than(right);
    const Counts counts = together(16, [&](int) -> std::string {
      const Answer answer = confirm(code, wrong);
      if (answer.status != 200) return answer.summary();
      return answer.body.at("state").get<std::string>() +
             std::to_string(answer.body.value("attempts_left", 0));
    });
    // Who lost five times against the others was not judged.
    EXPECT_EQ(counts.at("confirm2"), 1);
    EXPECT_EQ(counts.at("confirm1"), 1);
    for (const auto& [answer, count] : counts) {
      EXPECT_TRUE(answer == "confirm2" || answer == "confirm1" || answer == "denied0" ||
                  answer == "503 overloaded")
          << answer;
    }
    EXPECT_EQ(confirm(code, right).body.at("state"), "denied");
  }
}

TEST_F(CrossDeviceRaces, TheRightCodeAndTheNoAtOnceEndInOneState) {
  for (int round = 0; round < 20; ++round) {
    const Code code = begin();
    const std::string right = sign(code);
    std::atomic<int> completed{0};
    std::atomic<int> denied{0};
    static_cast<void>(together(2, [&](int i) {
      const Answer answer = i == 0 ? confirm(code, right) : deny(code);
      (answer.body.at("state") == "completed" ? completed : denied) += 1;
      return answer.summary();
    }));
    EXPECT_EQ(completed + denied, 2);
    EXPECT_TRUE(completed == 0 || denied == 0);
    EXPECT_EQ(status(code).body.contains("auth_token"), completed == 2);
  }
}

TEST_F(CrossDeviceRaces, OneOf16FinishesAtOnceTellsACode) {
  const Answer claimed = claim(begin());
  const Json body = signed_body(claimed);
  EXPECT_EQ(together(16, [&](int) { return finish(claimed, body).summary(); }),
            (Counts{{"200", 1}, {"409 ceremony_used", 15}}));
}

}  // namespace
}  // namespace masterkey2::testing
