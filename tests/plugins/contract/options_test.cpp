// Options: what the descriptor declares, and what a plugin makes of bad ones.
#include <span>

#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OptionsContract : public ContractTest {
 protected:
  void SetUp() override {}
  [[nodiscard]] std::span<const StorageOption> declared() {
    return {descriptor().options, descriptor().option_count};
  }
  /// Why the plugin was refused with these options; empty if it was not.
  [[nodiscard]] std::string refusal(const PluginRequest& changed) {
    const auto loaded = load_storage(changed, host_);
    return loaded ? std::string() : loaded.error().detail;
  }

 private:
  QuietHost host_;
};

TEST_F(OptionsContract, EachHasANameAndALineOfHelp) {
  for (const StorageOption& option : declared()) {
    ASSERT_NE(option.name, nullptr);
    ASSERT_NE(option.help, nullptr) << option.name;
    EXPECT_STRNE(option.help, "") << option.name;
    EXPECT_THAT(option.help, Not(HasSubstr("\n"))) << option.name;
  }
}

TEST_F(OptionsContract, MisspeltOneIsRefusedByName) {
  PluginRequest changed = request();
  changed.options["no_such_option"] = "1";
  EXPECT_THAT(refusal(changed), HasSubstr("no_such_option"));
}

TEST_F(OptionsContract, RequiredOneIsAskedFor) {
  for (const StorageOption& option : declared()) {
    if (!option.required) continue;
    PluginRequest changed = request();
    changed.options.erase(option.name);
    EXPECT_THAT(refusal(changed), HasSubstr(option.name));
  }
}

/// A refusal is one sentence that names the option; a plugin may also take the value.
TEST_F(OptionsContract, NonsenseNeitherCrashesNorLeaks) {
  for (const StorageOption& option : declared()) {
    for (const std::string& nonsense :
         {std::string(), std::string("a\0b", 3), std::string(100'000, 'x'), std::string("\xFF\xFE"),
          std::string("-1"), std::string("99999999999999999999")}) {
      PluginRequest changed = request();
      changed.options[option.name] = nonsense;
      const std::string why = refusal(changed);
      if (why.empty()) continue;
      EXPECT_THAT(why, HasSubstr(option.name));
      EXPECT_LT(why.size(), 1000U) << option.name;
    }
  }
}

}  // namespace
}  // namespace masterkey2::testing
