// One session with the database server. MySQL Connector/C++ is behind this header alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"
#include "options.hpp"
#include "param.hpp"
#include "sql_error.hpp"

namespace masterkey2::mysql {

using Clock = std::chrono::steady_clock;

/// What a query answered: rows one after the other, their columns from left to right. At most one
/// of a statement at a time. A column that does not fit what it is read as is kCorrupt (thrown).
class Rows {
 public:
  class Source;
  explicit Rows(std::unique_ptr<Source> source);
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  /// To the next row; false at the end.
  [[nodiscard]] bool next();
  /// Of the column that is read next.
  [[nodiscard]] bool is_null();
  void skip(unsigned columns) { column_ += columns; }

  /// NULL reads as 0, false and empty.
  [[nodiscard]] std::uint64_t unsigned_integer();
  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] bool boolean() { return unsigned_integer() != 0; }
  [[nodiscard]] std::string text();
  [[nodiscard]] Bytes bytes();
  template <class Id>
  [[nodiscard]] Id id() {
    const auto value = Id::from(bytes());
    if (!value) throw_corrupt("an identifier of the wrong length");
    return *value;
  }
  /// Below 2^32, and so on.
  template <class Integer>
  [[nodiscard]] Integer small() {
    const std::uint64_t value = unsigned_integer();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) {
      throw_corrupt("a number that is too large");
    }
    return static_cast<Integer>(value);
  }

 private:
  [[noreturn]] static void throw_corrupt(const char* what);

  std::unique_ptr<Source> source_;
  unsigned column_ = 1;
};

/// How what a session writes comes to be committed.
enum class Mode {
  kStatements,    ///< autocommit = 1: by itself, at the end of each statement
  kTransactions,  ///< autocommit = 0: by COMMIT. The first statement since the last one begins.
};

/// One thread at a time. Throws SqlError.
class Connection {
 public:
  /// Connects and forces the settings of the session, in Mode::kStatements; the schema is not
  /// looked at.
  [[nodiscard]] static std::unique_ptr<Connection> open(const MysqlOptions& options);
  virtual ~Connection() = default;

  /// Of the server and the session, as they were found.
  struct Facts {
    std::string version;
    bool galera = false;
    bool flushes_at_commit = true;  ///< innodb_flush_log_at_trx_commit = 1
  };
  [[nodiscard]] virtual const Facts& facts() const = 0;

  [[nodiscard]] virtual Mode mode() const = 0;
  /// Between transactions only. A round trip, unless it is the mode already.
  virtual void set_mode(Mode mode) = 0;

  /// No statement starts after `moment` (kUnavailable).
  virtual void set_last_start(Clock::time_point moment) = 0;
  [[nodiscard]] virtual Rows query(std::string_view sql, const Params& params) = 0;
  /// Answers how many rows were matched or inserted.
  virtual std::uint64_t execute(std::string_view sql, const Params& params) = 0;
  /// A statement without parameters and rows, not prepared.
  virtual void command(std::string_view sql) = 0;
};

}  // namespace masterkey2::mysql
