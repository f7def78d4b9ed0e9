#include "fcgi/fastcgi_params.hpp"

#include <gtest/gtest.h>

#include "fcgi/http_request.hpp"
#include "support/fastcgi_client.hpp"

namespace masterkey2 {
namespace {

using testing::fastcgi_pair;

TEST(ParseParams, ReadsShortAndLongLengths) {
  const std::string long_value(70'000, 'v');
  const std::string long_name(200, 'N');
  const std::string stream =
      fastcgi_pair("A", "") + fastcgi_pair("B", long_value) + fastcgi_pair(long_name, "x") +
      fastcgi_pair("C", std::string(127, 'c')) + fastcgi_pair("D", std::string(128, 'd'));
  const auto params = parse_params(as_bytes(stream));
  ASSERT_TRUE(params);
  ASSERT_EQ(params->size(), 5U);
  EXPECT_EQ((*params)[0].value, "");
  EXPECT_EQ((*params)[1].value, long_value);
  EXPECT_EQ((*params)[2].name, long_name);
  EXPECT_EQ((*params)[3].value.size(), 127U);
  EXPECT_EQ((*params)[4].value.size(), 128U);
  EXPECT_TRUE(parse_params({})->empty());
}

TEST(ParseParams, EveryTruncationFailsOrEndsAtAPair) {
  const std::string first = fastcgi_pair("NAME", "value");
  const std::string stream = first + fastcgi_pair("OTHER", std::string(300, 'x'));
  for (std::size_t size = 1; size < stream.size(); ++size) {
    EXPECT_EQ(parse_params(as_bytes(stream).first(size)).has_value(), size == first.size()) << size;
  }
}

TEST(ParseParams, CountsTo128) {
  std::string stream;
  for (int i = 0; i < 128; ++i) stream += fastcgi_pair("N", "v");
  EXPECT_TRUE(parse_params(as_bytes(stream)));
  stream += fastcgi_pair("N", "v");
  EXPECT_FALSE(parse_params(as_bytes(stream)));
}

TEST(FindParamsMistake, PassesASoundRequest) {
  EXPECT_FALSE(find_params_mistake({{"REQUEST_METHOD", "GET"},
                                    {"REQUEST_URI", "/"},
                                    {"CONTENT_LENGTH", ""},
                                    {"HTTP_ACCEPT", "a"},
                                    {"HTTP_ACCEPT", "b"}}));
  EXPECT_FALSE(find_params_mistake(
      {{"REQUEST_METHOD", "M-SEARCH"}, {"REQUEST_URI", "/"}, {"CONTENT_LENGTH", "-1"}}));
}

TEST(ParseContentLength, TakesDigitsOnly) {
  EXPECT_EQ(parse_content_length("0"), 0U);
  EXPECT_EQ(parse_content_length("18446744073709551615"), ~std::uint64_t{0});
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(parse_content_length(bad)) << bad;
  }
}

TEST(RequestId, IsFreshAndOfFixedForm) {
  const std::string first = make_request_id();
  EXPECT_EQ(first.size(), 22U);
  EXPECT_NE(first, make_request_id());
}

}  // namespace
}  // namespace masterkey2
