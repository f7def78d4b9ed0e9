// Hash tables for rows that are many, small and forgotten by time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "id_map.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2::flatfile {

/// The surface of IdMap for keys that clients choose.
template <class Value>
class TextMap {
 public:
  explicit TextMap(std::uint64_t /*secret*/ = 0) {}
  [[nodiscard]] Value* find(const std::string& key) {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const Value* find(const std::string& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }
  Value& operator[](const std::string& key) { return rows_[key]; }
  void erase(const std::string& key) { rows_.erase(key); }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [key, value] : rows_) visit(key, value);
  }

 private:
  std::unordered_map<std::string, Value> rows_;
};

/// Rows with a `keep_until`, and the order in which they may be forgotten. That order depends on
/// the rows alone, so that all processes forget the same ones.
template <class Key, class Value, class Map = IdMap<Key, Value>>
class ExpiringTable {
 public:
  explicit ExpiringTable(std::uint64_t secret = 0) : rows_(secret) {}

  [[nodiscard]] Value* find(const Key& key) { return rows_.find(key); }
  [[nodiscard]] const Value* find(const Key& key) const { return rows_.find(key); }
  Value& put(const Key& key, Value value) {
    const std::size_t known = rows_.size();
    Value& row = rows_[key];
    if (rows_.size() > known || row.keep_until != value.keep_until) {
      schedule(key, value.keep_until);
    }
    row = std::move(value);
    return row;
  }
  /// After `keep_until` of a row was changed in place.
  void reschedule(const Key& key, UnixMillis keep_until) { schedule(key, keep_until); }

  /// Forgets at most `limit` rows that need not be kept at `before`; answers how many.
  template <class OnForget>
  std::uint32_t purge(UnixMillis before, std::uint32_t limit, OnForget&& on_forget) {
    std::uint32_t forgotten = 0;
    while (forgotten < limit && !queue_.empty() && queue_.front().first < before) {
      std::ranges::pop_heap(queue_, std::greater<>{});
      const auto [keep_until, key] = std::move(queue_.back());
      queue_.pop_back();
      const Value* row = rows_.find(key);
      if (row == nullptr || row->keep_until != keep_until) continue;  // written anew since
      on_forget(key, *row);
      rows_.erase(key);
      ++forgotten;
    }
    return forgotten;
  }
  [[nodiscard]] bool has_expired(UnixMillis before) const {
    return !queue_.empty() && queue_.front().first < before;
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  template <class Visit>
  void for_each(Visit&& visit) const {
    rows_.for_each(std::forward<Visit>(visit));
  }

 private:
  void schedule(const Key& key, UnixMillis keep_until) {
    queue_.emplace_back(keep_until, key);
    std::ranges::push_heap(queue_, std::greater<>{});
  }

  Map rows_;
  std::vector<std::pair<UnixMillis, Key>> queue_;
};

}  // namespace masterkey2::flatfile
