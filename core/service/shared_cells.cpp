#include "service/shared_cells.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace masterkey2 {
namespace {

constexpr std::size_t kHeaderSize = 64;
constexpr std::size_t kSize = kHeaderSize + SharedCells::kCount * sizeof(std::uint64_t);
constexpr std::array<char, 16> kMark = {'m', 'a', 's', 't', 'e', 'r', 'k', 'e',
                                        'y', '2', 'c', 'e', 'l', 'l', 's', '1'};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(std::atomic<std::uint64_t>) == sizeof(std::uint64_t));

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ < 0) return;
    ::flock(fd_, LOCK_UN);  // closing does not: the mapping keeps the open file
    ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::string fault(const std::string& path, const std::string& what) {
  return "`" + path + "` " + what;
}

bool has_mark(int fd) {
  std::array<char, kMark.size()> mark{};
  return ::pread(fd, mark.data(), mark.size(), 0) == static_cast<ssize_t>(mark.size()) &&
         mark == kMark;
}

/// The mark comes last: a file without it is made anew.
bool make_anew(int fd, RandomSource& random) {
  SharedCells::Secret secret{};
  random.fill(secret);
  return ::ftruncate(fd, 0) == 0 && ::ftruncate(fd, static_cast<off_t>(kSize)) == 0 &&
         ::pwrite(fd, secret.data(), secret.size(), kMark.size()) ==
             static_cast<ssize_t>(secret.size()) &&
         ::pwrite(fd, kMark.data(), kMark.size(), 0) == static_cast<ssize_t>(kMark.size());
}

SharedCells::Secret secret_in(const void* mapping) {
  SharedCells::Secret secret{};
  std::memcpy(secret.data(), static_cast<const char*>(mapping) + kMark.size(), secret.size());
  return secret;
}

}  // namespace

SharedCells::SharedCells(void* mapping, const Secret& secret)
    : mapping_(mapping),
      cells_(
          reinterpret_cast<std::atomic<std::uint64_t>*>(static_cast<char*>(mapping) + kHeaderSize)),
      secret_(secret) {}

SharedCells::SharedCells(SharedCells&& other) noexcept
    : mapping_(std::exchange(other.mapping_, nullptr)),
      cells_(std::exchange(other.cells_, nullptr)),
      secret_(other.secret_) {}

SharedCells& SharedCells::operator=(SharedCells&& other) noexcept {
  std::swap(mapping_, other.mapping_);
  std::swap(cells_, other.cells_);
  secret_ = other.secret_;
  return *this;
}

SharedCells::~SharedCells() {
  if (mapping_ != nullptr) ::munmap(mapping_, kSize);
}

Result<SharedCells, std::string> SharedCells::open(const std::string& path, RandomSource& random) {
  const Descriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (file.get() < 0) return fault(path, std::string("cannot be opened: ") + std::strerror(errno));
  if (::flock(file.get(), LOCK_EX) != 0) {
    return fault(path, std::string("cannot be locked: ") + std::strerror(errno));
  }
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fault(path, "is no plain file");
  }
  if (facts.st_uid != ::geteuid() || (facts.st_mode & 0077U) != 0) {
    return fault(path, "must belong to the server's user, with mode 0600");
  }
  const bool good = static_cast<std::size_t>(facts.st_size) == kSize && has_mark(file.get());
  if (!good && !make_anew(file.get(), random)) {
    return fault(path, std::string("cannot be written: ") + std::strerror(errno));
  }
  void* const mapping = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (mapping == MAP_FAILED) {
    return fault(path, std::string("cannot be mapped: ") + std::strerror(errno));
  }
  return SharedCells(mapping, secret_in(mapping));
}

SharedCells SharedCells::in_memory(RandomSource& random) {
  void* const mapping =
      ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  Secret secret{};
  random.fill(secret);
  return {mapping, secret};
}

}  // namespace masterkey2
