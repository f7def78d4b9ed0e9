#include "fcgi/request_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> segments(std::string_view target, std::string_view prefix = "") {
  const auto path = parse_request_path(target, prefix);
  if (!path) return {"error: " + std::string(error_word(path.error().code))};
  std::vector<std::string> texts;
  for (const PathSegment& segment : path->segments) {
    texts.push_back(segment.malformed ? "(malformed)" : segment.text);
  }
  return texts;
}

TEST(RequestPath, SplitsAtSlashesAndCutsTheQuery) {
  EXPECT_THAT(segments("/api/v1/users"), ElementsAre("api", "v1", "users"));
  EXPECT_THAT(segments("/"), IsEmpty());
  const auto path = parse_request_path("/a?b=/../c?d", "");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->segments.size(), 1U);
  EXPECT_EQ(path->query, "b=/../c?d");
}

TEST(RequestPath, DecodesEachSegmentOnce) {
  EXPECT_THAT(segments("/%61%2e%2E%2e/%25%32%46"), ElementsAre("a...", "%2F"));
  EXPECT_THAT(segments("/%252F"), ElementsAre("%2F"));
  EXPECT_THAT(segments("/%c0%af"), ElementsAre("\xC0\xAF"));
}

TEST(RequestPath, WellKnownPlacesAreOfTheHostWhateverThePrefix) {
  EXPECT_THAT(segments("/.well-known/webauthn", "/auth"), ElementsAre(".well-known", "webauthn"));
  EXPECT_THAT(segments("/auth/healthz", "/auth"), ElementsAre("healthz"));
  EXPECT_THAT(segments("/.well-knownx/webauthn", "/auth"), ElementsAre("error: not_found"));
}

TEST(RequestPath, RefusesDotSegmentsHoweverWritten) {
  for (const char* target : {"/users/../rotate-key", "/users/%2e%2e/rotate-key", "/users/.%2E/x",
                             "/users/./x", "/users/%2e/x", "/..", "/a/.."}) {
    EXPECT_THAT(segments(target), ElementsAre("error: invalid_path")) << target;
  }
}

TEST(RequestPath, RefusesEmptySegmentsEncodedSlashesAndOddBytes) {
  for (const char* target : {"//", "/a//b", "/a/", "/a%2Fb", "/a%2fb", "/a#b", "/a b", "/a\tb",
                             "/a\x7F", "", "a", "*", "?a"}) {
    EXPECT_THAT(segments(target), ElementsAre("error: invalid_path")) << target;
  }
}

TEST(RequestPath, MarksSegmentsThatCannotBeDecoded) {
  for (const char* target : {"/%", "/%a", "/%zz", "/a%0", "/%00", "/%1f", "/%7f", "/%0a"}) {
    EXPECT_THAT(segments(target), ElementsAre("(malformed)")) << target;
  }
}

TEST(RequestPath, CountsSegments) {
  std::string target;
  for (int i = 0; i < 16; ++i) target += "/a";
  EXPECT_EQ(segments(target).size(), 16U);
  EXPECT_THAT(segments(target + "/a"), ElementsAre("error: invalid_path"));
}

TEST(RequestPath, TakesNothingFromTheAuthorityOfAnAbsoluteForm) {
  EXPECT_THAT(segments("http://evil.example/healthz"), ElementsAre("healthz"));
  EXPECT_THAT(segments("https://evil.example"), IsEmpty());
  EXPECT_THAT(segments("https://evil.example?x"), ElementsAre("error: invalid_path"));
}

TEST(RequestPath, StripsThePrefixAtASegmentBoundary) {
  EXPECT_THAT(segments("/auth/healthz", "/auth"), ElementsAre("healthz"));
  EXPECT_THAT(segments("/auth/", "/auth"), IsEmpty());
  EXPECT_THAT(segments("/auth", "/auth"), ElementsAre("error: not_found"));
  EXPECT_THAT(segments("/authority/healthz", "/auth"), ElementsAre("error: not_found"));
  EXPECT_THAT(segments("/healthz", "/auth"), ElementsAre("error: not_found"));
}

}  // namespace
}  // namespace masterkey2
