// A database that has no room left, until somebody gives it more.
#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

/// Tables share one file, which may not grow beyond a size.
std::vector<std::string> with_room(const std::string& size) {
  return {"--skip-networking", "--innodb-file-per-table=0", "--innodb-autoextend-increment=1",
          "--innodb-data-file-path=ibdata1:12M:autoextend:max:" + size};
}

TEST(FullDatabase, AcknowledgesNothingThatItCannotKeepAndGoesOnWithMoreRoom) {
  if (!MariadbServer::is_installed()) GTEST_SKIP() << "there is no MariaDB server";
  MariadbServer server(with_room("80M"));
  server.create_database("crowded");
  PluginRequest request;
  request.plugin_dir = Backend::chosen().plugin_dir;
  request.name = "mysql";
  request.allow_own_plugins = true;
  request.options = {{"socket", server.socket()}, {"database", "crowded"}, {"user", "masterkey2"}};
  const LoadedStorage loaded = load(request);
  Storage& storage = loaded.storage();
  ASSERT_THAT(storage.initialize(make_installation()), Answers(Outcome::kDone));
  ASSERT_THAT(storage.insert_tenant(make_insert_tenant(1)), Answers(Outcome::kDone));
  ASSERT_TRUE(storage.put_user(make_put_user(1, 1)));
  ASSERT_THAT(storage.commit_registration(make_registration(1, 1, 1)), Answers(Outcome::kDone));

  server.execute("CREATE TABLE crowded.filler (id INT PRIMARY KEY AUTO_INCREMENT, text LONGBLOB)");
  const auto fill = [&](const std::string& bytes) {
    while (true) {
      server.execute("INSERT INTO crowded.filler (text) VALUES (REPEAT('x', " + bytes + "))");
    }
  };
  for (const char* bytes : {"1000000", "50000"}) EXPECT_THROW(fill(bytes), std::exception);

  const auto sign_in = [&](std::uint64_t number) {
    return storage.commit_sign_in(make_sign_in(1, 1, 1, 10'000 + number, 1'000 + number));
  };
  constexpr std::uint64_t kMany = 20'000;
  std::uint64_t kept = 0;
  StorageResult<Outcome> last = Outcome::kDone;
  while (kept < kMany && (last = sign_in(kept)) && *last == Outcome::kDone) ++kept;
  ASSERT_LT(kept, kMany) << "there was room";
  EXPECT_THAT(last, FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_TRUE(storage.find_tenant(id_of<TenantId>(1))) << "reads go on";

  server.stop();
  server.set_options(with_room("128M"));
  server.start();
  for (std::uint64_t number = 0; number < kept; ++number) {
    ASSERT_THAT(sign_in(number), Answers(Outcome::kClaimTaken)) << number << " of " << kept;
  }
  EXPECT_THAT(sign_in(kept), Answers(Outcome::kDone)) << "what was refused has not happened";
}

}  // namespace
}  // namespace masterkey2::testing
