// The schema, as the steps that lead to it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace masterkey2::mysql {

/// A program serves a schema of its own number or the next one: hosts are upgraded one by one.
inline constexpr std::uint32_t kSchemaVersion = 1;

struct Migration {
  std::uint32_t to_version;
  /// Each may be run again: a crash between two is resumed from the first.
  std::span<const std::string_view> statements;
};

/// In ascending order, from an empty database on.
[[nodiscard]] std::span<const Migration> migrations();

}  // namespace masterkey2::mysql
