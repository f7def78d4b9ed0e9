// A table of atomic 64-bit cells that all processes of a host share.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "crypto/random.hpp"
#include "masterkey2/result.hpp"

namespace masterkey2 {

/// A mapped file of fixed size: a header of 64 B (mark, secret) and kCount cells. Losing it costs
/// what the cells held, no more.
class SharedCells {
 public:
  static constexpr std::size_t kCount = std::size_t{1} << 17;  // 1 MiB
  using Secret = std::array<std::uint8_t, 32>;

  /// Opens `path`, or makes it (mode 0600) with all cells 0 and a secret of its own; a file of
  /// another size or mark is made anew. The error is one sentence: a link, another's file, one that
  /// others may write.
  [[nodiscard]] static Result<SharedCells, std::string> open(const std::string& path,
                                                             RandomSource& random);
  /// For this process alone.
  [[nodiscard]] static SharedCells in_memory(RandomSource& random);

  SharedCells(SharedCells&& other) noexcept;
  SharedCells& operator=(SharedCells&& other) noexcept;
  ~SharedCells();

  /// `index` below kCount.
  [[nodiscard]] std::atomic<std::uint64_t>& cell(std::size_t index) const { return cells_[index]; }
  /// Shared by the processes, unknown to anybody else.
  [[nodiscard]] const Secret& secret() const { return secret_; }

 private:
  SharedCells(void* mapping, const Secret& secret);
  void* mapping_ = nullptr;
  std::atomic<std::uint64_t>* cells_ = nullptr;
  Secret secret_{};
};

}  // namespace masterkey2
