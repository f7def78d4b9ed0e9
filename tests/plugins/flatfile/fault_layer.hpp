// Stands between the plugin and the kernel: lets the n-th changing system call go wrong. The
// program exports functions of the C library's names, which the plugin then finds first.
#pragma once

#include <cstdint>

namespace masterkey2::testing {

enum class Fault {
  kNone,
  kError,       ///< fails with `error` and does nothing
  kShortWrite,  ///< a write takes half of its bytes, the next one fails with `error`
  kKill,        ///< the process ends before the call
  kKillInside,  ///< a write takes half of its bytes, then the process ends; else as kKill
};

enum class Calls {
  kChanging,  ///< pwrite, ftruncate, fdatasync, fsync, renameat, unlinkat, openat that creates
  kSyncs,     ///< fdatasync
  kOpens,     ///< openat
};

/// Counts such calls from now on; the `nth` (from 1) goes wrong. 0: none does.
void arm_fault(Fault fault, std::uint64_t nth, int error = 0, Calls calls = Calls::kChanging);
void arm_sync_fault(std::uint64_t nth, int error);
void disarm_fault();
/// Calls counted since the last arming.
[[nodiscard]] std::uint64_t calls_counted();
/// The armed fault has happened.
[[nodiscard]] bool fault_happened();

}  // namespace masterkey2::testing
