// The document against the route table, the table of codes and what routes take. That every answer
// is as documented is checked with each call that a test of this program makes.
#include "fcgi/handlers/openapi.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fcgi/problem.hpp"
#include "fcgi/routes.hpp"
#include "tests/fcgi/handlers/openapi_contract.hpp"
#include "tests/fcgi/handlers/test_server.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2::testing {
namespace {

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered;
}

const Json& operation_of(const Route& route) {
  return openapi_document().at("paths").at(std::string(route.pattern)).at(lower(route.method));
}

int status_of(const std::string& code) {
  for (int i = 0;; ++i) {
    const auto known = static_cast<ErrorCode>(i);
    if (error_word(known) == code) return error_status(known);
    if (known == ErrorCode::kOverloaded) return 0;
  }
}

TEST(OpenApi, IsServedAndMayBeKept) {
  TestServer server;
  const Answer answer = server.call("GET", "/api/v1/openapi.json", {});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("openapi"), "3.1.0");
  EXPECT_EQ(answer.body, openapi_document());
}

TEST(OpenApi, HasTheRoutesOfTheTableAndNoOthers) {
  TestServer server;
  std::set<std::string> served;
  for (const Route& route : make_routes(*server.services)) {
    served.insert(lower(route.method) + ' ' + std::string(route.pattern));
  }
  std::set<std::string> documented;
  for (const auto& [path, methods] : openapi_document().at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) documented.insert(method + ' ' + path);
  }
  EXPECT_EQ(documented, served);
}

TEST(OpenApi, AsksForTheCredentialThatTheRouteAsksFor) {
  TestServer server;
  for (const Route& route : make_routes(*server.services)) {
    const Json& security = operation_of(route).at("security");
    const std::string scheme = security.empty() ? "" : security[0].begin().key();
    switch (route.credential) {
      case RouteCredential::kNone:
        EXPECT_EQ(scheme, "") << route.pattern;
        break;
      case RouteCredential::kApiKey:
        EXPECT_EQ(scheme, "apiKey") << route.pattern;
        break;
      case RouteCredential::kPhone:
        EXPECT_TRUE(scheme.empty() || scheme == "phoneToken") << route.pattern;
        break;
      case RouteCredential::kBearer:
        EXPECT_EQ(openapi_document().at("components").at("securitySchemes").at(scheme).at("scheme"),
                  "bearer")
            << route.pattern;
        break;
    }
  }
}

TEST(OpenApi, KnowsTheErrorCodesOfTheTable) {
  Json codes = Json::array();
  for (int i = 0; i <= static_cast<int>(ErrorCode::kOverloaded); ++i) {
    codes.push_back(error_word(static_cast<ErrorCode>(i)));
  }
  const Json& problem = openapi_document().at("components").at("schemas").at("Problem");
  EXPECT_EQ(problem.at("properties").at("code").at("enum"), codes);
}

TEST(OpenApi, KnowsTheReasonsOfTheTable) {
  Json reasons = Json::array();
  for (int i = 0; i <= static_cast<int>(webauthn::Reason::kUserHandleMismatch); ++i) {
    reasons.push_back(webauthn::reason_word(static_cast<webauthn::Reason>(i)));
  }
  const Json& problem = openapi_document().at("components").at("schemas").at("Problem");
  EXPECT_EQ(problem.at("properties").at("reason").at("enum"), reasons);
}

/// The members that depend on the case, as the examples have them.
ApiError shown_error(ErrorCode code) {
  ApiError error{.code = code};
  error.reason = "challenge_mismatch";
  error.pointer = "/ttl";
  error.expected = "an integer from 10 to 600";
  return error;
}

TEST(OpenApi, ShowsEachErrorAsItIsAnswered) {
  std::map<std::string, Json> shown;
  for (const auto& [name, response] : openapi_document().at("components").at("responses").items()) {
    const Json& content = response.at("content").at("application/problem+json");
    for (const auto& [code, example] : content.at("examples").items()) {
      EXPECT_TRUE(shown.emplace(code, example.at("value")).second) << code;
      EXPECT_FALSE(example.at("summary").get<std::string>().empty()) << code;
    }
  }
  for (int i = 0; i <= static_cast<int>(ErrorCode::kOverloaded); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const Json& example = shown.at(std::string(error_word(code)));
    const std::string request_id = example.at("request_id");
    EXPECT_EQ(example, Json::parse(make_problem(shown_error(code), request_id).body));
  }
  EXPECT_EQ(shown.size(), static_cast<std::size_t>(ErrorCode::kOverloaded) + 1);
}

TEST(OpenApi, NamesTheStatusOfEachCodeOfACall) {
  TestServer server;
  for (const Route& route : make_routes(*server.services)) {
    const Json& operation = operation_of(route);
    std::set<std::string> from_codes = {"200"};
    for (const std::string code : operation.at("x-codes")) {
      from_codes.insert(std::to_string(status_of(code)));
    }
    std::set<std::string> documented;
    for (const auto& [status, response] : operation.at("responses").items()) {
      documented.insert(status);
    }
    EXPECT_EQ(documented, from_codes) << route.method << ' ' << route.pattern;
  }
}

TEST(OpenApi, HasNoDanglingReference) {
  const std::string text(kOpenApiDocument);
  const std::string mark = "\"$ref\": \"#";
  int references = 0;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    const Json::json_pointer pointer(text.substr(begin, text.find('"', begin) - begin));
    EXPECT_TRUE(openapi_document().contains(pointer)) << pointer;
    ++references;
  }
  EXPECT_GT(references, 100);
}

/// The members that a call says it takes when it gets one that it does not know.
TEST(OpenApi, DocumentsTheMembersThatCallsTake) {
  TestServer server;
  const Site site = server.add_site("example.com");
  const std::string session = server.session_token(site);
  const Json code =
      server.call("POST", "/api/v1/cross_device", {.bearer = session, .origin = site.origin}).body;
  const std::string url = code.at("url");
  const Json claimed = server
                           .call("POST", "/api/v1/cross_device/claim",
                                 {.origin = TestServer::kBaseUrl,
                                  .json = Json{{"id", url.substr(url.find('#') + 1)}}})
                           .body;
  const std::map<std::string, std::string> tokens = {
      {"sessionToken", session},
      {"userToken", server.user_token(site, "alice")},
      {"pollToken", code.at("poll_token")},
      {"phoneToken", claimed.at("phone_token")},
  };
  int bodies = 0;
  for (const Route& route : make_routes(*server.services)) {
    const Json& operation = operation_of(route);
    if (!operation.contains("requestBody")) continue;
    Send send{.json = Json{{"no_such_member", 1}}};
    if (route.credential == RouteCredential::kApiKey) {
      send.api_key = site.api_key;
    } else {
      send.origin = site.origin;
      const Json& security = operation.at("security");
      if (!security.empty()) send.bearer = tokens.at(security[0].begin().key());
    }
    std::string path(route.pattern);
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    const Answer answer = server.call(route.method, path, send);
    ASSERT_EQ(answer.summary(), "400 invalid_request") << route.pattern;
    std::string text = answer.body.at("expected");
    std::set<std::string> taken;
    const std::string lead = "no members but ";
    if (text.starts_with(lead)) {
      text = text.substr(lead.size()) + ", ";
      for (std::size_t comma = text.find(", "); comma != std::string::npos;
           comma = text.find(", ")) {
        taken.insert(text.substr(0, comma));
        text.erase(0, comma + 2);
      }
    }
    std::set<std::string> documented;
    const Json& schema =
        operation.at("requestBody").at("content").at("application/json").at("schema");
    for (const auto& [name, property] : schema.at("properties").items()) documented.insert(name);
    EXPECT_EQ(documented, taken) << route.pattern;
    ++bodies;
  }
  EXPECT_GE(bodies, 16);
}

TEST(OpenApi, CarriesTheVersionOfTheProgram) {
  TestServer server;
  const Answer version = server.call("GET", "/version", {.address = "127.0.0.1"});
  EXPECT_EQ(openapi_document().at("info").at("version"), version.body.at("version"));
}

TEST(SchemaChecker, SeesWhatBreaksASchema) {
  const Json schema = {
      {"type", "object"},
      {"required", {"a"}},
      {"properties",
       {{"a", {{"type", "integer"}, {"minimum", 1}, {"maximum", 3}}},
        {"b", {{"type", "array"}, {"items", {{"type", "string"}, {"maxLength", 2}}}}},
        {"c", {{"enum", {"x", "y"}}}}}},
      {"additionalProperties", false}};
  EXPECT_TRUE(schema_mistakes(schema, {{"a", 2}, {"b", {"ä€"}}, {"c", "y"}}).empty());
  for (const Json& bad : {Json{{"b", Json::array()}}, Json{{"a", 0}}, Json{{"a", 4}},
                          Json{{"a", "2"}}, Json{{"a", 1}, {"b", {"xyz"}}},
                          Json{{"a", 1}, {"c", "z"}}, Json{{"a", 1}, {"d", 1}}, Json::array()}) {
    EXPECT_FALSE(schema_mistakes(schema, bad).empty()) << bad;
  }
}

}  // namespace
}  // namespace masterkey2::testing
