#include "fcgi/problem.hpp"

#include <gtest/gtest.h>

#include <set>

#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

const std::string* header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

TEST(Problem, HasTheMembersOfTheContract) {
  const HttpResponse response =
      make_problem({.code = ErrorCode::kTokenExpired, .detail = "for the log"}, "id-1");
  EXPECT_EQ(response.status, 401);
  ASSERT_NE(header(response, "Content-Type"), nullptr);
  EXPECT_EQ(*header(response, "Content-Type"), "application/problem+json");
  EXPECT_EQ(Json::parse(response.body), Json({{"type", "urn:masterkey2:error:token_expired"},
                                              {"title", "Token expired"},
                                              {"status", 401},
                                              {"detail", "The token has expired."},
                                              {"code", "token_expired"},
                                              {"request_id", "id-1"}}));
}

TEST(Problem, TitlesAreWritten) {
  const auto title = [](ErrorCode code) {
    return Json::parse(make_problem({.code = code}, "id").body).at("title").get<std::string>();
  };
  EXPECT_EQ(title(ErrorCode::kInvalidApiKey), "Invalid API key");
  EXPECT_EQ(title(ErrorCode::kApiKeyInBrowser), "Api key in browser");
  EXPECT_EQ(title(ErrorCode::kInvalidExternalId), "Invalid external ID");
  EXPECT_EQ(title(ErrorCode::kInvalidJson), "Invalid JSON");
  EXPECT_EQ(title(ErrorCode::kIdempotencyConflict), "Idempotency conflict");
}

TEST(Problem, KeepsTheParticularDetailOutOfTheBody) {
  const HttpResponse response =
      make_problem({.code = ErrorCode::kInternal, .detail = "secret-of-the-log"}, "id");
  EXPECT_EQ(response.body.find("secret-of-the-log"), std::string::npos);
}

TEST(Problem, NamesTheFailedStepOfAVerificationOnly) {
  ApiError error{.code = ErrorCode::kVerificationFailed, .reason = "bad_signature"};
  EXPECT_EQ(Json::parse(make_problem(error, "id").body).at("reason"), "bad_signature");
  error.code = ErrorCode::kInvalidToken;
  EXPECT_FALSE(Json::parse(make_problem(error, "id").body).contains("reason"));
}

TEST(Problem, PointsAtTheMemberOfAnInvalidRequest) {
  const ApiError error{
      .code = ErrorCode::kInvalidRequest, .pointer = "/ttl", .expected = "an integer"};
  const Json body = Json::parse(make_problem(error, "id").body);
  EXPECT_EQ(body.at("pointer"), "/ttl");
  EXPECT_EQ(body.at("expected"), "an integer");
}

TEST(Problem, SaysWhenToTryAgain) {
  EXPECT_EQ(*header(make_problem({.code = ErrorCode::kRateLimited, .retry_after_seconds = 7}, "id"),
                    "Retry-After"),
            "7");
  EXPECT_EQ(*header(make_problem({.code = ErrorCode::kOverloaded}, "id"), "Retry-After"), "1");
  EXPECT_EQ(header(make_problem({.code = ErrorCode::kInternal}, "id"), "Retry-After"), nullptr);
}

TEST(Problem, EveryCodeHasItsOwnWordAnErrorStatusAndADetail) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kOverloaded); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(words.insert(error_word(code)).second) << error_word(code);
    const HttpResponse response = make_problem({.code = code}, "id");
    EXPECT_GE(response.status, 400);
    EXPECT_LT(response.status, 600);
    EXPECT_EQ(Json::parse(response.body).at("code"), error_word(code));
    EXPECT_FALSE(error_detail(code).empty());
  }
}

}  // namespace
}  // namespace masterkey2
