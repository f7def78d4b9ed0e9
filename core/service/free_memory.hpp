// What a burst has needed need not stay with the process.
#pragma once

namespace masterkey2 {

/// Once a process, before its threads. What a thread frees at the end of its heap is the system's
/// again beyond a megabyte, and a piece of a megabyte at once. The C library raises both bounds to
/// the largest piece that was ever freed (32 and 64 MB at most), and has a heap for each thread:
/// whichever of them has once made a large table would keep as much, and nothing below takes the
/// end of a heap back. Without glibc it does nothing.
void bound_free_memory();

/// Gives pages of the heap on which nothing lives back to the system; else the C library keeps them
/// for threads that had needed them once. Takes some milliseconds. Without glibc it does nothing.
void give_free_memory_back();

}  // namespace masterkey2
