// What processes have taken of the machine, by the operating system's own accounting.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace masterkey2::bench {

/// A process and its children, such as a web server's workers.
[[nodiscard]] std::vector<pid_t> family_of(pid_t process);

/// CPU time of all threads of `processes`, living and ended, in seconds.
[[nodiscard]] double cpu_seconds(const std::vector<pid_t>& processes);

/// CPU time that the machine's cores have given to anybody, in seconds.
[[nodiscard]] double machine_busy_seconds();

/// Resident memory of a process in MB (10⁶ bytes).
[[nodiscard]] double resident_megabytes(pid_t process);

/// How many threads, and how many descriptors, a process has.
[[nodiscard]] std::size_t thread_count(pid_t process);
[[nodiscard]] std::size_t descriptor_count(pid_t process);

}  // namespace masterkey2::bench
