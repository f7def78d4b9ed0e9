// One bit is another: what a signature covers is refused, and so is what a check covers.
#include <gtest/gtest.h>

#include <set>

#include "good_ceremony.hpp"
#include "webauthn/algorithm.hpp"
#include "webauthn/attestation_object.hpp"

namespace masterkey2::webauthn {
namespace {

/// Which bits may be flipped without `is_accepted` turning false.
template <class IsAccepted>
std::set<std::size_t> bits_that_do_not_matter(Bytes& bytes, const IsAccepted& is_accepted) {
  std::set<std::size_t> bits;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80 >> bit % 8);
    bytes[bit / 8] ^= mask;
    if (is_accepted()) bits.insert(bit);
    bytes[bit / 8] ^= mask;
  }
  return bits;
}

class BitFlip : public testing::TestWithParam<std::int32_t> {};

TEST_P(BitFlip, InAnyPartOfAnAssertionIsRefused) {
  GoodCeremony ceremony(GetParam());
  // So that the signature alone has to notice.
  ceremony.policy.user_verification = UserVerification::kDiscouraged;
  ceremony.stored_backup_eligible = std::nullopt;
  AuthenticationResponse response = ceremony.authentication_response();
  const auto is_accepted = [&] { return ceremony.verify_authentication(response).has_value(); };
  ASSERT_TRUE(is_accepted());
  EXPECT_TRUE(bits_that_do_not_matter(response.authenticator_data, is_accepted).empty());
  EXPECT_TRUE(bits_that_do_not_matter(response.client_data_json, is_accepted).empty());
  EXPECT_TRUE(bits_that_do_not_matter(response.signature, is_accepted).empty());
  ASSERT_TRUE(is_accepted());
}

TEST_P(BitFlip, InAPackedSelfRegistrationIsRefused) {
  GoodCeremony ceremony(GetParam());
  ceremony.answer.format = "packed";
  ceremony.policy.user_verification = UserVerification::kDiscouraged;
  RegistrationResponse response = ceremony.registration_response();
  const auto is_accepted = [&] { return ceremony.verify_registration(response).has_value(); };
  ASSERT_TRUE(is_accepted());
  EXPECT_TRUE(bits_that_do_not_matter(response.client_data_json, is_accepted).empty());
  // Statement and authenticator data, and the CBOR around them, which nothing signs.
  EXPECT_TRUE(bits_that_do_not_matter(response.attestation_object, is_accepted).empty());
  EXPECT_TRUE(bits_that_do_not_matter(response.id, is_accepted).empty());
  ASSERT_TRUE(is_accepted());
}

INSTANTIATE_TEST_SUITE_P(Algorithms, BitFlip, testing::Values(kEs256, kEdDsa, kRs256),
                         [](const auto& instance) {
                           return std::string(find_algorithm(instance.param)->name);
                         });

/// Nothing signs a registration with attestation `none`. What a check covers must be refused; what
/// is only learnt from it need not be, and is listed here bit by bit.
TEST(BitFlipInNone, NeedNotBeRefusedWhereNothingIsChecked) {
  GoodCeremony ceremony;
  RegistrationResponse response = ceremony.registration_response();
  const auto is_accepted = [&] { return ceremony.verify_registration(response).has_value(); };
  const auto object = parse_attestation_object(response.attestation_object).value();
  const auto data_start = static_cast<std::size_t>(object.authenticator_data.data() -
                                                   response.attestation_object.data());

  std::set<std::size_t> expected;
  const auto expect = [&](std::size_t first_bit, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) expected.insert(data_start * 8 + first_bit + i);
  };
  constexpr std::size_t kFlags = 32 * 8;
  expect(kFlags + 2, 1);   // reserved (0x20)
  expect(kFlags + 3, 1);   // BS: BE stays set
  expect(kFlags + 6, 1);   // reserved (0x02)
  expect(33 * 8, 32);      // sign count
  expect(37 * 8, 16 * 8);  // AAGUID
  EXPECT_EQ(bits_that_do_not_matter(response.attestation_object, is_accepted), expected);
  EXPECT_TRUE(bits_that_do_not_matter(response.id, is_accepted).empty());
}

TEST(BitFlipInNone, OfTheClientDataMattersInAllThatIsChecked) {
  GoodCeremony ceremony;
  RegistrationResponse response = ceremony.registration_response();
  const auto is_accepted = [&] { return ceremony.verify_registration(response).has_value(); };
  // Only the name of crossOrigin, which may be missing, can become another one.
  const std::size_t name = as_text(response.client_data_json).find("crossOrigin");
  for (const std::size_t bit : bits_that_do_not_matter(response.client_data_json, is_accepted)) {
    EXPECT_GE(bit / 8, name) << bit;
    EXPECT_LT(bit / 8, name + 11) << bit;
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
