#include "service/installation_holder.hpp"

#include "service/failure.hpp"
#include "service/rollback_guard.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kRefreshPause = 1'000;
/// Who has registered or signed in since the copy was made has had time to come back.
constexpr UnixMillis kIncompleteFor = 30LL * 86'400'000;

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
  // Another one: raised after a restore, no later than now.
  if (epoch_ != epoch) put_back_at_ = epoch_ ? std::optional(clock_.now()) : std::nullopt;
  epoch_ = epoch;
}

ApiResult<std::uint64_t> InstallationHolder::refresh() {
  const auto read = storage_.read_installation();
  if (!read) return storage_failure(read.error());
  const UnixMillis now = clock_.now();
  const auto put_back_at = rows_put_back_at(*read, anchor_path_, now);
  const std::lock_guard lock(mutex_);
  epoch_ = read->epoch;
  put_back_at_ = put_back_at;
  refreshed_at_ = now;
  return read->epoch;
}

bool InstallationHolder::rows_are_complete() const {
  const std::lock_guard lock(mutex_);
  return put_back_at_ && (*put_back_at_ == 0 || clock_.now() - *put_back_at_ >= kIncompleteFor);
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
