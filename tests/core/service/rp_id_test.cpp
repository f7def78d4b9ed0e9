#include "service/rp_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

using ::testing::HasSubstr;

struct Refusal {
  std::string text;
  std::string hint;  ///< what the sentence must say
};

TEST(RpId, TakesDomainsAndNamesBelowThem) {
  for (const std::string text :
       {"example.com", "login.example.com", "a.b.c.example.co.uk", "xn--mnchen-3ya.de",
        "1and1.example", "localhost", "app.localhost", "example.github.io"}) {
    const auto rp_id = canonical_rp_id(text);
    ASSERT_TRUE(rp_id) << rp_id.error().sentence;
    EXPECT_EQ(*rp_id, text);
  }
}

TEST(RpId, LowersUpperCase) {
  const auto rp_id = canonical_rp_id("Login.EXAMPLE.com");
  ASSERT_TRUE(rp_id);
  EXPECT_EQ(*rp_id, "login.example.com");
}

TEST(RpId, TakesTheLongestNameAndNoLonger) {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253U);
  EXPECT_TRUE(canonical_rp_id(longest));
  EXPECT_FALSE(canonical_rp_id(longest + "b"));
  EXPECT_TRUE(canonical_rp_id(label + ".com"));
  EXPECT_FALSE(canonical_rp_id(label + "a.com"));
}

TEST(RpId, RefusesEverythingElseAndSaysWhatToWrite) {
  const std::vector<Refusal> refusals = {
      {"", "is empty"},
      {"com", "public suffix"},
      {"co.uk", "public suffix"},
      {"CO.UK", "public suffix"},
      {"github.io", "public suffix"},
      {"xn--55qx5d.cn", "public suffix"},
      {"intranet", "public suffix"},
      {"192.0.2.7", "IP address"},
      {"0x7f.1", "IP address"},
      {"example.0x1f", "IP address"},
      {"example.7", "IP address"},
      {"[2001:db8::1]", "IP address"},
      {"2001:db8::1", "IP address"},
      {"https://example.com", "scheme"},
      {"android://example.com", "scheme"},
      {"example.com:443", "port"},
      {"localhost:8080", "port"},
      {"example.com/", "host name"},
      {"example.com/login", "host name"},
      {"example.com?x", "host name"},
      {"user@example.com", "host name"},
      {"example.com.", "ends in a dot"},
      {"localhost.", "ends in a dot"},
      {"m\xC3\xBCnchen.de", "A-labels"},
      {"ex ample.com", "host name"},
      {"exa_mple.com", "not a domain name"},
      {"-example.com", "not a domain name"},
      {"example-.com", "not a domain name"},
      {".example.com", "not a domain name"},
      {"example..com", "not a domain name"},
      {"*.example.com", "not a domain name"},
      {std::string("example\0.com", 12), "not a domain name"},
  };
  for (const auto& [text, hint] : refusals) {
    const auto rp_id = canonical_rp_id(text);
    ASSERT_FALSE(rp_id) << text;
    EXPECT_THAT(rp_id.error().sentence, HasSubstr(hint)) << text;
    EXPECT_THAT(rp_id.error().sentence, HasSubstr("`" + text + "`"));
  }
}

TEST(Origin, TakesTheirExactForm) {
  for (const std::string text :
       {"https://example.com", "https://example.com:8443", "https://a.b.example.com:1",
        "https://example.com:65535", "http://localhost", "http://localhost:3000",
        "http://app.localhost:8080"}) {
    const auto origin = canonical_origin(text);
    ASSERT_TRUE(origin) << origin.error().sentence;
    EXPECT_EQ(*origin, text);
  }
}

TEST(Origin, LowersAndDropsADefaultPort) {
  EXPECT_EQ(*canonical_origin("HTTPS://Example.COM:443"), "https://example.com");
  EXPECT_EQ(*canonical_origin("http://LOCALHOST:80"), "http://localhost");
  EXPECT_EQ(*canonical_origin("https://localhost:80"), "https://localhost:80");
  EXPECT_EQ(*canonical_origin("http://localhost:443"), "http://localhost:443");
}

TEST(Origin, RefusesEverythingElseAndSaysWhatToWrite) {
  const std::vector<Refusal> refusals = {
      {"", "scheme"},
      {"null", "scheme"},
      {"example.com", "scheme"},
      {"ftp://example.com", "scheme"},
      {"javascript:alert(1)", "scheme"},
      {"http://example.com", "not secure"},
      {"http://notlocalhost", "not secure"},
      {"http://localhost.example.com", "not secure"},
      {"https://", "is empty"},
      {"https://:443", "is empty"},
      {"https://example.com/", "more than"},
      {"https://example.com/login", "more than"},
      {"https://example.com?x=1", "more than"},
      {"https://example.com#x", "more than"},
      {"https://user@example.com", "more than"},
      {"https://*.example.com", "more than"},
      {"https://exam ple.com", "more than"},
      {"https://example.com\\x", "more than"},
      {"https://example.com.", "dot"},
      {"https://192.0.2.7", "IP address"},
      {"https://127.1", "IP address"},
      {"https://[::1]", "IP address"},
      {"https://[::1]:8443", "IP address"},
      {"https://m\xC3\xBCnchen.de", "A-labels"},
      {"https://example.com:", "port"},
      {"https://example.com:0", "port"},
      {"https://example.com:08443", "port"},
      {"https://example.com:65536", "port"},
      {"https://example.com:+443", "port"},
      {"https://example.com:443x", "port"},
      {"https://example.com:99999999999999999999", "port"},
      {"https://a:b:1", "port"},
  };
  for (const auto& [text, hint] : refusals) {
    const auto origin = canonical_origin(text);
    ASSERT_FALSE(origin) << text;
    EXPECT_THAT(origin.error().sentence, HasSubstr(hint)) << text;
    EXPECT_THAT(origin.error().sentence, HasSubstr("`" + text + "`"));
  }
}

TEST(Origin, HostStandsBetweenSchemeAndPort) {
  EXPECT_EQ(origin_host("https://a.example.com"), "a.example.com");
  EXPECT_EQ(origin_host("http://localhost:3000"), "localhost");
  EXPECT_EQ(origin_host("nothing"), "");
}

TEST(HostMayUseRpId, ItselfAndNamesBelowIt) {
  EXPECT_TRUE(host_may_use_rp_id("example.com", "example.com"));
  EXPECT_TRUE(host_may_use_rp_id("a.b.example.com", "example.com"));
}

TEST(HostMayUseRpId, NeitherAParentNorANameThatMerelyEndsAlike) {
  EXPECT_FALSE(host_may_use_rp_id("example.com", "login.example.com"));
  EXPECT_FALSE(host_may_use_rp_id("notexample.com", "example.com"));
  EXPECT_FALSE(host_may_use_rp_id("example.com.evil.org", "example.com"));
  EXPECT_FALSE(host_may_use_rp_id("", "example.com"));
}

}  // namespace
}  // namespace masterkey2
