// The one file that knows MySQL Connector/C++ (1.1). Its traps, all met here:
//  - Connection::commit() swallows every error: COMMIT is executed as SQL, here as `command`.
//  - Options that it does not know are ignored: what matters is read back from the session.
//  - Without CLIENT_FOUND_ROWS an UPDATE that changes nothing counts no row.
//  - OPT_RECONNECT loses the session's settings and statements: off, a lost connection is dropped.
#include "connection.hpp"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "compound.hpp"

namespace masterkey2::mysql {
namespace {

/// However patient somebody is with statements.
constexpr int kMostConnectSeconds = 10;

/// A folder that does not exist.
constexpr const char* kNoPlugins = "/dev/null";

struct ErrorClass {
  SqlErrorKind kind = SqlErrorKind::kOther;
  StorageErrorCode code = StorageErrorCode::kInternal;
};

/// By the numbers of the server (1000…) and the client library (2000…).
ErrorClass classify(int number) {
  switch (number) {
    case 1062:  // duplicate entry
    case 1586:
      return {SqlErrorKind::kDuplicate, StorageErrorCode::kInternal};
    case 1213:  // deadlock; on Galera also: lost the certification at COMMIT
    case 1205:  // lock wait timeout
    case 1020:  // record has changed since last read (innodb_snapshot_isolation)
      return {SqlErrorKind::kConflict, StorageErrorCode::kConflict};
    case 2006:  // server has gone away: the statement could not be written
      return {SqlErrorKind::kGone, StorageErrorCode::kUnavailable};
    case 2002:  // cannot connect
    case 2003:
    case 2005:
    case 2012:
    case 2013:  // lost connection
    case 2014:  // out of sync
    case 2026:  // TLS
    case 2027:  // malformed packet
    case 2055:
    case 1053:  // server shutdown in progress
    case 1077:
    case 1079:
    case 1080:
    case 1152:
    case 1158:
    case 1159:
    case 1160:
    case 1161:
    case 1184:
    case 1927:  // connection was killed
    case 3169:  // the same on MySQL 8
    case 4031:  // closed for inactivity on MySQL 8
      return {SqlErrorKind::kLost, StorageErrorCode::kUnavailable};
    case kNoRowNumber:
      return {SqlErrorKind::kNoRow, StorageErrorCode::kInternal};
    case 1064:  // not its SQL
    case 1235:
    case 1295:  // not to be prepared
      return {SqlErrorKind::kUnknown, StorageErrorCode::kInternal};
    case 1146:  // no such table
      return {SqlErrorKind::kNoTable, StorageErrorCode::kIncompatible};
    case 1034:  // broken index or table
    case 1194:
    case 1712:
      return {SqlErrorKind::kOther, StorageErrorCode::kCorrupt};
    case 1021:  // disk full
    case 1030:
    case 1037:
    case 1040:  // too many connections
    case 1041:
    case 1044:  // access denied
    case 1045:
    case 1047:  // Galera without quorum
    case 1049:  // unknown database
    case 1114:  // table is full
    case 1129:  // host is blocked
    case 1130:
    case 1142:  // command denied
    case 1143:
    case 1180:  // error during COMMIT
    case 1203:
    case 1206:
    case 1226:
    case 1227:
    case 1290:  // --read-only
    case 1317:  // interrupted
    case 1698:  // access denied, by the socket
    case 1792:
    case 1836:  // read-only mode
    case 1969:  // max_statement_time
    case 3024:
      return {SqlErrorKind::kOther, StorageErrorCode::kUnavailable};
    default:
      return {};
  }
}

[[noreturn]] void rethrow(const sql::SQLException& error) {
  const auto [kind, code] = classify(error.getErrorCode());
  // A message for a duplicate quotes its key, which may be anybody's: the number will do.
  std::string detail = "database error " + std::to_string(error.getErrorCode());
  if (kind != SqlErrorKind::kDuplicate) detail += std::string(": ") + error.what();
  throw SqlError(kind, code, std::move(detail), error.getSQLState() == kRolledBackState);
}

/// Runs `work`; what the Connector throws becomes a SqlError.
template <class Work>
auto translated(Work&& work) {
  try {
    return work();
  } catch (const sql::SQLException& error) {
    rethrow(error);
  } catch (const SqlError&) {
    throw;
  } catch (const std::exception& error) {
    throw SqlError(SqlErrorKind::kLost, StorageErrorCode::kUnavailable, error.what());
  }
}

sql::Driver& driver() {
  static std::once_flag once;
  static sql::Driver* instance = nullptr;
  std::call_once(once, [] { instance = sql::mysql::get_driver_instance(); });
  return *instance;
}

sql::ConnectOptionsMap connect_options(const MysqlOptions& options) {
  sql::ConnectOptionsMap map;
  map["hostName"] =
      sql::SQLString(options.host.empty() ? "unix://" + options.socket : "tcp://" + options.host);
  if (!options.host.empty()) map["port"] = static_cast<int>(options.port);
  map["userName"] = sql::SQLString(options.user);
  if (!options.password_file.empty()) {
    auto password = read_password(options.password_file);
    if (!password) {
      throw SqlError({StorageErrorCode::kUnavailable, std::move(password.error().detail)});
    }
    map["password"] = sql::SQLString(*password);
  }
  map["schema"] = sql::SQLString(options.database);
  map["OPT_CHARSET_NAME"] = sql::SQLString("binary");
  map["OPT_RECONNECT"] = false;
  map["OPT_LOCAL_INFILE"] = 0;
  map["CLIENT_MULTI_STATEMENTS"] = false;
  map["CLIENT_FOUND_ROWS"] = true;
  // A statement that starts when a second is left over ends in time.
  const int limit = static_cast<int>(options.timeout.count()) - 1;
  map["OPT_CONNECT_TIMEOUT"] = std::min(limit, kMostConnectSeconds);
  map["OPT_READ_TIMEOUT"] = limit;
  map["OPT_WRITE_TIMEOUT"] = limit;
  if (!options.host.empty() && (options.tls_required || !options.tls_ca.empty())) {
    map["sslEnforce"] = true;
    if (!options.tls_ca.empty()) map["sslCA"] = sql::SQLString(options.tls_ca);
    if (!options.tls_cert.empty()) map["sslCert"] = sql::SQLString(options.tls_cert);
    if (!options.tls_key.empty()) map["sslKey"] = sql::SQLString(options.tls_key);
    if (options.tls_verify) map["sslVerify"] = true;
  } else if (!options.host.empty()) {
    // Whoever answers may name a way to log in, and one of the client's plugins says the password
    // in clear. What is built in (mysql_native_password) proves it without saying it.
    map["pluginDir"] = sql::SQLString(kNoPlugins);
  }
  return map;
}

}  // namespace

class Rows::Source {
 public:
  explicit Source(std::unique_ptr<sql::ResultSet> set) : set_(std::move(set)) {}
  [[nodiscard]] sql::ResultSet& set() { return *set_; }

 private:
  std::unique_ptr<sql::ResultSet> set_;
};

Rows::Rows(std::unique_ptr<Source> source) : source_(std::move(source)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

bool Rows::next() {
  column_ = 1;
  return translated([this] { return source_->set().next(); });
}

bool Rows::is_null() {
  return translated([this] { return source_->set().isNull(column_); });
}

std::uint64_t Rows::unsigned_integer() {
  return translated([this] { return source_->set().getUInt64(column_++); });
}

std::int64_t Rows::integer() {
  return translated([this] { return source_->set().getInt64(column_++); });
}

std::string Rows::text() {
  return translated([this] { return source_->set().getString(column_++).asStdString(); });
}

Bytes Rows::bytes() {
  const std::string value = text();
  return {value.begin(), value.end()};
}

void Rows::throw_corrupt(const char* what) {
  throw SqlError({StorageErrorCode::kCorrupt, std::string("a row of the database has ") + what});
}

namespace {

class ConnectorConnection final : public Connection {
 public:
  explicit ConnectorConnection(const MysqlOptions& options) {
    translated([&] {
      sql::ConnectOptionsMap map = connect_options(options);
      connection_.reset(driver().connect(map));
    });
    read_facts();
    require_tls(options);
    force_settings();
  }

  [[nodiscard]] const Facts& facts() const override { return facts_; }
  [[nodiscard]] Mode mode() const override { return mode_; }
  void set_mode(Mode mode) override {
    if (mode == mode_) return;
    command(mode == Mode::kStatements ? "SET SESSION autocommit = 1"
                                      : "SET SESSION autocommit = 0");
    mode_ = mode;
  }
  void set_last_start(Clock::time_point moment) override { last_start_ = moment; }

  [[nodiscard]] Rows query(std::string_view sql, const Params& params) override {
    return answered([&] {
      sql::PreparedStatement& statement = prepared(sql);
      bind(statement, params);
      check_deadline();
      return Rows(std::make_unique<Rows::Source>(
          std::unique_ptr<sql::ResultSet>(statement.executeQuery())));
    });
  }

  std::uint64_t execute(std::string_view sql, const Params& params) override {
    return answered([&] {
      sql::PreparedStatement& statement = prepared(sql);
      bind(statement, params);
      check_deadline();
      return static_cast<std::uint64_t>(statement.executeUpdate());
    });
  }

  void command(std::string_view sql) override {
    answered([&] {
      check_deadline();
      const std::unique_ptr<sql::Statement> statement(connection_->createStatement());
      statement->execute(sql::SQLString(sql.data(), sql.size()));
    });
  }

 private:
  /// Runs a statement. A Galera node that has lost the others, or has yet to catch up, fails most
  /// of them with the number of a lock wait.
  template <class Work>
  auto answered(Work&& work) -> decltype(work()) {
    try {
      return translated(work);
    } catch (const SqlError& error) {
      if (error.kind() != SqlErrorKind::kConflict || !facts_.galera || is_ready()) throw;
      throw SqlError(
          {StorageErrorCode::kUnavailable,
           "this Galera node is not with the majority of nodes (wsrep_ready is not ON)"});
    }
  }

  [[nodiscard]] bool is_ready() const {
    return translated([&] {
      const std::unique_ptr<sql::Statement> statement(connection_->createStatement());
      const std::unique_ptr<sql::ResultSet> answer(
          statement->executeQuery("SHOW GLOBAL STATUS LIKE 'wsrep_ready'"));
      return answer->next() && answer->getString(2) == "ON";
    });
  }

  void check_deadline() const {
    if (Clock::now() > last_start_) {
      throw SqlError(SqlErrorKind::kNotSent, StorageErrorCode::kUnavailable,
                     "the database is too slow: no time left for the next statement");
    }
  }

  sql::PreparedStatement& prepared(std::string_view sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) return *known->second;
    check_deadline();
    std::unique_ptr<sql::PreparedStatement> statement(
        connection_->prepareStatement(sql::SQLString(sql.data(), sql.size())));
    return *statements_.emplace(std::string(sql), std::move(statement)).first->second;
  }

  static void bind(sql::PreparedStatement& statement, const Params& params) {
    unsigned index = 0;
    for (const Param& param : params) {
      ++index;
      if (const auto* number = std::get_if<std::uint64_t>(&param.value())) {
        statement.setUInt64(index, *number);
      } else if (const auto* signed_number = std::get_if<std::int64_t>(&param.value())) {
        statement.setInt64(index, *signed_number);
      } else if (const auto* bytes = std::get_if<ByteView>(&param.value())) {
        const std::string_view text = as_text(*bytes);
        statement.setString(
            index, text.empty() ? sql::SQLString() : sql::SQLString(text.data(), text.size()));
      } else {
        statement.setNull(index, sql::DataType::VARBINARY);
      }
    }
  }

  void read_facts() {
    Rows rows = query(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('version', 'innodb_snapshot_isolation', "
        "'wsrep_on', 'innodb_flush_log_at_trx_commit')",
        {});
    while (rows.next()) {
      const std::string name = rows.text();
      const std::string value = rows.text();
      if (name == "version") facts_.version = value;
      if (name == "innodb_snapshot_isolation") has_snapshot_isolation_ = true;
      if (name == "wsrep_on") facts_.galera = value == "ON";
      if (name == "innodb_flush_log_at_trx_commit") facts_.flushes_at_commit = value == "1";
    }
  }

  /// What was asked for by options is not taken for granted.
  void require_tls(const MysqlOptions& options) {
    if (options.host.empty() || !options.tls_required) return;
    Rows rows = query("SHOW SESSION STATUS LIKE 'Ssl_cipher'", {});
    bool encrypted = false;
    if (rows.next()) {
      rows.skip(1);
      encrypted = !rows.text().empty();
    }
    if (!encrypted) {
      throw SqlError({StorageErrorCode::kUnavailable,
                      "the connection to the database is not encrypted, but tls_required is yes"});
    }
  }

  /// Nothing rests on how the server is configured. READ COMMITTED, because every decision rests on
  /// locking reads and unique keys, and because it locks no gaps.
  void force_settings() {
    std::string sql =
        "SET SESSION autocommit = 1, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
        "time_zone = '+00:00', innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, "
        "foreign_key_checks = 1, unique_checks = 1, completion_type = 0";
    if (has_snapshot_isolation_) sql += ", innodb_snapshot_isolation = ON";
    if (facts_.galera) sql += ", wsrep_sync_wait = 7";
    command(sql);
    command("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE");
  }

  Clock::time_point last_start_ = Clock::time_point::max();
  Facts facts_;
  Mode mode_ = Mode::kStatements;
  bool has_snapshot_isolation_ = false;
  std::unique_ptr<sql::Connection> connection_;
  /// Destroyed before the connection that they belong to.
  std::map<std::string, std::unique_ptr<sql::PreparedStatement>, std::less<>> statements_;
};

}  // namespace

std::unique_ptr<Connection> Connection::open(const MysqlOptions& options) {
  return std::make_unique<ConnectorConnection>(options);
}

}  // namespace masterkey2::mysql
