#include "webauthn/algorithm.hpp"

#include <gtest/gtest.h>

#include <set>

#include "good_ceremony.hpp"

namespace masterkey2::webauthn {
namespace {

TEST(Algorithm, IsFoundByItsNumber) {
  EXPECT_EQ(find_algorithm(-7)->name, "ES256");
  EXPECT_EQ(find_algorithm(-8)->name, "EdDSA");
  EXPECT_EQ(find_algorithm(-257)->name, "RS256");
  EXPECT_EQ(find_algorithm(7), nullptr);
  EXPECT_EQ(find_algorithm(-65535), nullptr);                       // RS1
  EXPECT_EQ(find_algorithm((std::int64_t{1} << 32) - 7), nullptr);  // no wrap-around to -7
}

TEST(Algorithm, NumbersAndNamesAreUnique) {
  std::set<std::int32_t> ids;
  std::set<std::string_view> names;
  for (const Algorithm& algorithm : known_algorithms()) {
    EXPECT_TRUE(ids.insert(algorithm.id).second) << algorithm.name;
    EXPECT_TRUE(names.insert(algorithm.name).second) << algorithm.name;
  }
}

TEST(Algorithm, EachOneRegistersAndSignsIn) {
  for (const Algorithm& algorithm : known_algorithms()) {
    GoodCeremony ceremony(algorithm.id);
    ceremony.policy.algorithms = {algorithm.id};
    EXPECT_EQ(verdict(ceremony.verify_registration()), "accepted") << algorithm.name;
    ceremony.answer.format = "packed";
    EXPECT_EQ(verdict(ceremony.verify_registration()), "accepted") << algorithm.name;
    EXPECT_EQ(verdict(ceremony.verify_authentication()), "accepted") << algorithm.name;
  }
}

TEST(Algorithm, NoneVerifiesWhatAnotherCredentialSigned) {
  for (const Algorithm& algorithm : known_algorithms()) {
    GoodCeremony ceremony(algorithm.id);
    ceremony.public_key = support::VirtualCredential::create(kEs256, Bytes(32, 1)).public_key;
    EXPECT_EQ(verdict(ceremony.verify_authentication()), "A21 bad_signature") << algorithm.name;
  }
}

TEST(Algorithm, KnowsMlDsaOnlyWhereOpenSslHasIt) {
  std::size_t available = 0;
  for (const std::int32_t id : {-48, -49, -50}) {
    const Algorithm* algorithm = find_algorithm(id);
    ASSERT_NE(algorithm, nullptr) << id;
    EXPECT_EQ(is_available(*algorithm), is_available(std::get<MlDsaSet>(algorithm->key)));
    if (is_available(*algorithm)) ++available;
  }
  EXPECT_EQ(named_algorithms().size(), 19U);
  EXPECT_EQ(known_algorithms().size(), 16 + available);
  for (const Algorithm& algorithm : known_algorithms()) EXPECT_TRUE(is_available(algorithm));
}

}  // namespace
}  // namespace masterkey2::webauthn
