#include "ctl/help.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ctl/command_table.hpp"
#include "ctl/text_columns.hpp"

namespace masterkey2::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Help, OfTheProgramNamesEveryCommand) {
  const std::string text = help_text(command_table(), "", nullptr);
  for (const Command& command : command_table()) {
    EXPECT_THAT(text, HasSubstr(std::string(command.noun) + " " + std::string(command.verb)));
    EXPECT_THAT(text, HasSubstr(std::string(command.summary)));
  }
}

TEST(Help, OfANounNamesItsCommandsAlone) {
  const std::string text = help_text(command_table(), "tenant", nullptr);
  EXPECT_THAT(text, HasSubstr("tenant create"));
  EXPECT_THAT(text, Not(HasSubstr("keyring add")));
}

TEST(Help, OfACommandNamesEveryOption) {
  for (const Command& command : command_table()) {
    const std::string text = help_text(command_table(), command.noun, &command);
    EXPECT_THAT(text, HasSubstr("usage: masterkey2ctl " + std::string(command.noun)));
    for (const OptionSpec& option : command.options) {
      EXPECT_THAT(text, HasSubstr("--" + std::string(option.name)));
      EXPECT_FALSE(option.help.empty());
    }
  }
}

TEST(TextColumns, AlignByCharactersAndEndWithoutSpaces) {
  EXPECT_EQ(text_columns({{"a", "b"}, {"\xE2\x80\xA6\xE2\x80\xA6", "c"}, {"d", ""}}, 1),
            " a   b\n \xE2\x80\xA6\xE2\x80\xA6  c\n d\n");
  EXPECT_EQ(text_columns({}), "");
}

}  // namespace
}  // namespace masterkey2::ctl
