#include "plugins/flatfile/fault_layer.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>

#include "plugins/flatfile/change_recorder.hpp"

namespace masterkey2::testing {
namespace {

std::atomic<Fault> armed = Fault::kNone;
std::atomic<std::uint64_t> wanted = 0;
std::atomic<std::uint64_t> counted = 0;
std::atomic<Calls> counted_calls = Calls::kChanging;
std::atomic<int> error_number = 0;
std::atomic<bool> happened = false;
std::atomic<bool> next_write_fails = false;

/// The fault for this call.
Fault count(Calls calls) {
  if (calls != counted_calls) return Fault::kNone;
  if (++counted != wanted) return Fault::kNone;
  happened = true;
  const Fault fault = armed;
  if (fault == Fault::kKill) ::_exit(99);
  note_fault();
  return fault;
}

/// A call that is a change, whatever else it may be.
Fault count_change(Calls also = Calls::kChanging) {
  return count(counted_calls == also ? also : Calls::kChanging);
}

int fail() {
  errno = error_number;
  return -1;
}

/// For calls that cannot be done in part.
bool goes_wrong(Fault fault) {
  if (fault == Fault::kKillInside) ::_exit(99);
  return fault != Fault::kNone;
}

int sync(int fd, long number, bool fails) {
  if (!fails) return recorded_sync(fd, number);
  note_failed_sync(fd);
  return fail();
}

}  // namespace

void arm_fault(Fault fault, std::uint64_t nth, int error, Calls calls) {
  armed = fault;
  wanted = nth;
  counted = 0;
  error_number = error;
  counted_calls = calls;
  happened = false;
  next_write_fails = false;
}

void arm_sync_fault(std::uint64_t nth, int error) {
  arm_fault(Fault::kError, nth, error, Calls::kSyncs);
}

void disarm_fault() { arm_fault(Fault::kNone, 0); }

std::uint64_t calls_counted() { return counted; }

bool fault_happened() { return happened; }

}  // namespace masterkey2::testing

// NOLINTBEGIN(readability-identifier-naming): names of the C library.
#define MASTERKEY2_EXPORTED __attribute__((visibility("default")))

using masterkey2::testing::Fault;

extern "C" {

MASTERKEY2_EXPORTED ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  using namespace masterkey2::testing;
  if (next_write_fails.exchange(false)) return fail();
  const Fault fault = count_change();
  if (fault == Fault::kError) return fail();
  const bool half = fault == Fault::kShortWrite || fault == Fault::kKillInside;
  const ssize_t done = recorded_pwrite(fd, bytes, half ? size / 2 : size, offset);
  if (fault == Fault::kKillInside) ::_exit(99);
  if (fault == Fault::kShortWrite) next_write_fails = true;
  return done;
}

MASTERKEY2_EXPORTED int ftruncate(int fd, off_t size) noexcept {
  using namespace masterkey2::testing;
  return goes_wrong(count_change()) ? fail() : recorded_ftruncate(fd, size);
}

MASTERKEY2_EXPORTED int fdatasync(int fd) {
  using namespace masterkey2::testing;
  return sync(fd, SYS_fdatasync, goes_wrong(count_change(Calls::kSyncs)));
}

MASTERKEY2_EXPORTED int fsync(int fd) {
  using namespace masterkey2::testing;
  return sync(fd, SYS_fsync, goes_wrong(count_change()));
}

MASTERKEY2_EXPORTED int renameat(int from_folder, const char* from, int to_folder,
                                 const char* to) noexcept {
  using namespace masterkey2::testing;
  return goes_wrong(count_change()) ? fail() : recorded_rename(from_folder, from, to_folder, to);
}

MASTERKEY2_EXPORTED int unlinkat(int folder, const char* name, int flags) noexcept {
  using namespace masterkey2::testing;
  return goes_wrong(count_change()) ? fail() : recorded_unlink(folder, name, flags);
}

MASTERKEY2_EXPORTED int openat(int folder, const char* name, int flags, ...) {
  using namespace masterkey2::testing;
  const bool creates = (flags & O_CREAT) != 0;
  unsigned mode = 0;
  if (creates) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, unsigned);
    va_end(arguments);
  }
  if (goes_wrong(creates ? count_change(Calls::kOpens) : count(Calls::kOpens))) return fail();
  return creates ? recorded_create(folder, name, flags, mode)
                 : static_cast<int>(::syscall(SYS_openat, folder, name, flags));
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
