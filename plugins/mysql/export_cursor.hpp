// Rows of a table a page at a time, for an export: one that cannot be read is named and passed
// over.
#pragma once

#include <deque>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "masterkey2/stored_row.hpp"

namespace masterkey2::mysql {

struct PlacedCredential {
  StoredCredential row;
  std::uint64_t position = 0;
};

struct PlacedRevocation {
  StoredRevocation row;
  std::uint64_t position = 0;
};

// For sentences about a row of which its key alone can be read.
[[nodiscard]] std::string name_of(const StoredTenant& row);
[[nodiscard]] std::string name_of(const ApiKey& row);
[[nodiscard]] std::string name_of(const StoredUser& row);
[[nodiscard]] std::string name_of(const PlacedCredential& row);
[[nodiscard]] std::string name_of(const StoredClaim& row);
[[nodiscard]] std::string name_of(const StoredSignIn& row);
[[nodiscard]] std::string name_of(const StoredSessionMark& row);
[[nodiscard]] std::string name_of(const StoredIdempotency& row);
[[nodiscard]] std::string name_of(const StoredEphemeral& row);
[[nodiscard]] std::string name_of(const PlacedRevocation& row);
[[nodiscard]] std::string name_of(const AuditEntry& row);

template <class Row>
struct Line {
  Row row{};                          ///< its key alone, if there is damage
  std::optional<std::string> damage;  ///< what cannot be read
};

/// Asks for a page by what the last row was.
template <class Row>
class Cursor {
 public:
  using Fill = std::function<std::vector<Line<Row>>(const Row& last)>;
  Cursor(RowSink& sink, Fill fill) : sink_(sink), fill_(std::move(fill)) {}

  /// Null at the end; lives until the next call.
  [[nodiscard]] const Row* peek() {
    for (;;) {
      if (page_.empty() && !ended_) {
        auto lines = fill_(last_);
        ended_ = lines.empty();
        page_.assign(std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
      }
      if (page_.empty()) return nullptr;
      const Line<Row>& line = page_.front();
      if (!line.damage) return &line.row;
      sink_.damaged(name_of(line.row) + ": " + *line.damage);
      next();
    }
  }
  void next() {
    last_ = std::move(page_.front().row);
    page_.pop_front();
  }

 private:
  RowSink& sink_;
  Fill fill_;
  Row last_{};
  std::deque<Line<Row>> page_;
  bool ended_ = false;
};

}  // namespace masterkey2::mysql
