// What this process knows of the installation: its epoch, which every token is sealed under.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "masterkey2/storage.hpp"
#include "service/api_error.hpp"
#include "service/clock.hpp"

namespace masterkey2 {

/// Thread-safe. The epoch rises only after a restore; older tokens die with it.
class InstallationHolder {
 public:
  /// `anchor_path`: what this host remembers of the storage (rollback_guard.hpp); may be empty.
  InstallationHolder(Storage& storage, const Clock& clock, std::string anchor_path)
      : storage_(storage), clock_(clock), anchor_path_(std::move(anchor_path)) {}

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
  /// False for 30 days after the rows were put back from a copy, or while that is not known: what
  /// is missing in them may only be forgotten, and nobody must be told that it is gone.
  [[nodiscard]] bool rows_are_complete() const;

 private:
  Storage& storage_;
  const Clock& clock_;
  const std::string anchor_path_;
  mutable std::mutex mutex_;
  std::optional<std::uint64_t> epoch_;
  std::optional<UnixMillis> put_back_at_;  ///< absent: not known
  UnixMillis refreshed_at_ = 0;
};

}  // namespace masterkey2
