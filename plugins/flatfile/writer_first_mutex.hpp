// A reader-writer lock whose writers do not starve: std::shared_mutex lets new readers pass them.
#pragma once

#include <pthread.h>

#include <system_error>

namespace masterkey2::flatfile {

/// For std::unique_lock and std::shared_lock. A thread must not take it twice, not even for
/// reading.
class WriterFirstMutex {
 public:
  WriterFirstMutex() {
    pthread_rwlockattr_t kind;
    int failed = ::pthread_rwlockattr_init(&kind);
    if (failed == 0) {
      failed = ::pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
      if (failed == 0) failed = ::pthread_rwlock_init(&lock_, &kind);
      ::pthread_rwlockattr_destroy(&kind);
    }
    check(failed);
  }
  WriterFirstMutex(const WriterFirstMutex&) = delete;
  WriterFirstMutex& operator=(const WriterFirstMutex&) = delete;
  ~WriterFirstMutex() { ::pthread_rwlock_destroy(&lock_); }

  void lock() { check(::pthread_rwlock_wrlock(&lock_)); }
  void unlock() { ::pthread_rwlock_unlock(&lock_); }
  void lock_shared() { check(::pthread_rwlock_rdlock(&lock_)); }
  void unlock_shared() { ::pthread_rwlock_unlock(&lock_); }

 private:
  static void check(int failed) {
    if (failed != 0) throw std::system_error(failed, std::generic_category(), "rwlock");
  }

  pthread_rwlock_t lock_;
};

}  // namespace masterkey2::flatfile
