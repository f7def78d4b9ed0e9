#include "ctl/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace masterkey2::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CommandResult nothing(const Arguments& /*arguments*/) { return Report{}; }

const std::vector<Command>& table() {
  static const std::vector<Command> commands = {
      {.noun = "tenant",
       .verb = "create",
       .operand = "",
       .summary = "",
       .options = {{.name = "name", .value = "NAME", .help = "", .required = true},
                   {.name = "origin", .value = "ORIGIN", .help = "", .list = true},
                   {.name = "quiet", .value = "", .help = ""}},
       .run = nothing},
      {.noun = "tenant",
       .verb = "show",
       .operand = "ID|NAME",
       .summary = "",
       .options = {},
       .run = nothing},
      {.noun = "keyring",
       .verb = "show",
       .operand = "",
       .summary = "",
       .options = {},
       .run = nothing},
  };
  return commands;
}

CommandLine parsed(const std::vector<std::string>& words) {
  const auto line = parse_command_line(words, table());
  EXPECT_TRUE(line) << line.error().sentence;
  return line ? *line : CommandLine{};
}

std::string refused(const std::vector<std::string>& words) {
  const auto line = parse_command_line(words, table());
  EXPECT_FALSE(line);
  if (line) return "";
  EXPECT_EQ(line.error().exit_code, EX_USAGE);
  return line.error().sentence;
}

TEST(CommandLine, FindsTheCommandByItsTwoWords) {
  const CommandLine line = parsed({"keyring", "show"});
  ASSERT_NE(line.command, nullptr);
  EXPECT_EQ(line.command->noun, "keyring");
  EXPECT_EQ(line.command->verb, "show");
  EXPECT_EQ(line.arguments.config, kDefaultConfig);
  EXPECT_FALSE(line.arguments.json);
}

TEST(CommandLine, GlobalOptionsStandAnywhere) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--config", "f", "--json", "keyring", "show"},
                                             {"keyring", "--config=f", "show", "--json"},
                                             {"keyring", "show", "--json", "--config", "f"}}) {
    const CommandLine line = parsed(words);
    EXPECT_EQ(line.arguments.config, "f");
    EXPECT_TRUE(line.arguments.json);
  }
}

TEST(CommandLine, ListOptionsTakeAllWordsUpToTheNextOptionAndStandAgain) {
  const CommandLine line = parsed(
      {"tenant", "create", "--origin", "a", "b", "--name", "n", "--origin=c", "--origin", "d"});
  EXPECT_THAT(line.arguments.values("origin"), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(line.arguments.value("name"), "n");
}

TEST(CommandLine, FlagsTakeNoWord) {
  const CommandLine line = parsed({"tenant", "create", "--quiet", "--name", "n"});
  EXPECT_TRUE(line.arguments.has("quiet"));
  EXPECT_THAT(refused({"tenant", "create", "--quiet=yes", "--name", "n"}),
              HasSubstr("takes no value"));
  EXPECT_THAT(refused({"tenant", "create", "--quiet", "yes", "--name", "n"}), HasSubstr("`yes`"));
}

TEST(CommandLine, AValueMayBeEmptyOrBeginWithHyphensBehindAnEqualsSign) {
  EXPECT_EQ(parsed({"tenant", "create", "--name=--x=y"}).arguments.value("name"), "--x=y");
  EXPECT_EQ(parsed({"tenant", "create", "--name="}).arguments.value("name"), "");
  EXPECT_EQ(parsed({"tenant", "create", "--name", ""}).arguments.value("name"), "");
  EXPECT_EQ(parsed({"tenant", "create", "--name", "-x"}).arguments.value("name"), "-x");
}

TEST(CommandLine, OperandsMayBeAHyphenOrStandBehindTwo) {
  EXPECT_THAT(parsed({"tenant", "show", "-"}).arguments.operands, ElementsAre("-"));
  EXPECT_THAT(parsed({"tenant", "show", "--", "--x"}).arguments.operands, ElementsAre("--x"));
}

TEST(CommandLine, HelpAndVersionNeedNothingElse) {
  EXPECT_TRUE(parsed({"--help"}).help);
  EXPECT_TRUE(parsed({"-h"}).help);
  EXPECT_TRUE(parsed({"--version"}).version);
  EXPECT_EQ(parsed({"tenant", "--help"}).noun, "tenant");
  const CommandLine line = parsed({"tenant", "create", "--help"});
  EXPECT_TRUE(line.help);
  EXPECT_NE(line.command, nullptr);
}

TEST(CommandLine, NamesTheNearestCommand) {
  EXPECT_THAT(refused({"tennant", "show"}), HasSubstr("did you mean `tenant`?"));
  EXPECT_THAT(refused({"tenant", "creat"}), HasSubstr("did you mean `create`?"));
  EXPECT_THAT(refused({"zzzzzz"}), HasSubstr("there is tenant or keyring"));
}

TEST(CommandLine, NamesTheNearestOption) {
  EXPECT_THAT(refused({"tenant", "create", "--orign", "x"}), HasSubstr("did you mean `--origin`?"));
  EXPECT_THAT(refused({"--jsno", "keyring", "show"}), HasSubstr("did you mean `--json`?"));
  EXPECT_THAT(refused({"keyring", "show", "--name", "x"}), HasSubstr("no option `--name`"));
  EXPECT_THAT(refused({"keyring", "show", "-x"}), HasSubstr("`-x`"));
}

TEST(CommandLine, AnOptionBeforeItsCommandIsToldWhereItBelongs) {
  EXPECT_THAT(refused({"--name", "x", "tenant", "create"}), HasSubstr("behind its command"));
}

TEST(CommandLine, RefusesWhatIsMissing) {
  EXPECT_THAT(refused({}), HasSubstr("a command is missing"));
  EXPECT_THAT(refused({"tenant"}), HasSubstr("create or show"));
  EXPECT_THAT(refused({"tenant", "show"}), HasSubstr("needs ID|NAME"));
  EXPECT_THAT(refused({"tenant", "create"}), HasSubstr("`--name NAME`"));
  EXPECT_THAT(refused({"tenant", "create", "--name"}), HasSubstr("needs a value"));
  EXPECT_THAT(refused({"tenant", "create", "--name", "--quiet"}), HasSubstr("needs a value"));
  EXPECT_THAT(refused({"keyring", "show", "--config"}), HasSubstr("needs a value"));
}

TEST(CommandLine, RefusesWhatStandsTwice) {
  EXPECT_THAT(refused({"tenant", "create", "--name", "a", "--name", "b"}), HasSubstr("twice"));
  EXPECT_THAT(refused({"--config", "a", "--config", "b", "keyring", "show"}), HasSubstr("twice"));
}

TEST(CommandLine, RefusesWordsTooMany) {
  EXPECT_THAT(refused({"keyring", "show", "x"}), HasSubstr("`x`"));
  EXPECT_THAT(refused({"tenant", "show", "a", "b"}), HasSubstr("`b`"));
}

TEST(CommandLine, TellsWhetherAnErrorIsWantedInJson) {
  EXPECT_TRUE(wants_json({"tenant", "--json", "x"}));
  EXPECT_FALSE(wants_json({"tenant", "show", "--", "--json"}));
  EXPECT_FALSE(wants_json({}));
}

}  // namespace
}  // namespace masterkey2::ctl
