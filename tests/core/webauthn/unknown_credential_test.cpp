// Credentials that nobody has are refused as those that somebody has (L3 §14.6.2).
#include <gtest/gtest.h>

#include "good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::uint8_t kUp = 0x01;
constexpr std::uint8_t kUv = 0x04;
constexpr std::uint8_t kBs = 0x10;

TEST(UnknownCredential, PassesWhatHasNoOtherFault) {
  const GoodCeremony ceremony;
  EXPECT_EQ(verdict(ceremony.verify_unknown()), "accepted");
}

TEST(UnknownCredential, IsRefusedAsAKnownOneWouldBe) {
  const auto compare = [](const auto& change, std::string_view expected) {
    GoodCeremony ceremony;
    change(ceremony);
    EXPECT_EQ(verdict(ceremony.verify_unknown()), expected);
    EXPECT_EQ(verdict(ceremony.verify_authentication()), expected);
  };
  compare([](GoodCeremony& c) { c.allow_credentials = {Bytes(32, 1)}; },
          "A5 credential_not_allowed");
  compare(
      [](GoodCeremony& c) { c.answer.edit_authenticator_data = [](Bytes& d) { d.pop_back(); }; },
      "A7 malformed_authenticator_data");
  compare(
      [](GoodCeremony& c) { c.answer.edit_client_data_json = [](std::string& j) { j = "[]"; }; },
      "A9 malformed_client_data");
  compare([](GoodCeremony& c) { c.answer.edit_client_data = [](Json& j) { j["type"] = ""; }; },
          "A10 wrong_type");
  compare([](GoodCeremony& c) { c.challenge.back() ^= 1; }, "A11 challenge_mismatch");
  compare([](GoodCeremony& c) { c.answer.origin = "https://evil.example"; }, "A12 origin_mismatch");
  compare([](GoodCeremony& c) { c.answer.cross_origin = true; }, "A13 cross_origin_not_allowed");
  compare([](GoodCeremony& c) { c.answer.top_origin = "https://x.example"; },
          "A14 top_origin_mismatch");
  compare([](GoodCeremony& c) { c.answer.rp_id = "x.example"; }, "A15 rp_id_mismatch");
  compare([](GoodCeremony& c) { c.answer.flags = kUv; }, "A16 user_presence_missing");
  compare([](GoodCeremony& c) { c.answer.flags = kUp; }, "A17 user_verification_missing");
  compare([](GoodCeremony& c) { c.answer.flags = kUp | kUv | kBs; }, "A18 bad_backup_flags");
}

}  // namespace
}  // namespace masterkey2::webauthn
