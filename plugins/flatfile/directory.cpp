#include "directory.hpp"

#include <algorithm>
#include <utility>

#include "keyed_hash.hpp"

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
  if (entries_.empty()) return found;
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t at = hash & mask; entries_[at].slot_plus_one != 0; at = (at + 1) & mask) {
    if (entries_[at].hash == hash) found.push_back(entries_[at].slot_plus_one - 1);
  }
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

std::uint32_t Directory::hash(ByteView key) const {
  return static_cast<std::uint32_t>(keyed_hash(secret_, key));
}

std::uint32_t Directory::put(std::string_view external_id, const UserHandle& handle,
                             const Location& location) {
  // A snapshot comes in order, so that the end is the right place most of the time.
  const auto hint = by_external_id_.empty() || by_external_id_.rbegin()->first < external_id
                        ? by_external_id_.end()
                        : by_external_id_.lower_bound(external_id);
  if (hint != by_external_id_.end() && hint->first == external_id) {
    slots_[hint->second] = location;
    return hint->second;
  }
  std::uint32_t slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back(location);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot] = location;
  }
  by_external_id_.emplace_hint(hint, external_id, slot);
  by_handle_.insert(hash(handle.view()), slot);
  return slot;
}

void Directory::add_credential(std::uint32_t slot, ByteView credential_id) {
  by_credential_.insert(hash(credential_id), slot);
}

void Directory::remove_credential(std::string_view external_id, ByteView credential_id) {
  const auto found = by_external_id_.find(external_id);
  if (found != by_external_id_.end()) by_credential_.erase(hash(credential_id), found->second);
}

void Directory::erase(std::string_view external_id, const UserHandle& handle) {
  const auto found = by_external_id_.find(external_id);
  if (found == by_external_id_.end()) return;
  by_handle_.erase(hash(handle.view()), found->second);
  free_slots_.push_back(found->second);
  by_external_id_.erase(found);
}

const Location* Directory::find(std::string_view external_id) const {
  const auto found = by_external_id_.find(external_id);
  return found == by_external_id_.end() ? nullptr : &slots_[found->second];
}

std::vector<Location> Directory::locations(const std::vector<std::uint32_t>& slots) const {
  std::vector<Location> found;
  found.reserve(slots.size());
  for (const std::uint32_t slot : slots) found.push_back(slots_[slot]);
  return found;
}

std::vector<Location> Directory::candidates(const UserHandle& handle) const {
  return locations(by_handle_.find(hash(handle.view())));
}

std::vector<Location> Directory::candidates_of_credential(ByteView credential_id) const {
  return locations(by_credential_.find(hash(credential_id)));
}

}  // namespace masterkey2::flatfile
