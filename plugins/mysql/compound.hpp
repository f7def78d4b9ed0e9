// A transaction in one round trip: a compound statement, which MariaDB knows and MySQL does not.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace masterkey2::mysql {

/// Begins, runs `statements`, each of which must write one row, and commits. The parameters are
/// theirs, one after the other. If one of them fails all is undone: a SqlError that says
/// rolled_back(), of kind kNoRow if one wrote no row. One that does not say so may have committed:
/// COMMIT itself failed, or somebody ended the statement.
[[nodiscard]] std::string compound_transaction(std::initializer_list<std::string_view> statements);

/// SQLSTATE of an error after which nothing has happened, and no transaction is open.
inline constexpr std::string_view kRolledBackState = "45MK2";
/// Number of the error for a statement that wrote no row.
inline constexpr int kNoRowNumber = 31'000;

}  // namespace masterkey2::mysql
