#include "slot_table.hpp"

#include <algorithm>
#include <utility>

namespace masterkey2::flatfile {

void SlotTable::insert(std::uint32_t hash, std::uint32_t slot) {
  if ((count_ + 1) * 4 > entries_.size() * 3) grow();
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = hash & mask;
  for (; entries_[at].slot_plus_one != 0; at = (at + 1) & mask) {
    if (entries_[at].hash == hash && entries_[at].slot_plus_one == slot + 1) return;
  }
  entries_[at] = {hash, slot + 1};
  ++count_;
}

void SlotTable::erase(std::uint32_t hash, std::uint32_t slot) {
  if (entries_.empty()) return;
  const std::size_t mask = entries_.size() - 1;
  std::size_t hole = hash & mask;
  while (entries_[hole].hash != hash || entries_[hole].slot_plus_one != slot + 1) {
    if (entries_[hole].slot_plus_one == 0) return;
    hole = (hole + 1) & mask;
  }
  --count_;
  for (std::size_t next = (hole + 1) & mask; entries_[next].slot_plus_one != 0;
       next = (next + 1) & mask) {
    const std::size_t home = entries_[next].hash & mask;
    const bool reachable =
        hole <= next ? (hole < home && home <= next) : (hole < home || home <= next);
    if (reachable) continue;
    entries_[hole] = entries_[next];
    hole = next;
  }
  entries_[hole] = {};
}

std::vector<std::uint32_t> SlotTable::find(std::uint32_t hash) const {
  std::vector<std::uint32_t> found;
  static_cast<void>(find_if(hash, [&found](std::uint32_t slot) {
    found.push_back(slot);
    return false;
  }));
  return found;
}

void SlotTable::grow() {
  std::vector<Entry> old =
      std::exchange(entries_, std::vector<Entry>(std::max<std::size_t>(8, entries_.size() * 2)));
  const std::size_t mask = entries_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.slot_plus_one == 0) continue;
    std::size_t at = entry.hash & mask;
    while (entries_[at].slot_plus_one != 0) at = (at + 1) & mask;
    entries_[at] = entry;
  }
}

}  // namespace masterkey2::flatfile
