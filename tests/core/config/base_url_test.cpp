#include "config/base_url.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(BaseUrl, SplitsOriginAndPath) {
  const auto url = parse_base_url("https://auth.example.com:8443/a/b");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin, "https://auth.example.com:8443");
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(parse_base_url("https://auth.example.com")->path, "");
}

TEST(BaseUrl, TakesHttpOnLoopbackOnly) {
  for (const char* good : {"http://localhost:8080", "http://a.localhost:1", "http://127.0.0.1:9",
                           "http://[::1]:8080", "https://[::1]"}) {
    EXPECT_TRUE(parse_base_url(good)) << good;
  }
  for (const char* bad : {"http://example.com", "http://localhost.example", "http://10.0.0.1:80"}) {
    EXPECT_FALSE(parse_base_url(bad)) << bad;
  }
}

TEST(BaseUrl, RefusesOtherForms) {
  for (const char* bad : {"",
                          "https://",
                          "example.com",
                          "ftp://example.com",
                          "https://Example.com",
                          "https://example.com/",
                          "https://example.com/a/",
                          "https://example.com//a",
                          "https://example.com/../a",
                          "https://example.com/.well-known",
                          "https://example.com?a",
                          "https://example.com#a",
                          "https://user@example.com",
                          "https://example.com:443",
                          "http://localhost:80",
                          "https://example.com:0",
                          "https://example.com:65536",
                          "https://example.com:",
                          "https://example.com:080",
                          "https://example..com",
                          "https://example.com.",
                          "https://-example.com",
                          "https://example.com/a b",
                          "https://example.com/%41",
                          "https://ex\xC3\xA4mple.com",
                          "https://[::1",
                          "https://a\n.com"}) {
    EXPECT_FALSE(parse_base_url(bad)) << bad;
  }
  EXPECT_FALSE(parse_base_url("https://example.com/" + std::string(500, 'a')));
}

}  // namespace
}  // namespace masterkey2
