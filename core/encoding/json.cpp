#include "encoding/json.hpp"

#include <utility>
#include <vector>

namespace masterkey2 {
namespace {

/// Builds a value from the library's events and stops at the first thing that is not wanted. What
/// nesting is open lives in `open_`, not on the stack of the thread.
class BoundedBuilder final : public nlohmann::json_sax<Json> {
 public:
  explicit BoundedBuilder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool value) override { return add(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override {
    return add(value) != nullptr;
  }
  bool string(string_t& value) override {
    if (!without_nul(value)) return false;
    return add(std::move(value)) != nullptr;
  }
  bool binary(binary_t&) override { return fail("a binary value"); }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (!without_nul(name)) return false;
    if (open_.back()->contains(name)) return fail("a duplicate member");
    name_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // The library's own sentence quotes the input, which may be secret.
    return fail((error.id == kOutOfRange ? "a number out of range at byte " : "not JSON at byte ") +
                std::to_string(position));
  }

  [[nodiscard]] Json take_value() { return std::move(root_); }
  [[nodiscard]] JsonError take_error() { return {std::move(error_)}; }

 private:
  static constexpr int kOutOfRange = 406;

  bool fail(std::string detail) {
    error_ = std::move(detail);
    return false;
  }

  bool without_nul(const std::string& text) {
    return text.find('\0') == std::string::npos || fail("NUL in a string");
  }

  /// Where the value now lives; null on failure. Stays valid while the value is open, because what
  /// encloses it grows only after that.
  Json* add(Json value) {
    if (++values_ > limits_.max_values) {
      fail("more than " + std::to_string(limits_.max_values) + " values");
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[name_] = std::move(value));
  }

  bool open(Json container) {
    if (open_.size() == limits_.max_depth) {
      return fail("nested deeper than " + std::to_string(limits_.max_depth));
    }
    Json* place = add(std::move(container));
    if (place == nullptr) return false;
    open_.push_back(place);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Json*> open_;
  std::string name_;
  std::size_t values_ = 0;
  std::string error_;
};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<Json, JsonError> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return JsonError{"more than " + std::to_string(limits.max_bytes) + " bytes"};
  }
  // The library skips a byte order mark, and takes NUL for the end of the input.
  if (text.starts_with(kByteOrderMark)) return JsonError{"a byte order mark"};
  if (text.find('\0') != std::string_view::npos) return JsonError{"a NUL byte"};
  BoundedBuilder builder(limits);
  if (!Json::sax_parse(text, &builder)) return builder.take_error();
  return builder.take_value();
}

}  // namespace masterkey2
