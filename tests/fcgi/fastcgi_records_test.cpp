#include "fcgi/fastcgi_records.hpp"

#include <gtest/gtest.h>

#include "support/fastcgi_client.hpp"

namespace masterkey2 {
namespace {

using testing::fastcgi_begin;
using testing::fastcgi_pair;
using testing::fastcgi_record;
using testing::kFcgiParams;
using testing::kFcgiStdin;

PeekedRequest inspect(std::string_view bytes) { return inspect_request(as_bytes(bytes)); }

TEST(InspectRequest, IsReadyWithTheEmptyStdinRecordAndNotBefore) {
  const std::string request =
      testing::fastcgi_bytes({.params = {{"A", "b"}}, .body = "body", .keep = true, .id = 258});
  for (std::size_t size = 0; size < request.size(); ++size) {
    EXPECT_EQ(inspect(request.substr(0, size)).state, PeekState::kIncomplete) << size;
  }
  const PeekedRequest peeked = inspect(request);
  EXPECT_EQ(peeked.state, PeekState::kReady);
  EXPECT_EQ(peeked.request_id, 258);
  EXPECT_EQ(as_text(peeked.params), fastcgi_pair("A", "b"));
  EXPECT_FALSE(peeked.trailing);
  EXPECT_EQ(peeked.size, request.size());
  EXPECT_TRUE(peeked.keep);
  EXPECT_TRUE(inspect(request + "x").trailing);
  EXPECT_EQ(inspect(request + "x").size, request.size());
  EXPECT_FALSE(inspect(testing::fastcgi_bytes({.params = {{"A", "b"}}})).keep);
}

TEST(InspectRequest, JoinsParametersOfSeveralRecordsAndSkipsPadding) {
  std::string padded = fastcgi_record(kFcgiParams, "ab");
  padded[6] = 3;
  padded += "???";
  const PeekedRequest peeked =
      inspect(fastcgi_begin() + padded + fastcgi_record(kFcgiParams, "cd") +
              fastcgi_record(kFcgiParams, "") + fastcgi_record(kFcgiStdin, ""));
  EXPECT_EQ(peeked.state, PeekState::kReady);
  EXPECT_EQ(as_text(peeked.params), "abcd");
}

TEST(InspectRequest, IsReadyAtTheLimitIfTheParametersAreThere) {
  const std::string head =
      fastcgi_begin() + fastcgi_record(kFcgiParams, "ab") + fastcgi_record(kFcgiParams, "");
  const std::string body = fastcgi_record(kFcgiStdin, std::string(60'000, 'x'));
  const std::string bytes = head + body;
  EXPECT_EQ(inspect(bytes.substr(0, kMaxPeek - 1)).state, PeekState::kIncomplete);
  EXPECT_EQ(inspect(bytes.substr(0, kMaxPeek)).state, PeekState::kReady);
  EXPECT_EQ(inspect(bytes.substr(0, kMaxPeek)).size, 0U);
}

TEST(InspectRequest, ParametersMustEndWithinTheLimit) {
  EXPECT_EQ(inspect(fastcgi_begin() + fastcgi_record(kFcgiParams, std::string(40'000, 'x'))).state,
            PeekState::kParamsTooLarge);
  // The header alone says so.
  EXPECT_EQ(
      inspect(
          (fastcgi_begin() + fastcgi_record(kFcgiParams, std::string(40'000, 'x'))).substr(0, 24))
          .state,
      PeekState::kParamsTooLarge);
  std::string small = fastcgi_begin();
  while (small.size() < kMaxPeek) small += fastcgi_record(kFcgiParams, "ab");
  EXPECT_EQ(inspect(small.substr(0, kMaxPeek)).state, PeekState::kParamsTooLarge);
}

TEST(InspectRequest, TellsBrokenFramingFromTheHeaderAlone) {
  EXPECT_EQ(inspect("GET / HT").state, PeekState::kMalformed);
  EXPECT_EQ(inspect(fastcgi_record(kFcgiStdin, "")).state, PeekState::kMalformed);
  EXPECT_EQ(inspect(fastcgi_begin(false, 0)).state, PeekState::kMalformed);
  EXPECT_EQ(inspect(fastcgi_begin() + fastcgi_begin()).state, PeekState::kMalformed);
}

TEST(EncodeFastcgiAnswer, IsReadBack) {
  const std::string bytes = encode_fastcgi_answer(258, "text");
  ASSERT_EQ(bytes.size(), 8 + 4 + 8 + 8 + 8U);
  EXPECT_EQ(bytes.substr(0, 12), std::string("\x01\x06\x01\x02\x00\x04\x00\x00text", 12));
  EXPECT_EQ(bytes.substr(20, 8), std::string("\x01\x03\x01\x02\x00\x08\x00\x00", 8));
}

}  // namespace
}  // namespace masterkey2
