// A hash table of numbers alone; what they number stands elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace masterkey2::flatfile {

/// Multimap from a 32-bit hash to a slot, 8 B an entry: open addressing, no tombstones.
class SlotTable {
 public:
  /// Does nothing if the pair is there.
  void insert(std::uint32_t hash, std::uint32_t slot);
  void erase(std::uint32_t hash, std::uint32_t slot);
  [[nodiscard]] std::vector<std::uint32_t> find(std::uint32_t hash) const;
  /// The first slot of those for which `is_wanted(slot)`.
  template <class IsWanted>
  [[nodiscard]] std::optional<std::uint32_t> find_if(std::uint32_t hash,
                                                     IsWanted&& is_wanted) const {
    if (entries_.empty()) return std::nullopt;
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t at = hash & mask; entries_[at].slot_plus_one != 0; at = (at + 1) & mask) {
      const Entry& entry = entries_[at];
      if (entry.hash == hash && is_wanted(entry.slot_plus_one - 1)) return entry.slot_plus_one - 1;
    }
    return std::nullopt;
  }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t slot_plus_one = 0;  ///< 0: free
  };
  void grow();

  std::size_t count_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace masterkey2::flatfile
