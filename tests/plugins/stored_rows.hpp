// Whole stores in tests: all rows in memory, and a store that has some of everything.
#pragma once

#include <string>
#include <vector>

#include "plugins/rows.hpp"

namespace masterkey2::testing {

class CollectedRows final : public RowSink {
 public:
  StorageResult<void> put(const StoredRow& row) override {
    rows.push_back(row);
    return {};
  }
  void damaged(std::string_view what) override { damage.emplace_back(what); }

  std::vector<StoredRow> rows;
  std::vector<std::string> damage;
};

/// Gives `rows`, then fails with `end` if it is set.
class GivenRows final : public RowSource {
 public:
  explicit GivenRows(std::vector<StoredRow> rows) : rows_(std::move(rows)) {}
  StorageResult<bool> next(StoredRow& row) override {
    if (at_ == rows_.size()) return end ? StorageResult<bool>(*end) : StorageResult<bool>(false);
    row = rows_[at_++];
    return true;
  }

  std::optional<StorageError> end;

 private:
  std::vector<StoredRow> rows_;
  std::size_t at_ = 0;
};

/// Rows of every kind in an initialised store, with every state that a row can be in. Answers what
/// went wrong, or nothing.
[[nodiscard]] std::string fill_store(Storage& storage);

}  // namespace masterkey2::testing
