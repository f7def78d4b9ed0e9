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

#include "keyed_hash.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2::flatfile {

/// Open addressing, linear probing, no tombstones. `Key` is an Identifier; nobody can choose keys
/// that collide, for `secret` is known to this process alone.
template <class Key, class Value>
class IdMap {
 public:
  explicit IdMap(std::uint64_t secret = 0) : secret_(secret) {}

  [[nodiscard]] Value* find(const Key& key) {
    const std::size_t at = position(key);
    return at == kNone ? nullptr : &entries_[at].value;
  }
  [[nodiscard]] const Value* find(const Key& key) const {
    const std::size_t at = position(key);
    return at == kNone ? nullptr : &entries_[at].value;
  }
  Value& operator[](const Key& key) {
    if (Value* known = find(key)) return *known;
    if ((count_ + 1) * 4 > entries_.size() * 3) grow();
    ++count_;
    return place(Entry{true, key, Value{}});
  }
  void erase(const Key& key) {
    std::size_t hole = position(key);
    if (hole == kNone) return;
    --count_;
    // Entries that probing had pushed past the hole move back into it.
    for (std::size_t next = after(hole); entries_[next].used; next = after(next)) {
      const std::size_t home = home_of(entries_[next].key);
      const bool reachable =
          hole <= next ? (hole < home && home <= next) : (hole < home || home <= next);
      if (reachable) continue;
      entries_[hole] = std::move(entries_[next]);
      hole = next;
    }
    entries_[hole] = Entry{};
  }
  [[nodiscard]] std::size_t size() const { return count_; }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Entry& entry : entries_) {
      if (entry.used) visit(entry.key, entry.value);
    }
  }

 private:
  struct Entry {
    bool used = false;
    Key key;
    Value value;
  };
  static constexpr std::size_t kNone = SIZE_MAX;

  [[nodiscard]] std::size_t after(std::size_t at) const { return (at + 1) & (entries_.size() - 1); }
  [[nodiscard]] std::size_t home_of(const Key& key) const {
    return static_cast<std::size_t>(keyed_hash(secret_, key.view())) & (entries_.size() - 1);
  }
  [[nodiscard]] std::size_t position(const Key& key) const {
    if (entries_.empty()) return kNone;
    for (std::size_t at = home_of(key); entries_[at].used; at = after(at)) {
      if (entries_[at].key == key) return at;
    }
    return kNone;
  }
  Value& place(Entry&& entry) {
    std::size_t at = home_of(entry.key);
    while (entries_[at].used) at = after(at);
    entries_[at] = std::move(entry);
    return entries_[at].value;
  }
  void grow() {
    std::vector<Entry> old = std::move(entries_);
    entries_ = std::vector<Entry>(std::max<std::size_t>(8, old.size() * 2));
    for (Entry& entry : old) {
      if (entry.used) place(std::move(entry));
    }
  }

  std::uint64_t secret_;
  std::size_t count_ = 0;
  std::vector<Entry> entries_;
};

/// The same surface for keys that clients choose.
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
    const Value* known = rows_.find(key);
    if (known == nullptr || known->keep_until != value.keep_until) schedule(key, value.keep_until);
    Value& row = rows_[key];
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
