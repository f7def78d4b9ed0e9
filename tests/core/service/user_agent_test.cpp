#include "service/user_agent.hpp"

#include <gtest/gtest.h>

#include <string>

namespace masterkey2 {
namespace {

std::string names(std::string_view header) {
  const UserAgent agent = parse_user_agent(header);
  return std::string(browser_name(agent.browser)) + ", " + std::string(system_name(agent.system));
}

TEST(UserAgentNames, AreThoseOfTheBrowserAndNotOfItsModels) {
  EXPECT_EQ(names("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox, Linux");
  EXPECT_EQ(names("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                  "Gecko) Chrome/140.0.0.0 Safari/537.36"),
            "Chrome, Windows");
  EXPECT_EQ(names("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                  "Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"),
            "Edge, Windows");
  EXPECT_EQ(names("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0"),
            "Opera, Windows");
  EXPECT_EQ(names("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
                  "like Gecko) Version/18.5 Safari/605.1.15"),
            "Safari, macOS");
  EXPECT_EQ(names("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
                  "(KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1"),
            "Chrome, iOS");
  EXPECT_EQ(names("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
            "Samsung Internet, Android");
  EXPECT_EQ(names("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like "
                  "Gecko) Chrome/140.0.0.0 Safari/537.36"),
            "Chrome, ChromeOS");
}

TEST(UserAgentNames, AreUnknownForAnythingElse) {
  EXPECT_EQ(names(""), "unknown, unknown");
  EXPECT_EQ(names("curl/7.88.1"), "unknown, unknown");
  EXPECT_EQ(names("<script>alert(1)</script>"), "unknown, unknown");
}

TEST(UserAgentNames, StandInTheFirst512Bytes) {
  EXPECT_EQ(names(std::string(504, ' ') + "Firefox/"), "Firefox, unknown");
  EXPECT_EQ(names(std::string(505, ' ') + "Firefox/"), "unknown, unknown");
}

}  // namespace
}  // namespace masterkey2
