#include "service/origin_rules.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TenantSettings settings(bool subdomains) {
  TenantSettings settings;
  settings.origins = {"https://example.com", "http://localhost:8080"};
  settings.allow_subdomains = subdomains;
  return settings;
}

bool allowed(std::string_view origin, bool subdomains = false) {
  return origin_is_allowed(settings(subdomains), origin);
}

TEST(OriginRules, AllowTheListedOriginsByteByByte) {
  EXPECT_TRUE(allowed("https://example.com"));
  EXPECT_TRUE(allowed("http://localhost:8080"));
  for (const char* origin :
       {"", "null", "https://example.com/", "https://Example.com", "http://localhost",
        "http://localhost:8081", "https://a.example.com"}) {
    EXPECT_FALSE(allowed(origin)) << origin;
  }
}

TEST(OriginRules, AllowNamesBelowWithTheSameSchemeAndPort) {
  EXPECT_TRUE(allowed("https://example.com", true));
  EXPECT_TRUE(allowed("https://a.example.com", true));
  EXPECT_TRUE(allowed("https://xn--4ca.b-1.example.com", true));
  EXPECT_TRUE(allowed("http://a.localhost:8080", true));
  for (const char* origin :
       {"http://a.example.com", "https://a.example.com:444", "https://.example.com",
        "https://a..example.com", "https://A.example.com", "https://aexample.com",
        "https://evil.org/a.example.com", "https://evil.org?.example.com",
        "https://user@a.example.com", "https://a.localhost:8080", "https://a.example.com."}) {
    EXPECT_FALSE(allowed(origin, true)) << origin;
  }
}

TEST(OriginRules, AllowNoNameLongerThanADnsName) {
  EXPECT_TRUE(allowed("https://" + std::string(63, 'a') + ".example.com", true));
  EXPECT_FALSE(allowed("https://" + std::string(400, 'a') + ".example.com", true));
}

TEST(OriginRules, LeaveAMissingHeaderToTheTenant) {
  TenantSettings tenant = settings(false);
  EXPECT_FALSE(origin_is_allowed(tenant, std::optional<std::string_view>()));
  tenant.require_origin = false;
  EXPECT_TRUE(origin_is_allowed(tenant, std::optional<std::string_view>()));
  EXPECT_FALSE(origin_is_allowed(tenant, std::optional<std::string_view>("null")));
}

TEST(OriginRules, AllowRelatedOriginsExactly) {
  TenantSettings settings;
  settings.origins = {"https://example.com"};
  settings.allow_subdomains = true;
  settings.related_origins = {"https://example.co.uk"};
  EXPECT_TRUE(origin_is_allowed(settings, std::string_view("https://example.co.uk")));
  EXPECT_FALSE(origin_is_allowed(settings, std::string_view("https://www.example.co.uk")));
  EXPECT_FALSE(origin_is_allowed(settings, std::string_view("https://example.co.uk:8443")));
}

TEST(OriginRules, KnowNoAppByAnOriginHeader) {
  TenantSettings settings;
  settings.app_origins = {"android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"};
  EXPECT_FALSE(origin_is_allowed(settings, std::string_view(settings.app_origins[0])));
}

}  // namespace
}  // namespace masterkey2
