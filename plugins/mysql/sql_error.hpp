// How a statement can fail. Thrown inside this plugin only, so that a failed statement leaves the
// whole transaction at once; MysqlStorage catches it at the one place that ends transactions.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "masterkey2/storage_error.hpp"

namespace masterkey2::mysql {

enum class SqlErrorKind {
  kDuplicate,  ///< a unique key is in use; the transaction goes on
  kConflict,   ///< deadlock, lock wait or lost certification: nothing happened
  kLost,       ///< the connection is gone
  kGone,       ///< it was before the statement could be sent
  kNoTable,    ///< a table, or the whole schema, is not there
  kNotSent,    ///< it was too late to start the statement
  kNoRow,      ///< a statement of a compound transaction wrote no row
  kUnknown,    ///< the server cannot prepare such a statement
  kOther,      ///< `code` says what it is for the host
};

class SqlError : public std::exception {
 public:
  SqlError(SqlErrorKind kind, StorageErrorCode code, std::string detail, bool rolled_back = false)
      : kind_(kind), rolled_back_(rolled_back), error_{code, std::move(detail)} {}
  explicit SqlError(StorageError error) : kind_(SqlErrorKind::kOther), error_(std::move(error)) {}

  [[nodiscard]] const char* what() const noexcept override { return error_.detail.c_str(); }
  [[nodiscard]] SqlErrorKind kind() const { return kind_; }
  /// A compound transaction failed as a whole: it has ended, and nothing of it happened.
  [[nodiscard]] bool rolled_back() const { return rolled_back_; }
  [[nodiscard]] const StorageError& error() const { return error_; }

 private:
  SqlErrorKind kind_;
  bool rolled_back_ = false;
  StorageError error_;
};

}  // namespace masterkey2::mysql
