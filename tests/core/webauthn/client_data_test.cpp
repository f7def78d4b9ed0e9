#include "webauthn/client_data.hpp"

#include <gtest/gtest.h>

namespace masterkey2::webauthn {
namespace {

Checked<ClientData> parse(std::string_view json) { return parse_client_data(as_bytes(json)); }

TEST(ClientData, ReadsItsMembers) {
  const auto data = parse(R"({"type":"webauthn.get","challenge":"AAAA","origin":"https://a.example",
                              "crossOrigin":true,"topOrigin":"https://b.example"})");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->type, "webauthn.get");
  EXPECT_EQ(data->challenge, "AAAA");
  EXPECT_EQ(data->origin, "https://a.example");
  EXPECT_TRUE(data->cross_origin);
  EXPECT_EQ(data->top_origin, "https://b.example");
}

TEST(ClientData, TakesMissingAndMistypedTextForAbsent) {
  for (const std::string_view json : {"{}", R"({"type":1,"challenge":null,"origin":["x"]})"}) {
    const auto data = parse(json);
    ASSERT_TRUE(data);
    EXPECT_FALSE(data->type);
    EXPECT_FALSE(data->challenge);
    EXPECT_FALSE(data->origin);
    EXPECT_FALSE(data->cross_origin);
    EXPECT_FALSE(data->top_origin);
  }
}

TEST(ClientData, RefusesDuplicateMembers) {
  EXPECT_FALSE(parse(R"({"origin":"https://a.example","origin":"https://b.example"})"));
  EXPECT_FALSE(parse(R"({"origin":"https://a.example","\u006frigin":"https://b.example"})"));
  EXPECT_FALSE(parse(R"({"x":1,"x":1})"));
}

TEST(ClientData, RefusesDuplicatesThatDecodingMakes) {
  // Both names are ill-formed and become the same replacement character.
  EXPECT_FALSE(parse("{\"\xFF\":1,\"\xFE\":2}"));
}

TEST(ClientData, BoundsItsSize) {
  const auto of_size = [](std::size_t size) {
    return R"({"x":")" + std::string(size - 8, 'a') + R"("})";
  };
  EXPECT_EQ(of_size(16'384).size(), 16'384U);
  EXPECT_TRUE(parse(of_size(16'384)));
  EXPECT_FALSE(parse(of_size(16'385)));
  EXPECT_FALSE(parse("\xEF\xBB\xBF" + of_size(16'382)));  // as received, not as decoded
  EXPECT_FALSE(parse(std::string(16'384, '[')));
  EXPECT_FALSE(parse("{\"x\":[[[[[[[[]]]]]]]]}"));
  EXPECT_TRUE(parse("{\"x\":[[[[[[[]]]]]]]}"));
}

TEST(ClientData, RefusesEveryTruncation) {
  const std::string_view json = R"({"type":"webauthn.get","crossOrigin":false})";
  for (std::size_t size = 0; size < json.size(); ++size) {
    const auto data = parse(json.substr(0, size));
    ASSERT_FALSE(data);
    EXPECT_EQ(data.error().reason, Reason::kMalformedClientData);
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
