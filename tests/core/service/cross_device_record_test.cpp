#include "service/cross_device_record.hpp"

#include <gtest/gtest.h>

#include "crypto/random.hpp"

namespace masterkey2 {
namespace {

CrossDeviceRecord full_record() {
  CrossDeviceRecord record;
  record.state = CrossDeviceState::kConfirm;
  record.denial = Denial::kUserDisabled;
  record.tries_left = 2;
  record.expires_at = 4'000;
  record.completed_at = 3'000;
  record.user = system_random().identifier<UserHandle>();
  record.wrapped_code = Bytes(51, 7);
  return record;
}

TEST(CrossDeviceRecord, ComesBackAsItWas) {
  const CrossDeviceRecord record = full_record();
  EXPECT_EQ(decode_record(encode_record(record)), record);
  EXPECT_EQ(decode_record(encode_record({})), CrossDeviceRecord{});
}

TEST(CrossDeviceRecord, IsNeitherShorterNorLongerNorOfAnotherLayout) {
  const Bytes bytes = encode_record(full_record());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode_record(ByteView(bytes).first(size)), std::nullopt) << size;
  }
  Bytes changed = bytes;
  changed.push_back(0);
  EXPECT_EQ(decode_record(changed), std::nullopt);
  changed = bytes;
  changed[0] = 2;
  EXPECT_EQ(decode_record(changed), std::nullopt);
}

TEST(CrossDeviceRecord, HasAStateThatIsStored) {
  Bytes bytes = encode_record(full_record());
  for (const CrossDeviceState state : {CrossDeviceState::kPending, CrossDeviceState::kExpired}) {
    bytes[1] = static_cast<std::uint8_t>(state);
    EXPECT_EQ(decode_record(bytes), std::nullopt);
  }
  bytes = encode_record(full_record());
  bytes[2] = static_cast<std::uint8_t>(Denial::kUserDisabled) + 1;
  EXPECT_EQ(decode_record(bytes), std::nullopt);
}

}  // namespace
}  // namespace masterkey2
