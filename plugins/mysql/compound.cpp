#include "compound.hpp"

namespace masterkey2::mysql {
namespace {

// COMMIT is outside of the block whose errors are handled: of its failures nobody knows the end. A
// message may have 128 characters, or SIGNAL fails itself.
constexpr std::string_view kHead = R"(BEGIN NOT ATOMIC
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    DECLARE number INT;
    DECLARE message TEXT;
    GET DIAGNOSTICS CONDITION 1 number = MYSQL_ERRNO, message = MESSAGE_TEXT;
    ROLLBACK;
    SET message = LEFT(message, 128);
    SIGNAL SQLSTATE ')";
constexpr std::string_view kBegin = R"(' SET MYSQL_ERRNO = number, MESSAGE_TEXT = message;
  END;
  START TRANSACTION;
)";
constexpr std::string_view kOrFail =
    ";\n  IF ROW_COUNT() <> 1 THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = ";
constexpr std::string_view kEndFail = ", MESSAGE_TEXT = 'no row'; END IF;\n";
constexpr std::string_view kCommit = "END;\nCOMMIT;\nEND";

}  // namespace

std::string compound_transaction(std::initializer_list<std::string_view> statements) {
  std::string sql(kHead);
  sql += kRolledBackState;
  sql += kBegin;
  for (const std::string_view statement : statements) {
    sql += statement;
    sql += kOrFail;
    sql += std::to_string(kNoRowNumber);
    sql += kEndFail;
  }
  sql += kCommit;
  return sql;
}

}  // namespace masterkey2::mysql
