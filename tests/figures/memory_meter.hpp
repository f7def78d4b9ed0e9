// How much memory something takes at its peak, and how much it keeps.
#pragma once

#include <cstddef>
#include <functional>

namespace masterkey2::figures {

/// Growth of the process's resident memory at its peak, in bytes, while `work` runs: what it
/// allocates and touches, whoever allocates it. Linux and glibc.
[[nodiscard]] std::size_t peak_growth(const std::function<void()>& work);

/// Bytes that the heap has handed out and not got back.
[[nodiscard]] std::size_t heap_in_use();

/// CPU time of this thread in seconds.
[[nodiscard]] double thread_seconds();

}  // namespace masterkey2::figures
