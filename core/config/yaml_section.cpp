#include "config/yaml_section.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <tuple>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxListSize = 256;

/// Levenshtein distance; both are short.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t substituted = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, substituted});
    }
  }
  return row.back();
}

/// ` (did you mean "workers"?)`, or the whole list if nothing is near.
std::string suggestion(std::string_view key, const std::vector<std::string>& known) {
  const auto nearest = std::min_element(
      known.begin(), known.end(), [&](const std::string& left, const std::string& right) {
        return edit_distance(key, left) < edit_distance(key, right);
      });
  if (nearest != known.end() &&
      edit_distance(key, *nearest) <= std::max<std::size_t>(2, key.size() / 3)) {
    return "; did you mean \"" + *nearest + "\"?";
  }
  std::string all = "; known here:";
  for (const std::string& name : known) all += " " + name;
  return all;
}

std::string shortened(std::string_view text) {
  return "\"" + std::string(text.substr(0, 64)) + (text.size() > 64 ? "...\"" : "\"");
}

}  // namespace

void MistakeList::add(const YAML::Mark& mark, std::string text) {
  const bool known = mark.line >= 0;
  mistakes_.push_back({.file = file_,
                       .line = known ? mark.line + 1 : 0,
                       .column = known ? mark.column + 1 : 0,
                       .text = std::move(text)});
}

std::vector<ConfigMistake> MistakeList::take() && {
  std::stable_sort(mistakes_.begin(), mistakes_.end(),
                   [](const ConfigMistake& left, const ConfigMistake& right) {
                     return std::tie(left.line, left.column) < std::tie(right.line, right.column);
                   });
  return std::move(mistakes_);
}

YamlSection::YamlSection(const YAML::Node& node, std::string path, MistakeList& mistakes)
    : path_(std::move(path)), mistakes_(mistakes) {
  if (!node.IsDefined() || node.IsNull()) return;
  if (!node.IsMap()) {
    const std::string what = path_.empty() ? "the file" : path_.substr(0, path_.size() - 1);
    mistakes_.add(node.Mark(), what + " must be a mapping of keys to values");
    return;
  }
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) {
      mistakes_.add(pair.first.Mark(), "a key must be plain text");
      continue;
    }
    const std::string& key = pair.first.Scalar();
    const auto [entry, fresh] = entries_.try_emplace(key, Entry{pair.first.Mark(), pair.second});
    if (!fresh) {
      mistakes_.add(pair.first.Mark(), name(key) +
                                           " stands here a second time; the first is in line " +
                                           std::to_string(entry->second.key_mark.line + 1));
    }
  }
}

const YamlSection::Entry* YamlSection::find(std::string_view key) {
  known_.emplace_back(key);
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? nullptr : &entry->second;
}

std::optional<std::string> YamlSection::scalar(std::string_view key) {
  const Entry* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  if (entry->value.IsNull()) {
    mistakes_.add(entry->key_mark, name(key) + " needs a value");
    return std::nullopt;
  }
  if (!entry->value.IsScalar()) {
    mistakes_.add(entry->value.Mark(), name(key) + " must be one value, not a list or mapping");
    return std::nullopt;
  }
  return entry->value.Scalar();
}

void YamlSection::text(std::string_view key, std::string& target, const TextCheck& check) {
  auto value = scalar(key);
  if (!value) return;
  if (const auto wrong = check ? check(*value) : std::nullopt) {
    mistakes_.add(entries_.find(key)->second.value.Mark(), name(key) + ": " + *wrong);
    return;
  }
  target = std::move(*value);
}

void YamlSection::integer(std::string_view key, std::int64_t& target, std::int64_t min,
                          std::int64_t max) {
  const auto value = scalar(key);
  if (!value) return;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  const bool whole = error == std::errc() && end == value->data() + value->size();
  const YAML::Node& node = entries_.find(key)->second.value;
  // A quoted number has the tag "!": it is text.
  if (!whole || node.Tag() == "!" || number < min || number > max) {
    mistakes_.add(node.Mark(), name(key) + " must be a whole number from " + std::to_string(min) +
                                   " to " + std::to_string(max) + ", not " + shortened(*value));
    return;
  }
  target = number;
}

void YamlSection::boolean(std::string_view key, bool& target) {
  const auto value = scalar(key);
  if (!value) return;
  const YAML::Node& node = entries_.find(key)->second.value;
  if (node.Tag() == "!" || (*value != "true" && *value != "false")) {
    mistakes_.add(node.Mark(), name(key) + " must be true or false, not " + shortened(*value));
    return;
  }
  target = *value == "true";
}

void YamlSection::choice(std::string_view key, std::string& target,
                         const std::vector<std::string>& allowed) {
  text(key, target, [&](const std::string& value) -> std::optional<std::string> {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return std::nullopt;
    std::string sentence = shortened(value) + " is none of";
    for (const std::string& word : allowed) sentence += " " + word;
    return sentence;
  });
}

void YamlSection::list(std::string_view key, std::vector<std::string>& target,
                       const TextCheck& check) {
  const Entry* entry = find(key);
  if (entry == nullptr || entry->value.IsNull()) return;
  if (!entry->value.IsSequence()) {
    mistakes_.add(entry->value.Mark(), name(key) + " must be a list");
    return;
  }
  if (entry->value.size() > kMaxListSize) {
    mistakes_.add(entry->value.Mark(), name(key) + " has more than 256 items");
    return;
  }
  std::vector<std::string> items;
  for (const YAML::Node& item : entry->value) {
    if (!item.IsScalar()) {
      mistakes_.add(item.Mark(), "each item of " + name(key) + " must be text");
    } else if (const auto wrong = check(item.Scalar())) {
      mistakes_.add(item.Mark(), name(key) + ": " + *wrong);
    } else {
      items.push_back(item.Scalar());
    }
  }
  target = std::move(items);
}

void YamlSection::texts(std::string_view key,
                        std::map<std::string, std::string, std::less<>>& target) {
  const Entry* entry = find(key);
  if (entry == nullptr) return;
  YamlSection inner(entry->value, name(key) + ".", mistakes_);
  std::vector<std::string> names;
  for (const auto& [option, unused] : inner.entries_) names.push_back(option);
  for (const std::string& option : names) inner.text(option, target[option]);
}

YamlSection YamlSection::section(std::string_view key) {
  const Entry* entry = find(key);
  return {entry == nullptr ? YAML::Node() : entry->value, name(key) + ".", mistakes_};
}

void YamlSection::finish() {
  for (const auto& [key, entry] : entries_) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    mistakes_.add(entry.key_mark, "unknown key " + shortened(name(key)) + suggestion(key, known_));
  }
}

}  // namespace masterkey2
