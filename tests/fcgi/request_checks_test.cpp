#include "fcgi/request_checks.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

HttpRequest with(Headers headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

template <class T>
std::string word(const ApiResult<T>& result) {
  return result ? "ok" : std::string(error_word(result.error().code));
}

TEST(ReadApiKey, TakesTheHeader) {
  const auto key = read_api_key(with({{"x-api-key", "bvsk_aZ09-_"}}));
  ASSERT_TRUE(key);
  EXPECT_EQ(*key, "bvsk_aZ09-_");
}

TEST(ReadApiKey, NamesWhatIsWrong) {
  EXPECT_EQ(word(read_api_key(with({}))), "missing_api_key");
  EXPECT_EQ(word(read_api_key(with({{"authorization", "Bearer bvsk_a"}}))), "missing_api_key");
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", "bvsk_a, bvsk_b"}}))), "invalid_request");
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", "bvsk_a,bvsk_b"}}))), "invalid_request");
  for (const std::string& bad :
       {std::string(), std::string(" bvsk_a"), std::string("bvsk_a\t"), std::string("bvsk_a\r"),
        std::string("bvsk_\xC3\xA9"), std::string(8192, 'a'), std::string(129, 'a')}) {
    EXPECT_EQ(word(read_api_key(with({{"x-api-key", bad}}))), "invalid_api_key") << bad;
  }
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", std::string(128, 'a')}}))), "ok");
}

TEST(ReadApiKey, RefusesBrowsers) {
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", "bvsk_a"}, {"origin", "https://a.example"}}))),
            "api_key_in_browser");
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", "bvsk_a"}, {"origin", "null"}}))),
            "api_key_in_browser");
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", "bvsk_a"}, {"sec-fetch-site", "same-origin"}}))),
            "api_key_in_browser");
  EXPECT_EQ(word(read_api_key(with({{"x-api-key", "bvsk_a"}, {"sec-fetch-mode", "cors"}}))), "ok");
  EXPECT_EQ(word(read_api_key(with({{"origin", "https://a.example"}}))), "missing_api_key");
}

TEST(ReadBearer, TakesTheTokenInAnyCaseOfTheScheme) {
  for (const char* text : {"Bearer mk2s_a-_b", "bearer mk2s_a-_b", "BEARER  mk2s_a-_b "}) {
    const HttpRequest request = with({{"authorization", text}});
    const auto token = read_bearer(request);
    ASSERT_TRUE(token) << text;
    EXPECT_EQ(*token, "mk2s_a-_b");
  }
}

TEST(ReadBearer, NamesWhatIsWrong) {
  EXPECT_EQ(word(read_bearer(with({}))), "missing_token");
  for (const char* text : {"", "Bearer", "Bearer ", "Basic YTpi", "mk2s_a", "Bearermk2s_a"}) {
    EXPECT_EQ(word(read_bearer(with({{"authorization", text}}))), "missing_token") << text;
  }
  for (const char* text : {"Bearer a b", "Bearer a, Bearer b", "Bearer \xC3\xA9", "Bearer a\tb"}) {
    EXPECT_EQ(word(read_bearer(with({{"authorization", text}}))), "invalid_token") << text;
  }
  EXPECT_EQ(word(read_bearer(with({{"authorization", "Bearer " + std::string(4096, 'a')}}))), "ok");
  EXPECT_EQ(word(read_bearer(with({{"authorization", "Bearer " + std::string(4097, 'a')}}))),
            "invalid_token");
}

std::string body_verdict(Headers headers, std::string body = "{}") {
  HttpRequest request = with(std::move(headers));
  request.body = std::move(body);
  return word(check_body(request));
}

TEST(CheckBody, WantsJsonForANonEmptyBodyOnly) {
  EXPECT_EQ(body_verdict({}, ""), "ok");
  EXPECT_EQ(body_verdict({{"content-type", "text/plain"}}, ""), "ok");
  for (const char* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=UTF-8", "application/json ; charset=\"utf-8\""}) {
    EXPECT_EQ(body_verdict({{"content-type", type}}), "ok") << type;
  }
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
        "application/json; charset=utf-16", "application/json; boundary=x", "application/json;",
        "application/json, application/json", "application/json; charset=utf-8; a=b"}) {
    EXPECT_EQ(body_verdict({{"content-type", type}}), "unsupported_media_type") << type;
  }
  EXPECT_EQ(body_verdict({}), "unsupported_media_type");
}

TEST(CheckBody, RefusesEncodedAndOversizeBodies) {
  EXPECT_EQ(body_verdict({{"content-type", "application/json"}, {"content-encoding", "gzip"}}),
            "unsupported_media_type");
  HttpRequest request;
  request.body_too_large = true;
  EXPECT_EQ(word(check_body(request)), "body_too_large");
}

}  // namespace
}  // namespace masterkey2
