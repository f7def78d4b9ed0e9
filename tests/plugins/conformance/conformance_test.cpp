// masterkey2-storage-conformance itself: what it says of good plugins, and of each broken one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sysexits.h>

#include "encoding/json.hpp"
#include "tests/ctl/program_run.hpp"

namespace masterkey2::testing {
namespace {

using ::testing::HasSubstr;

class Conformance : public ::testing::Test {
 protected:
  [[nodiscard]] static ProgramRun run(std::vector<std::string> words) {
    words.insert(words.begin(), MASTERKEY2_CONFORMANCE);
    return run_program(words);
  }
  [[nodiscard]] static std::string faulty() {
    return std::string(MASTERKEY2_FAULTY_PLUGIN_DIR) + "/libmasterkey2_storage_faulty.so";
  }
};

TEST_F(Conformance, TheFlatFileConforms) {
  const ProgramRun done =
      run({"--json", std::string(MASTERKEY2_PLUGIN_DIR) + "/libmasterkey2_storage_flatfile.so",
           "path={fresh}/store"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto report = parse_json(done.out, {.max_bytes = 1U << 20});
  ASSERT_TRUE(report);
  EXPECT_EQ((*report)["plugin"], "flatfile");
  EXPECT_EQ((*report)["conforms"], true);
  EXPECT_EQ((*report)["failed"], 0);
  EXPECT_EQ((*report)["skipped"], 0);
  EXPECT_GT((*report)["passed"], 90);
}

class BrokenPromise : public Conformance, public ::testing::WithParamInterface<int> {};

TEST_P(BrokenPromise, IsFound) {
  const std::string promise = "P" + std::to_string(GetParam());
  const std::vector<std::string> words = {"--only", promise, faulty(), "path={fresh}/store"};
  const ProgramRun whole = run(words);
  EXPECT_EQ(whole.exit_code, 0) << whole.out << whole.err;
  EXPECT_THAT(whole.out, HasSubstr(promise + " "));
  std::vector<std::string> broken = words;
  broken.push_back("fault=" + promise);
  const ProgramRun done = run(broken);
  EXPECT_EQ(done.exit_code, 1) << done.err;
  EXPECT_THAT(done.out, HasSubstr("FAILED"));
  EXPECT_THAT(done.out, HasSubstr("It does NOT conform."));
}
INSTANTIATE_TEST_SUITE_P(Each, BrokenPromise, ::testing::Range(1, 16));

TEST_F(Conformance, PluginThatCannotBeLoadedIsNamed) {
  const ProgramRun done =
      run({std::string(MASTERKEY2_BAD_PLUGIN_DIR) + "/libmasterkey2_storage_abi.so"});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("its ABI number is 999"));
}

TEST_F(Conformance, BadOptionsAreNamed) {
  const ProgramRun done = run({faulty(), "path={fresh}/store", "colour=red"});
  EXPECT_EQ(done.exit_code, EX_DATAERR);
  EXPECT_THAT(done.err, HasSubstr("colour"));
}

TEST_F(Conformance, UsageIsShown) {
  EXPECT_EQ(run({}).exit_code, EX_USAGE);
  EXPECT_EQ(run({"--colour", faulty()}).exit_code, EX_USAGE);
  EXPECT_EQ(run({"plugin.so"}).exit_code, EX_USAGE);
  const ProgramRun help = run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("usage:"));
}

}  // namespace
}  // namespace masterkey2::testing
