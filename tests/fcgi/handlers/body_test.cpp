#include "fcgi/handlers/body.hpp"

#include <gtest/gtest.h>

#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {
namespace {

HttpRequest with_body(std::string body) {
  HttpRequest request;
  request.body = std::move(body);
  return request;
}

TEST(Body, CountsNothingAsAnEmptyObject) {
  const auto body = Body::read(with_body(""), {"a"});
  ASSERT_TRUE(body);
  EXPECT_EQ(body->optional_text("a").value(), std::nullopt);
}

TEST(Body, RefusesWhatIsNoObject) {
  for (const char* text :
       {"[]", "null", "1", "\"a\"", "{", "{}}", " ", "{\"a\":1,}", "\xEF\xBB\xBF{}",
        "{\"a\":\"\xFF\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\u0000\"}"}) {
    const auto body = Body::read(with_body(text), {"a"});
    ASSERT_FALSE(body) << text;
    EXPECT_EQ(body.error().code, ErrorCode::kInvalidJson) << text;
  }
}

TEST(Body, RefusesDuplicateMembersHoweverTheyAreWritten) {
  for (const char* text : {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})"}) {
    EXPECT_EQ(Body::read(with_body(text), {"a"}).error().code, ErrorCode::kInvalidJson);
  }
}

TEST(Body, RefusesMembersThatItDoesNotKnowAndNamesThoseThatItDoes) {
  const auto body = Body::read(with_body(R"({"a":1,"<script>":2})"), {"a", "b"});
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(body.error().pointer, "");
  EXPECT_EQ(body.error().expected, "no members but a, b");
}

TEST(Body, ReadsEachTypeAndNoOther) {
  auto body = Body::read(
      with_body(R"({"text":"t","integer":-3,"bytes":"AQID","boolean":true,"object":{"x":1}})"),
      {"text", "integer", "bytes", "boolean", "object"});
  ASSERT_TRUE(body);
  EXPECT_EQ(body->text("text").value(), "t");
  EXPECT_EQ(body->optional_integer("integer").value(), -3);
  EXPECT_EQ(body->optional_bytes("bytes").value(), (Bytes{1, 2, 3}));
  EXPECT_EQ(body->boolean("boolean").value(), true);
  for (const char* name : {"integer", "boolean", "object", "absent"}) {
    EXPECT_EQ(body->text(name).error().pointer, std::string("/") + name);
  }
  for (const char* name : {"text", "boolean", "object"}) {
    EXPECT_EQ(body->optional_integer(name).error().pointer, std::string("/") + name);
  }
  for (const char* name : {"text", "integer", "object", "absent"}) {
    EXPECT_EQ(body->boolean(name).error().pointer, std::string("/") + name);
  }
  for (const char* name : {"text", "integer", "boolean", "absent"}) {
    EXPECT_EQ(body->take_object(name).error().pointer, std::string("/") + name);
  }
  EXPECT_EQ(body->take_object("object").value(), (Json{{"x", 1}}));
}

TEST(Body, RefusesTextThatIsNoBase64url) {
  for (const char* text : {"A", "AA==", "A+", "A/", "AB"}) {
    const auto body = Body::read(with_body(Json{{"bytes", text}}.dump()), {"bytes"});
    ASSERT_TRUE(body);
    EXPECT_EQ(body->optional_bytes("bytes").error().code, ErrorCode::kInvalidEncoding) << text;
  }
}

TEST(BodyOfARequest, IsRefusedBeforeAnythingHappens) {
  TestServer server;
  const Site site = server.add_site("example.com");
  server.storage->reset_counts();
  for (const char* body : {"{", "[]", R"({"external_id":"a","external_id":"b"})"}) {
    EXPECT_EQ(server.call("POST", "/api/v1/user-token", {.api_key = site.api_key, .raw_body = body})
                  .summary(),
              "400 invalid_json");
  }
  EXPECT_EQ(
      server
          .call("POST", "/api/v1/user-token",
                {.api_key = site.api_key, .json = Json{{"external_id", "a"}, {"externalid", "b"}}})
          .summary(),
      "400 invalid_request");
  EXPECT_EQ(server.storage->writes(), 0);
}

TEST(BodyOfARequest, IsReadAfterTheCredential) {
  TestServer server;
  EXPECT_EQ(server
                .call("POST", "/api/v1/user-token",
                      {.api_key = "bvsk_" + std::string(43, 'A'), .raw_body = "{"})
                .summary(),
            "401 invalid_api_key");
  EXPECT_EQ(
      server.call("POST", "/api/v1/begin_authentication", {.bearer = "mk2s_AAAA", .raw_body = "{"})
          .summary(),
      "401 invalid_token");
}

}  // namespace
}  // namespace masterkey2::testing
