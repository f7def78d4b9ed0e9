// What a burst has needed need not stay with the process.
#pragma once

namespace masterkey2 {

/// Gives pages of the heap on which nothing lives back to the system; else the C library keeps them
/// for threads that had needed them once. Takes some milliseconds. Without glibc it does nothing.
void give_free_memory_back();

}  // namespace masterkey2
