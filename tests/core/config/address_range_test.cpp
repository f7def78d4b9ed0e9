#include "config/address_range.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

bool contains(std::string_view range, std::string_view address) {
  const auto parsed = AddressRange::parse(range);
  EXPECT_TRUE(parsed) << range;
  return parsed && parsed->contains(address);
}

TEST(AddressRange, ContainsWhatSharesItsPrefix) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("fd00::/8", "fdff::1"));
  EXPECT_FALSE(contains("fd00::/8", "fe00::1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "255.1.2.3"));
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_TRUE(contains("::/0", "10.0.0.1"));
}

TEST(AddressRange, WithoutAPrefixIsOneAddress) {
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(contains("::1", "0:0::1"));
}

TEST(AddressRange, TakesMappedAddressesAsIpv4) {
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
}

TEST(AddressRange, RefusesWhatIsNoBlock) {
  for (const char* bad :
       {"", "a", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "fd00::/129",
        "fe80::1%eth0", "10.0.0.0/8 ", "localhost", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(AddressRange::parse(bad)) << bad;
  }
}

TEST(AddressRange, NothingLiesWithinForTextThatIsNoAddress) {
  for (const char* bad : {"", "a", "10.0.0", "10.0.0.1, 10.0.0.2", "fe80::1%1"}) {
    EXPECT_FALSE(contains("0.0.0.0/0", bad)) << bad;
    EXPECT_FALSE(contains("::/0", bad)) << bad;
    EXPECT_FALSE(is_loopback_address(bad)) << bad;
  }
}

TEST(LoopbackAddress, IsTheWholeBlockAndItsMappedForm) {
  EXPECT_TRUE(is_loopback_address("127.0.0.1"));
  EXPECT_TRUE(is_loopback_address("127.255.0.3"));
  EXPECT_TRUE(is_loopback_address("::1"));
  EXPECT_TRUE(is_loopback_address("::ffff:127.0.0.1"));
  EXPECT_FALSE(is_loopback_address("128.0.0.1"));
  EXPECT_FALSE(is_loopback_address("::2"));
}

}  // namespace
}  // namespace masterkey2
