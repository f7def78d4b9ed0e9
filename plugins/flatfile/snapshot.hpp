// Writes all that a state holds into files of its own, so that the log before can go.
#pragma once

#include <cstdint>

#include "folder.hpp"
#include "record_writer.hpp"
#include "state.hpp"

namespace masterkey2::flatfile {

/// Runs that the new one takes in.
enum class MergedRuns {
  kSmallerOnes,  ///< so that there are few, each at least twice as large as the next
  kAll,
};

/// `state` must be that at the end of segment `number`, whose seal has the checksum `seal`. Writes
/// the sorted runs and then the snapshot of that number, synced. Audit entries and marks of
/// sessions that need not be kept at `now` may be left out.
[[nodiscard]] StorageResult<void> write_snapshot(const Folder& folder, const State& state,
                                                 std::uint64_t number, std::uint32_t seal,
                                                 UnixMillis now, const StopRequested& stop,
                                                 MergedRuns merged = MergedRuns::kSmallerOnes);

}  // namespace masterkey2::flatfile
