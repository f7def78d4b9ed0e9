// L3 §8.7.
#include <gtest/gtest.h>

#include "../good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

/// With the bytes of the statement, an empty map, replaced.
std::string verdict_with_statement(const Bytes& statement) {
  GoodCeremony ceremony;
  ceremony.answer.edit_attestation_object = [&](Bytes& object) {
    // A3 | 63 "fmt" | 64 "none" | 67 "attStmt" | A0
    constexpr std::size_t kStatement = 1 + 4 + 5 + 8;
    ASSERT_EQ(object[kStatement], 0xA0);
    const auto place = object.begin() + kStatement;
    object.insert(object.erase(place), statement.begin(), statement.end());
  };
  return verdict(ceremony.verify_registration());
}

TEST(NoneAttestation, WantsAnEmptyMap) {
  EXPECT_EQ(verdict_with_statement({0xA0}), "accepted");
  EXPECT_EQ(verdict_with_statement({0xA1, 0x61, 'x', 0x00}), "R22 bad_attestation");
  EXPECT_EQ(verdict_with_statement({0x80}), "R22 bad_attestation");
  EXPECT_EQ(verdict_with_statement({0x40}), "R13 malformed_attestation_object");
}

TEST(NoneAttestation, RefusesAPackedStatement) {
  GoodCeremony ceremony;
  ceremony.answer.format = "packed";
  ceremony.answer.edit_attestation_object = [](Bytes& object) {
    const std::string packed = "\x66packed";
    const auto place = std::search(object.begin(), object.end(), packed.begin(), packed.end());
    const std::string none = "\x64none";
    object.insert(object.erase(place, place + 7), none.begin(), none.end());
  };
  EXPECT_EQ(verdict(ceremony.verify_registration()), "R22 bad_attestation");
}

}  // namespace
}  // namespace masterkey2::webauthn
