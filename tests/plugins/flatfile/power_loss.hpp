// What a power failure may leave of a folder: whatever was synced, and of the rest any part.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "plugins/flatfile/change_recorder.hpp"

namespace masterkey2::testing {

struct DiskState {
  std::map<std::string, FileId> names;
  std::map<FileId, Bytes> contents;

  /// Into an empty folder. `durable` gets the inode that its segment has now, as if it had stayed.
  void write_to(const std::string& folder, const std::map<FileId, std::uint64_t>& inodes) const;
};

/// A state, how many promises were made before the power failed, and how it came to be.
using LookAtState = std::function<void(const DiskState&, std::size_t promises,
                                       const std::function<std::string()>& describe)>;

/// Each state once for each number of promises: after each change, of the changes that no sync
/// covers: all there; none; each one missing; each one alone; the later ones without the earlier
/// ones; and those written torn in the middle and at sectors, either half of them missing, or zeros
/// in their place; `random_choices` others by `seed`. Names count as changes of their own, whatever
/// happens to what is in the files. Takes `one_of` so many of them; answers how many there were.
std::size_t for_each_state_after_power_loss(const History& history, std::size_t random_choices,
                                            std::uint32_t seed, std::uint32_t one_of,
                                            const LookAtState& look);

}  // namespace masterkey2::testing
