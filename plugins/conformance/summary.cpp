#include "summary.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "encoding/json.hpp"

namespace masterkey2::conformance {
namespace {

constexpr std::array<std::string_view, 16> kPromises = {"documented behaviour, limits, options",
                                                        "P1 atomic",
                                                        "P2 serializable",
                                                        "P3 durable",
                                                        "P4 visible",
                                                        "P5 one winner",
                                                        "P6 exact",
                                                        "P7 walls",
                                                        "P8 no clock and no rule",
                                                        "P9 preconditions in order",
                                                        "P10 bounded",
                                                        "P11 expired rows",
                                                        "P12 nothing thrown",
                                                        "P13 unknown outcomes",
                                                        "P14 portable",
                                                        "P15 upgrades"};

/// From a name such as P13OnlyAn….
int promise_of(std::string_view name) {
  int number = 0;
  if (!name.starts_with('P')) return 0;
  std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return number < static_cast<int>(kPromises.size()) ? number : 0;
}

std::vector<std::string> claims_of(const StoragePlugin& plugin) {
  std::vector<std::string> words;
  const auto add = [&](StorageCapability capability, const char* word) {
    if ((plugin.capabilities & capability) != 0) words.emplace_back(word);
  };
  add(kMultiProcess, "multi-process");
  add(kMultiHost, "multi-host");
  add(kDurable, "durable");
  add(kLocalReads, "local-reads");
  add(kPortable, "portable");
  return words;
}

std::string verdict_line(bool conforms) {
  return conforms ? "It conforms." : "It does NOT conform.";
}

}  // namespace

void Summary::OnTestPartResult(const ::testing::TestPartResult& part) {
  if (part.passed()) return;
  if (!why_.empty()) why_ += "\n";
  why_ += part.message();
}

void Summary::OnTestEnd(const ::testing::TestInfo& test) {
  const ::testing::TestResult& result = *test.result();
  Test one;
  one.name = std::string(test.test_suite_name()) + "." + test.name();
  one.promise = promise_of(test.name());
  one.verdict = result.Failed()    ? Verdict::kFailed
                : result.Skipped() ? Verdict::kSkipped
                                   : Verdict::kPassed;
  one.why = std::move(why_);
  why_.clear();
  tests_.push_back(std::move(one));
}

std::size_t Summary::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(tests_, verdict, &Test::verdict));
}

std::string Summary::text(const StoragePlugin& plugin, const std::string& file) const {
  std::string text = file + ": storage plugin " + plugin.name + " " + plugin.version + "\nclaims:";
  for (const std::string& word : claims_of(plugin)) text += " " + word;
  text += "\n\n";
  for (std::size_t promise = 0; promise < kPromises.size(); ++promise) {
    std::array<std::size_t, 3> counts{};
    for (const Test& test : tests_) {
      if (test.promise == static_cast<int>(promise))
        ++counts.at(static_cast<std::size_t>(test.verdict));
    }
    if (counts[0] + counts[1] + counts[2] == 0) continue;
    text += std::string(kPromises.at(promise)) + ": " + std::to_string(counts[0]) + " passed";
    if (counts[1] > 0) text += ", " + std::to_string(counts[1]) + " FAILED";
    if (counts[2] > 0) text += ", " + std::to_string(counts[2]) + " skipped";
    text += "\n";
  }
  for (const Test& test : tests_) {
    if (test.verdict == Verdict::kSkipped) text += "\nskipped " + test.name + ": " + test.why;
  }
  for (const Test& test : tests_) {
    if (test.verdict == Verdict::kFailed) text += "\nFAILED " + test.name + "\n" + test.why;
  }
  return text + "\n\n" + std::to_string(count(Verdict::kPassed)) + " passed, " +
         std::to_string(count(Verdict::kFailed)) + " failed, " +
         std::to_string(count(Verdict::kSkipped)) + " skipped. " + verdict_line(conforms()) + "\n";
}

std::string Summary::json(const StoragePlugin& plugin, const std::string& file) const {
  constexpr std::array<const char*, 3> kWords = {"passed", "failed", "skipped"};
  Json tests = Json::array();
  for (const Test& test : tests_) {
    Json one = {{"name", test.name}, {"result", kWords.at(static_cast<std::size_t>(test.verdict))}};
    if (test.promise > 0) one["promise"] = test.promise;
    if (!test.why.empty()) one["why"] = test.why;
    tests.push_back(std::move(one));
  }
  const Json report = {{"file", file},
                       {"plugin", plugin.name},
                       {"version", plugin.version},
                       {"abi", plugin.abi_version},
                       {"claims", claims_of(plugin)},
                       {"conforms", conforms()},
                       {"passed", count(Verdict::kPassed)},
                       {"failed", count(Verdict::kFailed)},
                       {"skipped", count(Verdict::kSkipped)},
                       {"tests", std::move(tests)}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace masterkey2::conformance
