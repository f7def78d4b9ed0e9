// Whole numbers of a row that come in one column.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "sql_error.hpp"

namespace masterkey2::mysql {

/// As CONCAT_WS(' ', …) makes them, with a `-` in the place of a NULL: whatever is in it, a column
/// costs the Connector and the client library more than reading ten numbers does. Fewer or more
/// than are asked for, or anything else, is kCorrupt (thrown).
class Numbers {
 public:
  explicit Numbers(std::string text) : text_(std::move(text)) {}

  /// Within the limits of `Integer`.
  template <class Integer>
  [[nodiscard]] Integer integer() {
    Integer value = 0;
    const char* const last = text_.data() + text_.size();
    const auto [end, error] = std::from_chars(text_.data() + at_, last, value);
    if (error != std::errc() || (end != last && *end != ' ')) {
      throw_corrupt("a number that is missing or too large");
    }
    at_ = std::min(static_cast<std::size_t>(end - text_.data()) + 1, text_.size());
    return value;
  }
  [[nodiscard]] bool boolean() { return integer<std::uint64_t>() != 0; }
  /// Whether a NULL is next; it is passed over.
  [[nodiscard]] bool skip_null() {
    const std::size_t end = std::min(text_.find(' ', at_), text_.size());
    if (end - at_ != 1 || text_[at_] != '-') return false;
    at_ = std::min(end + 1, text_.size());
    return true;
  }
  void end() const {
    if (at_ != text_.size()) throw_corrupt("more numbers than belong there");
  }

 private:
  [[noreturn]] static void throw_corrupt(const char* what) {
    throw SqlError({StorageErrorCode::kCorrupt, std::string("a row of the database has ") + what});
  }

  std::string text_;
  std::size_t at_ = 0;  ///< where the next one begins
};

}  // namespace masterkey2::mysql
