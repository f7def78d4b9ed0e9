// A transaction in one statement: all of it or nothing, and the error says which.
#include "plugins/mysql/compound.hpp"

#include <thread>

#include "plugins/mysql/connection.hpp"
#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

using mysql::SqlError;
using mysql::SqlErrorKind;

class CompoundTransaction : public MysqlTest {
 protected:
  CompoundTransaction() : connection_(connect()) {
    connection_->command("CREATE TABLE first_rows (id INT PRIMARY KEY) ENGINE=InnoDB");
    connection_->command("CREATE TABLE second_rows (id INT PRIMARY KEY) ENGINE=InnoDB");
  }

  [[nodiscard]] std::unique_ptr<mysql::Connection> connect() const {
    mysql::MysqlOptions options;
    options.socket = shared_server().socket();
    options.database = database();
    options.user = "root";
    return mysql::Connection::open(options);
  }
  [[nodiscard]] mysql::Connection& connection() { return *connection_; }

  static constexpr std::string_view kInsertFirst = "INSERT INTO first_rows VALUES (?)";
  static constexpr std::string_view kInsertSecond = "INSERT INTO second_rows VALUES (?)";

  void insert(std::uint64_t first, std::uint64_t second) {
    connection_->execute(mysql::compound_transaction({kInsertFirst, kInsertSecond}),
                         {first, second});
  }
  /// How the transaction of `statements` fails.
  SqlError failure(std::initializer_list<std::string_view> statements,
                   const mysql::Params& params) {
    try {
      connection_->execute(mysql::compound_transaction(statements), params);
    } catch (const SqlError& error) {
      return error;
    }
    ADD_FAILURE() << "it succeeded";
    return SqlError({StorageErrorCode::kInternal, ""});
  }
  void expect_nothing_open() const {
    EXPECT_EQ(shared_server().number("SELECT COUNT(*) FROM information_schema.innodb_trx"), 0U);
  }

 private:
  std::unique_ptr<mysql::Connection> connection_;
};

TEST_F(CompoundTransaction, WritesAll) {
  for (const mysql::Mode mode : {mysql::Mode::kStatements, mysql::Mode::kTransactions}) {
    connection().set_mode(mode);
    insert(mode == mysql::Mode::kStatements ? 1 : 2, 3 + rows_of("first_rows"));
  }
  EXPECT_EQ(rows_of("first_rows"), 2U);
  EXPECT_EQ(rows_of("second_rows"), 2U);
  expect_nothing_open();
}

TEST_F(CompoundTransaction, KeepsNothingWhereAStatementWritesNoRow) {
  const SqlError error =
      failure({kInsertFirst, "UPDATE second_rows SET id = id + 1 WHERE id = ?"}, {1U, 1U});
  EXPECT_EQ(error.kind(), SqlErrorKind::kNoRow);
  EXPECT_TRUE(error.rolled_back());
  EXPECT_EQ(rows_of("first_rows"), 0U);
  expect_nothing_open();
}

TEST_F(CompoundTransaction, KeepsNothingWhereAStatementWritesTwoRows) {
  insert(1, 1);
  insert(2, 2);
  const SqlError error =
      failure({kInsertFirst, "UPDATE second_rows SET id = id + 10 WHERE id >= ?"}, {3U, 0U});
  EXPECT_EQ(error.kind(), SqlErrorKind::kNoRow);
  EXPECT_EQ(rows_of("first_rows"), 2U);
  EXPECT_EQ(rows_of("second_rows WHERE id > 2"), 0U);
}

TEST_F(CompoundTransaction, KeepsNothingWhereAKeyIsInUse) {
  insert(1, 1);
  const SqlError error = failure({kInsertFirst, kInsertSecond}, {2U, 1U});
  EXPECT_EQ(error.kind(), SqlErrorKind::kDuplicate);
  EXPECT_TRUE(error.rolled_back());
  EXPECT_EQ(rows_of("first_rows"), 1U);
  expect_nothing_open();
}

TEST_F(CompoundTransaction, FailsWithALongMessageAndServesAgain) {
  const std::string name(60, 'n');  // with its database beyond the 128 characters of a message
  const std::string insert_third = "INSERT INTO " + name + " VALUES (?)";
  connection().command("CREATE TABLE " + name + " (id INT, CONSTRAINT " + name +
                       " CHECK (id > 5)) ENGINE=InnoDB");
  const SqlError error = failure({kInsertFirst, insert_third}, {1U, 1U});
  EXPECT_TRUE(error.rolled_back()) << error.what();
  EXPECT_EQ(rows_of("first_rows"), 0U);
  connection().execute(mysql::compound_transaction({kInsertFirst, insert_third}), {1U, 6U});
  EXPECT_EQ(rows_of("first_rows"), 1U);
}

TEST_F(CompoundTransaction, FailsWhereATableHasGoneAndServesOnceItIsBack) {
  insert(1, 1);
  connection().command("RENAME TABLE second_rows TO hidden");
  const SqlError error = failure({kInsertFirst, kInsertSecond}, {2U, 2U});
  EXPECT_EQ(error.kind(), SqlErrorKind::kNoTable);
  EXPECT_TRUE(error.rolled_back());
  EXPECT_EQ(rows_of("first_rows"), 1U);
  connection().command("RENAME TABLE hidden TO second_rows");
  insert(2, 2);
  EXPECT_EQ(rows_of("second_rows"), 2U);
}

TEST_F(CompoundTransaction, WhoWaitsTooLongForARowLosesAndHasEnded) {
  insert(1, 1);
  const auto other = connect();
  other->command("START TRANSACTION");
  other->execute("UPDATE second_rows SET id = 9 WHERE id = 1", {});
  const SqlError error =
      failure({kInsertFirst, "UPDATE second_rows SET id = id + 1 WHERE id = ?"}, {2U, 1U});
  EXPECT_EQ(error.kind(), SqlErrorKind::kConflict);
  EXPECT_TRUE(error.rolled_back());
  other->command("ROLLBACK");
  EXPECT_EQ(rows_of("first_rows"), 1U);
  expect_nothing_open();
}

TEST_F(CompoundTransaction, KeepsNothingWhenSomebodyEndsIt) {
  insert(1, 1);
  std::thread killer([this] {
    const std::string sleeper = "FROM information_schema.processlist WHERE state = 'User sleep'";
    while (shared_server().number("SELECT COUNT(*) " + sleeper) == 0) {
    }
    execute("KILL QUERY " + std::to_string(shared_server().number("SELECT id " + sleeper)));
  });
  const SqlError error =
      failure({kInsertFirst, "UPDATE second_rows SET id = 5 + SLEEP(600) WHERE id = ?"}, {2U, 1U});
  killer.join();
  EXPECT_TRUE(error.rolled_back()) << error.what();
  EXPECT_EQ(rows_of("first_rows"), 1U);
  expect_nothing_open();
}

TEST_F(CompoundTransaction, IsUnknownToAServerThatCannotPrepareIt) {
  mysql::MysqlOptions options;
  options.socket = proxy().socket();
  options.database = database();
  options.user = "masterkey2";
  proxy().refuse_compound_statements();
  const auto behind = mysql::Connection::open(options);
  try {
    behind->execute(mysql::compound_transaction({kInsertFirst}), {1U});
    ADD_FAILURE() << "it succeeded";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.kind(), SqlErrorKind::kUnknown);
    EXPECT_FALSE(error.rolled_back());
  }
  EXPECT_EQ(rows_of("first_rows"), 0U);
}

}  // namespace
}  // namespace masterkey2::testing
