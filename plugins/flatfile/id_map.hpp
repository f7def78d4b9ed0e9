// Rows in memory, found by identifiers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "keyed_hash.hpp"
#include "slot_table.hpp"

namespace masterkey2::flatfile {

/// `Key` is an Identifier; nobody can choose keys that collide, for `secret` is known to this
/// process alone. The rows stand one behind the other as they came, until some are erased: who goes
/// through them goes through their files, too, and a snapshot of them does not hold them in the
/// order of their hashes, in which they would pile up in the table that it is read into. Any change
/// may move them.
template <class Key, class Value>
class IdMap {
 public:
  explicit IdMap(std::uint64_t secret = 0) : secret_(secret) {}

  [[nodiscard]] Value* find(const Key& key) {
    const auto slot = slot_of(key, hash(key));
    return slot ? &rows_[*slot].value : nullptr;
  }
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto slot = slot_of(key, hash(key));
    return slot ? &rows_[*slot].value : nullptr;
  }
  Value& operator[](const Key& key) {
    const std::uint32_t its_hash = hash(key);
    if (const auto slot = slot_of(key, its_hash)) return rows_[*slot].value;
    // By less than a vector would: most of the time the rest stays empty.
    if (rows_.size() == rows_.capacity()) {
      rows_.reserve(std::max<std::size_t>(4, rows_.size() + rows_.size() / 2));
    }
    slots_.insert(its_hash, static_cast<std::uint32_t>(rows_.size()));
    rows_.push_back({key, Value{}});
    return rows_.back().value;
  }
  /// The last row takes its place.
  void erase(const Key& key) {
    const std::uint32_t its_hash = hash(key);
    const auto slot = slot_of(key, its_hash);
    if (!slot) return;
    slots_.erase(its_hash, *slot);
    const auto last = static_cast<std::uint32_t>(rows_.size() - 1);
    if (*slot != last) {
      const std::uint32_t hash_of_last = hash(rows_[last].key);
      slots_.erase(hash_of_last, last);
      slots_.insert(hash_of_last, *slot);
      rows_[*slot] = std::move(rows_[last]);
    }
    rows_.pop_back();
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Row& row : rows_) visit(row.key, row.value);
  }

 private:
  struct Row {
    Key key;
    Value value;
  };

  [[nodiscard]] std::uint32_t hash(const Key& key) const {
    return static_cast<std::uint32_t>(keyed_hash(secret_, key.view()));
  }
  [[nodiscard]] std::optional<std::uint32_t> slot_of(const Key& key, std::uint32_t its_hash) const {
    return slots_.find_if(its_hash, [&](std::uint32_t slot) { return rows_[slot].key == key; });
  }

  std::uint64_t secret_;
  SlotTable slots_;
  std::vector<Row> rows_;
};

}  // namespace masterkey2::flatfile
