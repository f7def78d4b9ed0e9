#include "directory.hpp"

#include <algorithm>
#include <utility>

#include "keyed_hash.hpp"

namespace masterkey2::flatfile {

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
