// Users and their credentials.
#include "plugins/contract/contract_test.hpp"

namespace masterkey2::testing {
namespace {

class UserContract : public ContractTest {
 protected:
  void SetUp() override {
    ContractTest::SetUp();
    add_tenant(1);
    add_tenant(2);
  }
  [[nodiscard]] UserView find(std::uint64_t tenant, std::string_view external_id) {
    auto view = storage().find_user(id_of<TenantId>(tenant), external_id, true);
    EXPECT_TRUE(view);
    return view ? std::move(*view) : UserView{};
  }
};

TEST_F(UserContract, P6NewUserComesBackAsGivenAtVersionOne) {
  PutUser put = make_put_user(1, 1);
  put.user.extra = {0, 255, 0};
  const auto answer = storage().put_user(put);
  ASSERT_TRUE(answer);
  UserAccount expected = put.user;
  expected.version = 1;
  EXPECT_EQ(answer->outcome, Outcome::kDone);
  EXPECT_TRUE(answer->created);
  EXPECT_EQ(answer->user, expected);
  reopen();
  EXPECT_EQ(find(1, "user-1").user, expected);
  EXPECT_EQ(storage().find_user(id_of<TenantId>(1), expected.handle, false, std::nullopt)->user,
            expected);
}

TEST_F(UserContract, PutAgainUpdatesTheNamesThatAreSet) {
  add_user(1, 1);
  PutUser put = make_put_user(1, 1);
  put.user.handle = id_of<UserHandle>(99);
  put.user.display_name = "New";
  put.user.username = "ignored";
  put.set_username = false;
  const auto answer = storage().put_user(put);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->created);
  EXPECT_EQ(answer->user.handle, id_of<UserHandle>(1));
  EXPECT_EQ(answer->user.display_name, "New");
  EXPECT_EQ(answer->user.username, "u1");
  EXPECT_EQ(answer->user.version, 2U);
  EXPECT_EQ(find(1, "user-1").user, answer->user);
}

TEST_F(UserContract, PutWithoutAChangeWritesNothing) {
  add_user(1, 1);
  const std::size_t entries = audit_count(1);
  const auto answer = storage().put_user(make_put_user(1, 1));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kDone);
  EXPECT_EQ(answer->user.version, 1U);
  EXPECT_EQ(audit_count(1), entries);
}

TEST_F(UserContract, PutOfADisabledUserChangesNothing) {
  add_user(1, 1);
  ASSERT_THAT(storage().set_user_enabled(make_guard(1), "user-1", false, make_audit(1, 2)),
              Answers(Outcome::kDone));
  PutUser put = make_put_user(1, 1);
  put.user.display_name = "New";
  const auto answer = storage().put_user(put);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kUserDisabled);
  EXPECT_EQ(answer->user.display_name, "User 1");
  EXPECT_EQ(find(1, "user-1").user->display_name, "User 1");
}

TEST_F(UserContract, HandleOfAnotherUserIsRefused) {
  add_user(1, 1);
  PutUser put = make_put_user(1, 2);
  put.user.handle = id_of<UserHandle>(1);
  EXPECT_EQ(storage().put_user(put)->outcome, Outcome::kAlreadyExists);
  EXPECT_FALSE(find(1, "user-2").user);
}

TEST_F(UserContract, EnableAndDisableAreIdempotent) {
  add_user(1, 1);
  const std::size_t entries = audit_count(1);
  EXPECT_THAT(storage().set_user_enabled(make_guard(1), "user-1", true, make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_EQ(audit_count(1), entries);
  EXPECT_THAT(storage().set_user_enabled(make_guard(1), "user-1", false, make_audit(1, 3)),
              Answers(Outcome::kDone));
  EXPECT_THAT(storage().set_user_enabled(make_guard(1), "user-1", false, make_audit(1, 4)),
              Answers(Outcome::kDone));
  EXPECT_EQ(audit_count(1), entries + 1);
  EXPECT_FALSE(find(1, "user-1").user->enabled);
  EXPECT_EQ(find(1, "user-1").user->version, 2U);
  EXPECT_THAT(storage().set_user_enabled(make_guard(1), "user-2", false, make_audit(1, 5)),
              Answers(Outcome::kUserGone));
}

TEST_F(UserContract, EraseTakesUserAndCredentials) {
  add_user(1, 1);
  add_credential(1, 1, 1);
  add_credential(1, 1, 2);
  ASSERT_THAT(storage().erase_user(make_guard(1), "user-1", make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_FALSE(find(1, "user-1").user);
  const auto sign_in =
      storage().read_sign_in(id_of<TenantId>(1), make_credential(1, 1).id, id_of<TokenId>(60));
  EXPECT_FALSE(sign_in->credential);
  EXPECT_THAT(storage().erase_user(make_guard(1), "user-1", make_audit(1, 3)),
              Answers(Outcome::kUserGone));
  // Handle, external id and credential ids are free again.
  add_user(1, 1);
  CommitRegistration again = make_registration(1, 1, 3);
  again.credential.id = make_credential(1, 1).id;
  EXPECT_THAT(storage().commit_registration(again), Answers(Outcome::kDone));
}

TEST_F(UserContract, P7SameIdsInTwoTenantsAreTwoUsers) {
  add_user(1, 1);
  add_credential(1, 1, 1);
  add_user(2, 1);
  add_credential(2, 1, 1);
  ASSERT_THAT(storage().erase_user(make_guard(1), "user-1", make_audit(1, 2)),
              Answers(Outcome::kDone));
  EXPECT_FALSE(find(1, "user-1").user);
  EXPECT_EQ(find(2, "user-1").credentials.size(), 1U);
  EXPECT_TRUE(storage().read_sign_in(id_of<TenantId>(2), make_credential(1, 1).id, {})->credential);
}

TEST_F(UserContract, P7AuditEntryOfAnotherTenantIsRefused) {
  add_user(1, 1);
  EXPECT_THAT(storage().erase_user(make_guard(1), "user-1", make_audit(2, 2)),
              FailsWith(StorageErrorCode::kInvalidArgument));
  EXPECT_TRUE(find(1, "user-1").user);
}

TEST_F(UserContract, P6ExternalIdsCompareByteByByte) {
  const std::string with_nul("user\0one", 8);
  const std::vector<std::string> ids = {"user",
                                        "User",
                                        "user ",
                                        with_nul,
                                        "us\xFF"
                                        "er",
                                        "\xFF",
                                        " user",
                                        "us\xC3\xA9r",
                                        "use\xCC\x81r"};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    PutUser put = make_put_user(1, i + 1);
    put.user.external_id = ids[i];
    const auto answer = storage().put_user(put);
    ASSERT_TRUE(answer);
    ASSERT_TRUE(answer->created) << i;
  }
  reopen();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_TRUE(find(1, ids[i]).user) << i;
    EXPECT_EQ(find(1, ids[i]).user->handle, id_of<UserHandle>(i + 1));
    EXPECT_EQ(find(1, ids[i]).user->external_id, ids[i]);
  }
  EXPECT_FALSE(find(1, "USER").user);
  EXPECT_FALSE(find(1, "user  ").user);
}

TEST_F(UserContract, P6ListGoesByBytesInPages) {
  const std::vector<std::string> ids = {
      std::string("a\0", 2), "a", "B", "b", "\xFF\xFF", "\xFF", "aa"};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    PutUser put = make_put_user(1, i + 1);
    put.user.external_id = ids[i];
    ASSERT_TRUE(storage().put_user(put)->created);
  }
  for (const std::uint32_t limit : {1U, 2U, 3U, 7U, 1000U}) {
    PageRequest page;
    page.limit = limit;
    std::vector<std::string> seen;
    for (int pages = 0; pages < 20; ++pages) {
      const auto answer = storage().list_users(id_of<TenantId>(1), page);
      ASSERT_TRUE(answer);
      ASSERT_LE(answer->items.size(), limit);
      for (const UserAccount& user : answer->items) seen.push_back(user.external_id);
      page.after = answer->next;
      if (page.after.empty()) break;
    }
    EXPECT_THAT(seen, ::testing::ElementsAre("B", "a", std::string("a\0", 2), "aa", "b", "\xFF",
                                             "\xFF\xFF"));
  }
  EXPECT_TRUE(storage().list_users(id_of<TenantId>(2), {})->items.empty());
}

TEST_F(UserContract, P10PageLimitsAreHeldTo) {
  PageRequest page;
  page.limit = 0;
  EXPECT_THAT(storage().list_users(id_of<TenantId>(1), page),
              FailsWith(StorageErrorCode::kInvalidArgument));
  page.limit = 1001;
  EXPECT_THAT(storage().list_users(id_of<TenantId>(1), page),
              FailsWith(StorageErrorCode::kInvalidArgument));
}

TEST_F(UserContract, RenameSetsTheNameOfThatCredentialAlone) {
  add_user(1, 1);
  add_credential(1, 1, 1);
  add_credential(1, 1, 2);
  EXPECT_THAT(storage().rename_credential(make_guard(1), "user-1", make_credential(1, 2).id,
                                          "Renamed", make_audit(1, 2)),
              Answers(Outcome::kDone));
  const UserView view = find(1, "user-1");
  ASSERT_EQ(view.credentials.size(), 2U);
  EXPECT_EQ(view.credentials[0].name, "Passkey 1");
  EXPECT_EQ(view.credentials[1].name, "Renamed");
  EXPECT_EQ(view.credentials[1].version, 2U);
}

TEST_F(UserContract, CredentialOfAnotherUserIsNotFound) {
  add_user(1, 1);
  add_user(1, 2);
  add_credential(1, 1, 1);
  const Bytes id = make_credential(1, 1).id;
  EXPECT_THAT(storage().rename_credential(make_guard(1), "user-2", id, "x", make_audit(1, 2)),
              Answers(Outcome::kNotFound));
  EXPECT_THAT(storage().erase_credential(make_guard(1), "user-2", id, make_audit(1, 2)),
              Answers(Outcome::kNotFound));
  EXPECT_THAT(storage().erase_credential(make_guard(1), "user-3", id, make_audit(1, 2)),
              Answers(Outcome::kUserGone));
  EXPECT_EQ(find(1, "user-1").credentials.size(), 1U);
}

TEST_F(UserContract, EraseCredentialFreesItsId) {
  add_user(1, 1);
  add_credential(1, 1, 1);
  add_credential(1, 1, 2);
  const Bytes id = make_credential(1, 1).id;
  ASSERT_THAT(storage().erase_credential(make_guard(1), "user-1", id, make_audit(1, 2)),
              Answers(Outcome::kDone));
  reopen();
  EXPECT_FALSE(storage().read_sign_in(id_of<TenantId>(1), id, {})->credential);
  ASSERT_EQ(find(1, "user-1").credentials.size(), 1U);
  EXPECT_EQ(find(1, "user-1").credentials[0].id, make_credential(1, 2).id);
  add_user(1, 2);
  CommitRegistration other = make_registration(1, 2, 3);
  other.credential.id = id;
  EXPECT_THAT(storage().commit_registration(other), Answers(Outcome::kDone));
}

}  // namespace
}  // namespace masterkey2::testing
