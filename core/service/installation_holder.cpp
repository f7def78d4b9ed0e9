#include "service/installation_holder.hpp"

#include "service/failure.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kRefreshPause = 1'000;

}  // namespace

ApiResult<std::uint64_t> InstallationHolder::epoch() {
  const auto known = known_epoch();
  return known ? ApiResult<std::uint64_t>(*known) : refresh();
}

std::optional<std::uint64_t> InstallationHolder::known_epoch() const {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

void InstallationHolder::observe(std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  epoch_ = epoch;
}

ApiResult<std::uint64_t> InstallationHolder::refresh() {
  const auto read = storage_.read_installation();
  if (!read) return storage_failure(read.error());
  const std::lock_guard lock(mutex_);
  epoch_ = read->epoch;
  refreshed_at_ = clock_.now();
  return read->epoch;
}

ApiResult<std::uint64_t> InstallationHolder::refresh_sometimes() {
  {
    const std::lock_guard lock(mutex_);
    const UnixMillis age = clock_.now() - refreshed_at_;
    if (epoch_ && age >= 0 && age < kRefreshPause) return *epoch_;
    refreshed_at_ = clock_.now();
  }
  return refresh();
}

}  // namespace masterkey2
