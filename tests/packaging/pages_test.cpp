// The installed pages name every command, option and key.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "ctl/command_line.hpp"
#include "ctl/command_table.hpp"
#include "fcgi/arguments.hpp"
#include "pages/command_pages.hpp"
#include "pages/config_page.hpp"
#include "pages/roff.hpp"
#include "support/temporary_folder.hpp"

namespace masterkey2::pages {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string file_text(const std::string& path) {
  const std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string& shipped_config() {
  static const std::string text = file_text(MASTERKEY2_SOURCE_DIR "/conf/masterkey2.yaml");
  return text;
}

TEST(RoffText, TakesNoTextForACommand) {
  EXPECT_EQ(roff_text("a-b\\n"), "a\\-b\\en");
  EXPECT_EQ(roff_text(".x\n'y"), "\\&.x\n\\&'y");
  EXPECT_EQ(roff_text("ID…"), "ID\\[u2026]");
}

TEST(CommandPage, HasEveryCommandAndEveryOption) {
  const std::string page = command_page(ctl::command_table());
  for (const ctl::Command& command : ctl::command_table()) {
    const std::string heading =
        "\n.SS " + roff_text(std::string(command.noun) + (command.verb.empty() ? "" : " ") +
                             std::string(command.verb));
    ASSERT_THAT(page, HasSubstr(heading));
    std::string part = page.substr(page.find(heading) + 1);
    part = part.substr(0, part.find("\n.S"));
    EXPECT_THAT(part, HasSubstr(roff_text(command.summary)));
    for (const ctl::OptionSpec& option : command.options) {
      EXPECT_THAT(part, HasSubstr(roff_text("--" + std::string(option.name)))) << heading;
    }
  }
  for (const ctl::OptionSpec& option : ctl::global_options()) {
    EXPECT_THAT(page, HasSubstr(roff_text("--" + std::string(option.name))));
  }
}

TEST(ServerPage, HasEveryOptionOfTheHelpText) {
  const std::string page = file_text(MASTERKEY2_SOURCE_DIR "/packaging/pages/masterkey2-fcgi.8");
  const std::string usage(usage_text());
  const std::regex option("--[a-z]+");
  auto found = std::sregex_iterator(usage.begin(), usage.end(), option);
  ASSERT_NE(found, std::sregex_iterator());
  for (; found != std::sregex_iterator(); ++found) {
    EXPECT_THAT(page, HasSubstr("\\fB" + roff_text(found->str()) + "\\fR"));
  }
}

TEST(ConfigText, ReadsKeysWithTheirComments) {
  const ConfigText text = read_config_text(
      "# About the file: all of it.\n"
      "\n"
      "# Of one.\n"
      "one: 1\n"
      "# Of two,\n"
      "# in two lines.\n"
      "#\n"
      "# And a paragraph.\n"
      "# two: /a\n"
      "three:\n"
      "  # Within.\n"
      "  four: x    # behind it\n"
      "  options:\n"
      "    path: /b\n"
      "five: []\n");
  EXPECT_THAT(text.paragraphs, ElementsAre("About the file: all of it."));
  std::vector<std::string> keys;
  for (const ConfigKey& key : text.keys) {
    keys.push_back(key.name + "|" + key.value + "|" + key.text);
  }
  EXPECT_THAT(keys,
              ElementsAre("one|1|Of one.", "two|/a|Of two,\nin two lines.\n\nAnd a paragraph.",
                          "three||", "three.four|x|Within.\nbehind it", "three.options||",
                          "three.options.path|/b|", "five|[]|"));
}

TEST(ConfigPage, HasEveryKeyThatTheServerKnows) {
  const std::string page = config_page(shipped_config());
  // What the parser asks for, by the source that names the keys.
  const std::string source = file_text(MASTERKEY2_SOURCE_DIR "/core/config/config.cpp");
  const std::regex call(
      R"re((\w+)\.(?:section|text|texts|integer|boolean|list|choice)\("(\w+)")re");
  int keys = 0;
  for (auto found = std::sregex_iterator(source.begin(), source.end(), call);
       found != std::sregex_iterator(); ++found, ++keys) {
    const std::string object = (*found)[1];
    const std::string key = (*found)[2];
    EXPECT_THAT(page, ::testing::ContainsRegex("[.B]" + key + "\\\\fR"))
        << object << "." << key << " is missing in conf/masterkey2.yaml";
  }
  EXPECT_GT(keys, 15);
}

TEST(ConfigPage, SaysDefaultsAndMarksExamples) {
  const std::string page = config_page(shipped_config());
  EXPECT_THAT(page, HasSubstr("\\fBtokens.auth_ttl\\fR\n"));
  EXPECT_THAT(page, HasSubstr("Default: 120\n"));
  EXPECT_THAT(page, HasSubstr("Example: https://auth.example.com\n"));
  EXPECT_THAT(page, Not(HasSubstr("Default: https://auth.example.com")));
}

/// What bash offers for the words of `line`, sorted.
std::vector<std::string> completions(const std::string& line) {
  const testing::TemporaryFolder folder;
  const std::string script = folder / "completion";
  std::ofstream(script) << bash_completion(ctl::command_table());
  const std::string ask = "source " + script + "; COMP_WORDS=(" + line +
                          "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _masterkey2ctl; printf "
                          "'%s\\n' \"${COMPREPLY[@]}\"";
  std::ofstream(folder / "ask") << ask;
  const std::string answer = folder / "answer";
  const std::string command = "bash " + (folder / "ask") + " > " + answer;
  if (std::system(command.c_str()) != 0) return {"bash failed"};
  std::istringstream lines(file_text(answer));
  std::vector<std::string> words;
  for (std::string word; std::getline(lines, word);) words.push_back(word);
  return words;
}

TEST(BashCompletion, OffersNounsThenVerbsThenOptions) {
  EXPECT_THAT(completions("masterkey2ctl stor"), ElementsAre("storage"));
  EXPECT_THAT(completions("masterkey2ctl tenant ''"), Contains("create"));
  EXPECT_THAT(completions("masterkey2ctl --config /x --json tenant cre"), ElementsAre("create"));
  EXPECT_THAT(completions("masterkey2ctl tenant create --rp"), ElementsAre("--rp-id"));
  EXPECT_THAT(completions("masterkey2ctl tenant key re"), ElementsAre("revoke"));
  EXPECT_THAT(completions("masterkey2ctl user show shop user-17 --js"), ElementsAre("--json"));
  EXPECT_THAT(completions("masterkey2ctl --js"), ElementsAre("--json"));
  EXPECT_THAT(completions("masterkey2ctl --config /etc/pass"), Contains("/etc/passwd"));
}

TEST(BashCompletion, KnowsEveryCommand) {
  for (const ctl::Command& command : ctl::command_table()) {
    std::string given = "masterkey2ctl";
    std::istringstream words(std::string(command.noun) + " " + std::string(command.verb));
    for (std::string word; words >> word; given += " " + word) {
      EXPECT_THAT(completions(given + " ''"), Contains(word).Times(1)) << given;
    }
    for (const ctl::OptionSpec& option : command.options) {
      EXPECT_THAT(completions(given + " ''"), Contains("--" + std::string(option.name))) << given;
    }
  }
}

}  // namespace
}  // namespace masterkey2::pages
