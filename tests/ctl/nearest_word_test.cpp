#include "ctl/nearest_word.hpp"

#include <gtest/gtest.h>

#include <string>

namespace masterkey2::ctl {
namespace {

const std::vector<std::string_view> kWords = {"show", "create", "activate", "add"};

TEST(NearestWord, AllowsOneEditOfEachKind) {
  EXPECT_EQ(nearest_word("show", kWords), "show");
  EXPECT_EQ(nearest_word("shw", kWords), "show");
  EXPECT_EQ(nearest_word("shoow", kWords), "show");
  EXPECT_EQ(nearest_word("shaw", kWords), "show");
  EXPECT_EQ(nearest_word("hsow", kWords), "show");
}

TEST(NearestWord, AllowsMoreEditsInLongerWords) {
  EXPECT_EQ(nearest_word("craete", kWords), "create");
  EXPECT_EQ(nearest_word("actvte", kWords), "activate");
  EXPECT_EQ(nearest_word("shoooow", kWords), "");
}

TEST(NearestWord, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word("xyz", kWords), "");
  EXPECT_EQ(nearest_word(std::string(10'000, 'a'), kWords), "");
  EXPECT_EQ(nearest_word("show", {}), "");
}

}  // namespace
}  // namespace masterkey2::ctl
