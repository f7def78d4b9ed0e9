// What this process knows of the installation: its epoch, which every token is sealed under.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "masterkey2/storage.hpp"
#include "service/api_error.hpp"
#include "service/clock.hpp"

namespace masterkey2 {

/// Thread-safe. The epoch rises only after a restore; older tokens die with it.
class InstallationHolder {
 public:
  InstallationHolder(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

  /// As last seen; reads storage if nothing was seen yet (storage_unavailable).
  [[nodiscard]] ApiResult<std::uint64_t> epoch();
  /// As last seen; never waits for storage.
  [[nodiscard]] std::optional<std::uint64_t> known_epoch() const;
  /// Notes the epoch that an answer of storage carried.
  void observe(std::uint64_t epoch);
  /// Reads storage.
  ApiResult<std::uint64_t> refresh();
  /// Reads storage, but at most once a second: for tokens that the known epoch does not open. Any
  /// stranger can send those.
  ApiResult<std::uint64_t> refresh_sometimes();

 private:
  Storage& storage_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::optional<std::uint64_t> epoch_;
  UnixMillis refreshed_at_ = 0;
};

}  // namespace masterkey2
