// One thread waits, once, until another one has come so far.
#pragma once

#include <semaphore.h>

#include <cerrno>

namespace masterkey2::flatfile {

/// Allocates nothing and cannot fail. It may be destroyed as soon as `wait` has returned, though
/// `give` still runs in the other thread: glibc's sem_post() promises that, where waiting for a
/// std::atomic or std::condition_variable does not.
class WakeUp {
 public:
  WakeUp() { ::sem_init(&semaphore_, 0, 0); }
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;
  ~WakeUp() { ::sem_destroy(&semaphore_); }

  void give() { ::sem_post(&semaphore_); }
  void wait() {
    while (::sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t semaphore_;
};

}  // namespace masterkey2::flatfile
