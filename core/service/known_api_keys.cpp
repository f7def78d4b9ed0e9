#include "service/known_api_keys.hpp"

#include <cstddef>
#include <utility>

namespace masterkey2 {
namespace {

constexpr UnixMillis kFresh = 5'000;
constexpr std::size_t kMostInASpan = 4'096;

}  // namespace

std::optional<ApiKeyAccess> KnownApiKeys::find(const Digest& digest, UnixMillis now) const {
  const std::lock_guard lock(mutex_);
  for (const Entries* entries : {&current_, &previous_}) {
    const auto found = entries->find(digest);
    if (found == entries->end()) continue;
    const auto& [access, read_at] = found->second;
    const UnixMillis age = now - read_at;
    const bool expired = access.key.expires_at != 0 && now >= access.key.expires_at;
    if (age < 0 || age > kFresh || expired) return std::nullopt;
    return access;
  }
  return std::nullopt;
}

void KnownApiKeys::remember(const ApiKeyAccess& access, UnixMillis now) {
  const std::lock_guard lock(mutex_);
  const UnixMillis age = now - span_began_;
  if (age < 0 || age > kFresh || current_.size() >= kMostInASpan) {
    previous_ = std::exchange(current_, {});
    span_began_ = now;
  }
  current_.insert_or_assign(access.key.digest, Entry{access, now});
}

void KnownApiKeys::forget(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  current_.erase(digest);
  previous_.erase(digest);
}

}  // namespace masterkey2
