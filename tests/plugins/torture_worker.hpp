// What a process of the torture does to the store.
#pragma once

#include <cstdint>
#include <string>

#include "masterkey2/storage.hpp"

namespace masterkey2::testing {

inline constexpr std::uint64_t kTortureTenant = 1;

/// Ends the process with a sentence.
[[noreturn]] void fail_torture(const std::string& why);

/// Registers users and signs in until the process is killed, from number `first` on; says each step
/// that was acknowledged.
int work_until_killed(Storage& storage, std::uint64_t first);
/// Each thread registers `users` of its own, signs them in and so on. Says how many milliseconds
/// the slowest call took.
int write_users(Storage& storage, int threads, std::uint64_t first, std::uint64_t users);
/// Each line on standard input is the number of a sign-in: every thread tries to commit and to take
/// it. Says how many times this process won both, and what its slowest call so far took.
int race(Storage& storage, int threads);

}  // namespace masterkey2::testing
