#include "storage/row_verifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace masterkey2::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <class Id>
Id id_of(std::uint8_t number) {
  Id id;
  id.bytes[Id::kSize - 1] = number;
  return id;
}

StoredTenant tenant(std::uint8_t number, const std::string& rp_id) {
  StoredTenant row;
  row.tenant.id = id_of<TenantId>(number);
  row.tenant.generation = 1;
  row.tenant.name = "T";
  row.tenant.rp_id = rp_id;
  return row;
}

StoredUser user(std::uint8_t of, std::uint8_t number, const std::string& external_id) {
  StoredUser row;
  row.tenant = id_of<TenantId>(of);
  row.user.handle = id_of<UserHandle>(number);
  row.user.external_id = external_id;
  return row;
}

StoredCredential credential(std::uint8_t of, std::uint8_t owner, std::uint8_t id) {
  StoredCredential row;
  row.tenant = id_of<TenantId>(of);
  row.credential.id = {id};
  row.credential.user = id_of<UserHandle>(owner);
  row.credential.public_key = {1};
  return row;
}

ApiKey api_key(std::uint8_t of, std::uint8_t number) {
  ApiKey key;
  key.tenant = id_of<TenantId>(of);
  key.id = id_of<ApiKeyId>(number);
  key.digest = id_of<Digest>(number);
  key.prefix = "bvsk_1234567";
  return key;
}

/// What is wrong with all of them.
std::vector<std::string> verdict(const std::vector<StoredRow>& rows) {
  RowVerifier verifier;
  std::vector<std::string> all;
  for (const StoredRow& row : rows) {
    for (const std::string& sentence : verifier.look_at(row)) all.push_back(sentence);
  }
  for (const std::string& sentence : verifier.finish()) all.push_back(sentence);
  return all;
}

TEST(RowVerifier, TakesRowsThatFitTogether) {
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), tenant(2, "b.example"),
                       api_key(1, 1), user(1, 1, "u"), credential(1, 1, 9), credential(1, 1, 2),
                       user(1, 2, "v"), user(2, 1, "u"), credential(2, 1, 9)}),
              IsEmpty());
}

TEST(RowVerifier, NamesADanglingCredential) {
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), credential(1, 1, 9)}),
              ElementsAre(HasSubstr("belongs to user")));
  EXPECT_THAT(
      verdict({Installation{}, tenant(1, "a.example"), user(1, 1, "u"), credential(1, 2, 9)}),
      ElementsAre(HasSubstr("belongs to user")));
}

TEST(RowVerifier, NamesADuplicateRpIdUnlessItIsShared) {
  StoredTenant shared = tenant(2, "a.example");
  shared.rp_id_exclusive = false;
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), shared}), IsEmpty());
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), tenant(2, "a.example")}),
              ElementsAre(HasSubstr("a.example, is there twice")));
}

TEST(RowVerifier, NamesAKeyWithoutItsTenant) {
  EXPECT_THAT(verdict({Installation{}, api_key(7, 1)}),
              ElementsAre(HasSubstr("names tenant 00000000000000000000000000000007")));
}

TEST(RowVerifier, NamesKeysThatMustBeUnique) {
  ApiKey same_digest = api_key(1, 2);
  same_digest.digest = api_key(1, 1).digest;
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), api_key(1, 1), same_digest}),
              ElementsAre(HasSubstr("digest of API key")));
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), user(1, 1, "u"), user(1, 2, "u")}),
              ElementsAre(HasSubstr("external id of user")));
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), user(1, 1, "u"), credential(1, 1, 9),
                       user(1, 2, "v"), credential(1, 2, 9)}),
              ElementsAre(HasSubstr("credential 09")));
}

TEST(RowVerifier, NamesWhatIsOutOfOrder) {
  EXPECT_THAT(verdict({Installation{}, tenant(2, "a.example"), tenant(1, "b.example")}),
              ElementsAre(HasSubstr("out of order")));
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), user(1, 1, "u"), api_key(1, 1)}),
              ElementsAre(HasSubstr("kind api_key comes after one of kind user")));
  EXPECT_THAT(verdict({tenant(1, "a.example")}), ::testing::Not(IsEmpty()));
  EXPECT_THAT(verdict({}), ElementsAre(HasSubstr("installation's row is missing")));
}

TEST(RowVerifier, NamesFieldsOutOfTheirLimits) {
  StoredUser long_name = user(1, 1, "u");
  long_name.user.display_name.assign(257, 'x');
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), long_name}),
              ElementsAre(HasSubstr("out of its limits")));
}

TEST(RowVerifier, NamesAnIdempotencyKeyWithoutItsSignIn) {
  StoredIdempotency row;
  row.tenant = id_of<TenantId>(1);
  row.sign_in = id_of<TokenId>(5);
  EXPECT_THAT(verdict({Installation{}, tenant(1, "a.example"), row}),
              ElementsAre(HasSubstr("names sign-in")));
}

}  // namespace
}  // namespace masterkey2::testing
