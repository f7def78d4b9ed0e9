// Reads one mapping of a YAML file against the keys it may hold, and notes every mistake.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace masterkey2 {

/// Collects the mistakes of one file.
class MistakeList {
 public:
  explicit MistakeList(std::string file) : file_(std::move(file)) {}
  void add(const YAML::Mark& mark, std::string text);
  /// In the order of the file.
  [[nodiscard]] std::vector<ConfigMistake> take() &&;
  [[nodiscard]] bool empty() const { return mistakes_.empty(); }

 private:
  std::string file_;
  std::vector<ConfigMistake> mistakes_;
};

/// The sentence that says what is wrong with a value; absent if it is good.
using TextCheck = std::function<std::optional<std::string>(const std::string&)>;

/// Each member function reads one key and leaves its target alone if the key is absent or its value
/// wrong. `finish` then names the keys that nobody asked for.
class YamlSection {
 public:
  /// `path`: what stands before a key in a sentence, such as `storage.`; `node` may be null (an
  /// empty section).
  YamlSection(const YAML::Node& node, std::string path, MistakeList& mistakes);

  void text(std::string_view key, std::string& target, const TextCheck& check = {});
  void integer(std::string_view key, std::int64_t& target, std::int64_t min, std::int64_t max);
  void boolean(std::string_view key, bool& target);
  void choice(std::string_view key, std::string& target, const std::vector<std::string>& allowed);
  void list(std::string_view key, std::vector<std::string>& target, const TextCheck& check);
  /// Scalars by any name.
  void texts(std::string_view key, std::map<std::string, std::string, std::less<>>& target);
  [[nodiscard]] YamlSection section(std::string_view key);

  [[nodiscard]] bool has(std::string_view key) const { return entries_.contains(key); }
  void finish();

 private:
  struct Entry {
    YAML::Mark key_mark;
    YAML::Node value;
  };

  /// Null if absent.
  const Entry* find(std::string_view key);
  /// The value if it is there and a scalar with a value.
  std::optional<std::string> scalar(std::string_view key);
  [[nodiscard]] std::string name(std::string_view key) const { return path_ + std::string(key); }

  std::string path_;
  MistakeList& mistakes_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<std::string> known_;
};

}  // namespace masterkey2
