#include "fcgi/peer_rules.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

PeerRules rules() {
  PeerRules rules;
  rules.trusted_proxies.push_back(AddressRange::parse("10.0.0.0/8").value());
  rules.operators.push_back(AddressRange::parse("192.0.2.64/26").value());
  return rules;
}

Peer identify(const std::string& address, const std::string& forwarded_for = "",
              const std::string& other_header = "") {
  HttpRequest request;
  request.remote_address = address;
  if (!forwarded_for.empty()) request.headers.emplace_back("x-forwarded-for", forwarded_for);
  if (!other_header.empty()) request.headers.emplace_back(other_header, "for=127.0.0.1");
  return identify_peer(request, rules());
}

TEST(PeerRules, TakeThePeerUnlessItIsATrustedProxy) {
  EXPECT_EQ(identify("192.0.2.7").address, "192.0.2.7");
  EXPECT_EQ(identify("192.0.2.7", "198.51.100.1").address, "192.0.2.7");
  EXPECT_EQ(identify("10.1.2.3").address, "10.1.2.3");
  EXPECT_EQ(identify("").address, "");
}

TEST(PeerRules, WalkFromTheRightToTheFirstStranger) {
  EXPECT_EQ(identify("10.0.0.1", "198.51.100.1").address, "198.51.100.1");
  EXPECT_EQ(identify("10.0.0.1", "203.0.113.9, 198.51.100.1 ,10.0.0.2").address, "198.51.100.1");
  EXPECT_EQ(identify("10.0.0.1", "2001:db8::1").address, "2001:db8::1");
  EXPECT_EQ(identify("10.0.0.1", "10.0.0.3, 10.0.0.2").address, "10.0.0.3");
}

TEST(PeerRules, StopAtWhatCannotBeRead) {
  for (const char* bad : {"a", " ", ",", "198.51.100.1,", "fe80::1%eth0", "198.51.100.1:80",
                          "198.51.100.0/24", "198.51.100.1, unknown"}) {
    const Peer peer = identify("10.0.0.1", bad);
    EXPECT_EQ(peer.address, "10.0.0.1") << bad;
    EXPECT_FALSE(peer.is_operator) << bad;
  }
  EXPECT_EQ(identify("10.0.0.1", "x, 10.0.0.2").address, "10.0.0.2");
}

TEST(PeerRules, LookAtABoundedNumberOfHops) {
  std::string hops = "198.51.100.1";
  for (int i = 0; i < 500; ++i) hops += ", 10.0.0.2";
  EXPECT_EQ(identify("10.0.0.1", hops).address, "10.0.0.2");
}

TEST(PeerRules, LoopbackAndListedAddressesAreOperators) {
  for (const char* address : {"127.0.0.1", "127.1.2.3", "::1", "192.0.2.64", "192.0.2.127"}) {
    EXPECT_TRUE(identify(address).is_operator) << address;
  }
  for (const char* address : {"192.0.2.7", "192.0.2.128", "::2", "10.0.0.1", "", "localhost"}) {
    EXPECT_FALSE(identify(address).is_operator) << address;
  }
  EXPECT_TRUE(identify("10.0.0.1", "192.0.2.65").is_operator);
  EXPECT_FALSE(identify("10.0.0.1", "192.0.2.7").is_operator);
}

TEST(PeerRules, WhoForwardsWithoutBeingTrustedIsNoOperator) {
  for (const char* name : {"forwarded", "x-real-ip"}) {
    EXPECT_FALSE(identify("127.0.0.1", "", name).is_operator) << name;
    EXPECT_FALSE(identify("192.0.2.65", "", name).is_operator) << name;
  }
  EXPECT_FALSE(identify("127.0.0.1", "127.0.0.1").is_operator);
  EXPECT_FALSE(identify("192.0.2.65", "192.0.2.66").is_operator);
}

}  // namespace
}  // namespace masterkey2
