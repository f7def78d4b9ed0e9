// How many transactions of a flat-file store went to disk together, as its log tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace masterkey2::bench {

/// Reads the log as it grows (plugins/flatfile/FORMAT.md "Records").
class CommitLog {
 public:
  explicit CommitLog(std::filesystem::path store) : store_(std::move(store)) {}

  struct Growth {
    std::size_t transactions = 0;
    std::size_t syncs = 0;  ///< that a transaction followed
  };
  /// Since the last call.
  [[nodiscard]] Growth read_on();

 private:
  std::filesystem::path store_;
  std::uint64_t segment_ = 1;
  std::uint64_t offset_ = 0;
  std::uint64_t durable_ = 0;
};

}  // namespace masterkey2::bench
