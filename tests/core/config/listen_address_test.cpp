#include "config/listen_address.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

TEST(ListenAddress, ReadsUnixPaths) {
  const auto address = parse_listen_address("unix:/run/a.sock");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->is_unix());
  EXPECT_EQ(address->path, "/run/a.sock");
  EXPECT_TRUE(parse_listen_address("unix:/" + std::string(106, 'a')));
  EXPECT_FALSE(parse_listen_address("unix:/" + std::string(107, 'a')));
}

TEST(ListenAddress, ReadsHostsAndPorts) {
  EXPECT_EQ(*parse_listen_address("127.0.0.1:9000"),
            (ListenAddress{.host = "127.0.0.1", .port = 9000}));
  EXPECT_EQ(*parse_listen_address("[::1]:65535"), (ListenAddress{.host = "::1", .port = 65535}));
  EXPECT_EQ(*parse_listen_address("localhost:0"), (ListenAddress{.host = "localhost", .port = 0}));
}

TEST(ListenAddress, RefusesOtherForms) {
  for (const char* bad :
       {"", "9000", ":9000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:9000x", "::1:9000", "[::1]", "[]:1", "example.com:9000", "unix:", "unix:a.sock",
        "unix:/run/", "/run/a.sock", "[127.0.0.1]:1", "127.0.0.1: 9000"}) {
    EXPECT_FALSE(parse_listen_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace masterkey2
