#include "fcgi/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Answers with what the handler was given.
ApiResult<HttpResponse> echo(RouteRequest& request) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body =
      "key=" + std::string(request.api_key) + " bearer=" + std::string(request.bearer) + " values=";
  for (const std::string& value : request.path_values) response.body += value + "|";
  response.body += " query=" + std::string(request.query);
  return response;
}

std::vector<Route> table() {
  return {
      {"GET", "/healthz", RouteCredential::kNone, echo, true},
      {"POST", "/api/v1/session-token", RouteCredential::kApiKey, echo},
      {"DELETE", "/api/v1/session-token", RouteCredential::kBearer, echo},
      {"POST", "/api/v1/finish", RouteCredential::kBearer, echo},
      {"POST", "/api/v1/verify-auth", RouteCredential::kApiKey, echo},
      {"DELETE", "/api/v1/users/{external_id}", RouteCredential::kApiKey, echo},
      {"GET", "/api/v1/users/{external_id}/credentials/{credential_id}", RouteCredential::kApiKey,
       echo},
      {"GET", "/throws", RouteCredential::kNone,
       [](RouteRequest&) -> ApiResult<HttpResponse> { throw std::runtime_error("inner-secret"); }},
      {"GET", "/throws-odd", RouteCredential::kNone,
       [](RouteRequest&) -> ApiResult<HttpResponse> { throw 5; }},
      {"GET", "/fails", RouteCredential::kBearer,
       [](RouteRequest&) -> ApiResult<HttpResponse> {
         return ApiError{.code = ErrorCode::kVerificationFailed,
                         .detail = "what happened",
                         .reason = "bad_signature"};
       }},
  };
}

struct Answer {
  HttpResponse response;
  RequestLog log;

  [[nodiscard]] std::string header(std::string_view name) const {
    std::string found = "(none)";
    for (const auto& [key, value] : response.headers) {
      if (key == name) found = found == "(none)" ? value : "(twice)";
    }
    return found;
  }
  [[nodiscard]] std::string code() const { return Json::parse(response.body).at("code"); }
};

Answer ask(std::string method, std::string target, Headers headers = {}, std::string body = "",
           std::string prefix = "") {
  const Router router(table(), std::move(prefix));
  HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.body = std::move(body);
  request.request_id = "the-request-id";
  Answer answer;
  answer.response = router.handle(request, answer.log);
  return answer;
}

const Headers key_headers = {{"x-api-key", "bvsk_k"}};
const Headers bearer_headers = {{"authorization", "Bearer mk2s_t"}};

TEST(Router, RunsTheHandlerOfMethodAndPath) {
  const Answer answer = ask("GET", "/healthz?a=b");
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_EQ(answer.response.body, "key= bearer= values= query=a=b");
  EXPECT_EQ(answer.log.route, "/healthz");
  EXPECT_EQ(answer.log.code, "");
}

TEST(Router, HandsOverCredentialAndDecodedPathValues) {
  EXPECT_EQ(ask("POST", "/api/v1/session-token", key_headers).response.body,
            "key=bvsk_k bearer= values= query=");
  EXPECT_EQ(ask("DELETE", "/api/v1/session-token", bearer_headers).response.body,
            "key= bearer=mk2s_t values= query=");
  const Answer answer = ask("GET", "/api/v1/users/a%20b/credentials/%2Bc", key_headers);
  EXPECT_EQ(answer.response.body, "key=bvsk_k bearer= values=a b|+c| query=");
  EXPECT_EQ(answer.log.route, "/api/v1/users/{external_id}/credentials/{credential_id}");
}

TEST(Router, StripsThePrefixOfBaseUrl) {
  EXPECT_EQ(ask("GET", "/auth/healthz", {}, "", "/auth").response.status, 200);
  EXPECT_EQ(ask("GET", "/healthz", {}, "", "/auth").code(), "not_found");
}

TEST(Router, KnowsAnUrgentRouteByItsPath) {
  const Router router(table(), "/auth");
  HttpRequest request;
  for (const char* target : {"/auth/healthz", "/auth/healthz?a=b", "/auth/healthz?"}) {
    request.target = target;
    EXPECT_TRUE(router.is_urgent(request)) << target;
  }
  for (const char* target : {"", "?", "/", "/healthz", "/auth/healthz/", "/auth/healthz/a",
                             "/auth/%68ealthz", "/auth/api/v1/session-token"}) {
    request.target = target;
    EXPECT_FALSE(router.is_urgent(request)) << target;
  }
}

TEST(Router, UnknownPathIsNotFoundAndReadableByBrowsers) {
  for (const char* target : {"/", "/nothing", "/api/v1", "/healthz/x", "/Healthz"}) {
    const Answer answer = ask("GET", target);
    EXPECT_EQ(answer.response.status, 404) << target;
    EXPECT_EQ(answer.code(), "not_found");
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(answer.log.route, "");
    EXPECT_EQ(answer.log.code, "not_found");
  }
}

TEST(Router, OtherMethodIsRefusedWithAllow) {
  for (const char* method : {"PUT", "TRACE", "get", "FOO"}) {
    const Answer answer = ask(method, "/api/v1/session-token", key_headers);
    EXPECT_EQ(answer.response.status, 405) << method;
    EXPECT_EQ(answer.code(), "method_not_allowed");
    EXPECT_EQ(answer.header("Allow"), "POST, DELETE, OPTIONS");
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
  }
  EXPECT_EQ(ask("POST", "/healthz").header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(ask("GET", "/api/v1/verify-auth").header("Access-Control-Allow-Origin"), "(none)");
}

TEST(Router, BadPathsNeverReachAHandler) {
  for (const char* target : {"/api/v1/users/%2e%2e/rotate-key", "/api/v1/users/../rotate-key",
                             "/api/v1/users/a/%2e%2e/%2e%2e/rotate-key", "/api/v1//session-token",
                             "/healthz%00", "/api/v1/users/a%2Fb", "/%zz"}) {
    const Answer answer = ask("DELETE", target, key_headers);
    EXPECT_EQ(answer.response.status, 400) << target;
    EXPECT_EQ(answer.code(), "invalid_path") << target;
  }
}

TEST(Router, BadEscapesInAnExternalIdAreNamedAsSuch) {
  for (const char* target : {"/api/v1/users/%zz", "/api/v1/users/%", "/api/v1/users/%00"}) {
    EXPECT_EQ(ask("DELETE", target, key_headers).code(), "invalid_external_id") << target;
  }
  EXPECT_EQ(ask("GET", "/api/v1/users/a/credentials/%zz", key_headers).code(), "invalid_path");
}

TEST(Router, ChecksMethodAndPathBeforeCredentialsAndThoseBeforeTheBody) {
  EXPECT_EQ(ask("PUT", "/api/v1/verify-auth", {}, "x").code(), "method_not_allowed");
  EXPECT_EQ(ask("POST", "/api/v1/verify-auth", {}, "x").code(), "missing_api_key");
  EXPECT_EQ(ask("POST", "/api/v1/verify-auth", key_headers, "x").code(), "unsupported_media_type");
  EXPECT_EQ(ask("POST", "/api/v1/finish", {}, "x").code(), "missing_token");
  EXPECT_EQ(ask("POST", "/api/v1/finish", bearer_headers, "x").code(), "unsupported_media_type");
}

TEST(Router, UnauthorizedAnswersNameTheirScheme) {
  EXPECT_EQ(ask("POST", "/api/v1/finish").header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(ask("POST", "/api/v1/verify-auth").header("WWW-Authenticate"), "ApiKey");
}

TEST(RouterCors, BearerRoutesAnswerEveryOriginOnceErrorsToo) {
  for (const Answer& answer :
       {ask("POST", "/api/v1/finish", bearer_headers), ask("POST", "/api/v1/finish"),
        ask("POST", "/api/v1/finish", bearer_headers, "x"), ask("GET", "/fails", bearer_headers)}) {
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(answer.header("Access-Control-Expose-Headers"), "Retry-After, X-Request-Id");
  }
}

TEST(RouterCors, ApiKeyRoutesAnswerNoCorsHeaderAtAll) {
  const Headers browser = {{"x-api-key", "bvsk_k"}, {"origin", "https://a.example"}};
  for (const Answer& answer :
       {ask("POST", "/api/v1/verify-auth", key_headers), ask("POST", "/api/v1/verify-auth"),
        ask("POST", "/api/v1/verify-auth", browser),
        ask("OPTIONS", "/api/v1/verify-auth", {{"access-control-request-method", "POST"}})}) {
    for (const auto& [name, value] : answer.response.headers) {
      EXPECT_THAT(name, Not(HasSubstr("Access-Control")));
    }
  }
}

TEST(RouterCors, PreflightIsAnsweredByPathAndRequestedMethod) {
  const Answer bearer =
      ask("OPTIONS", "/api/v1/session-token", {{"access-control-request-method", "DELETE"}});
  EXPECT_EQ(bearer.response.status, 204);
  EXPECT_EQ(bearer.response.body, "");
  EXPECT_EQ(bearer.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(bearer.header("Access-Control-Allow-Methods"), "DELETE");
  EXPECT_EQ(bearer.header("Access-Control-Allow-Headers"), "authorization, content-type");
  EXPECT_EQ(bearer.header("Access-Control-Max-Age"), "600");

  const Answer api_key =
      ask("OPTIONS", "/api/v1/session-token", {{"access-control-request-method", "POST"}});
  EXPECT_EQ(api_key.response.status, 204);
  EXPECT_EQ(api_key.header("Access-Control-Allow-Origin"), "(none)");
  EXPECT_EQ(api_key.header("Allow"), "POST, DELETE, OPTIONS");
}

TEST(RouterCors, PreflightOfUnknownPathAndMethodPassesSoThatTheErrorCanBeRead) {
  for (const char* target : {"/nothing", "/api/v1/finish"}) {
    const Answer answer = ask("OPTIONS", target, {{"access-control-request-method", "PUT"}});
    EXPECT_EQ(answer.response.status, 204) << target;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*") << target;
  }
  EXPECT_EQ(ask("OPTIONS", "/nothing").response.status, 404);
  EXPECT_EQ(ask("OPTIONS", "/a/../b", {{"access-control-request-method", "PUT"}}).response.status,
            400);
}

TEST(Router, PlainOptionsListsTheMethods) {
  const Answer answer = ask("OPTIONS", "/healthz");
  EXPECT_EQ(answer.response.status, 204);
  EXPECT_EQ(answer.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "(none)");
}

TEST(Router, HeadIsGetWithoutABody) {
  const Answer get = ask("GET", "/healthz");
  const Answer head = ask("HEAD", "/healthz");
  EXPECT_EQ(head.response.status, 200);
  EXPECT_EQ(head.response.body, "");
  EXPECT_EQ(head.header("Content-Length"), std::to_string(get.response.body.size()));
  EXPECT_EQ(ask("HEAD", "/nothing").response.body, "");
}

TEST(Router, ExceptionsBecomeInternalAndTheirTextGoesNowhere) {
  for (const char* target : {"/throws", "/throws-odd"}) {
    const Answer answer = ask("GET", target);
    EXPECT_EQ(answer.response.status, 500);
    EXPECT_EQ(answer.code(), "internal");
    EXPECT_THAT(answer.response.body, Not(HasSubstr("inner-secret")));
    EXPECT_THAT(answer.log.detail, HasSubstr("exception"));
    EXPECT_THAT(answer.log.detail, Not(HasSubstr("inner-secret")));
  }
}

TEST(Router, ErrorsOfHandlersGoToTheLog) {
  const Answer answer = ask("GET", "/fails", bearer_headers);
  EXPECT_EQ(answer.response.status, 422);
  EXPECT_EQ(answer.log.code, "verification_failed");
  EXPECT_EQ(answer.log.reason, "bad_signature");
  EXPECT_EQ(answer.log.detail, "what happened");
  EXPECT_EQ(Json::parse(answer.response.body).at("request_id"), "the-request-id");
}

TEST(Router, RefusesAheadOfHandlersAsTheRouteWouldHave) {
  const Router router(table(), "");
  HttpRequest request;
  request.method = "POST";
  request.target = "/api/v1/finish";
  Answer answer;
  answer.response = router.refuse(request, {.code = ErrorCode::kOverloaded}, answer.log);
  EXPECT_EQ(answer.response.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.log.route, "/api/v1/finish");

  request.target = "/api/v1/verify-auth";
  answer.response = router.refuse(request, {.code = ErrorCode::kOverloaded}, answer.log);
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "(none)");
}

}  // namespace
}  // namespace masterkey2
