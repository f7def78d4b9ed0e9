#include "plugins/flatfile/power_loss.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <stdexcept>

#include "plugins/flatfile/store_files.hpp"

namespace masterkey2::testing {
namespace {

constexpr std::uint64_t kSector = 512;

/// What becomes of a change that was not synced. Of a write: its first `cut` bytes, those after, or
/// as many zeros as it would have made the file longer.
enum class Fate : std::uint8_t { kKept, kLost, kHead, kTail, kZeros };

struct Choice {
  Fate fate = Fate::kKept;
  std::size_t cut = 0;
};
/// One for each change that is not on disk.
using Choices = std::vector<Choice>;

void put(Bytes& content, std::uint64_t offset, ByteView data) {
  if (data.empty()) return;
  if (content.size() < offset + data.size()) content.resize(offset + data.size());
  std::ranges::copy(data, content.begin() + static_cast<std::ptrdiff_t>(offset));
}

void apply_write(Bytes& content, const Change& change, Choice choice) {
  const ByteView data(change.data);
  switch (choice.fate) {
    case Fate::kKept:
      return put(content, change.offset, data);
    case Fate::kHead:
      return put(content, change.offset, data.first(choice.cut));
    case Fate::kTail:
      return put(content, change.offset + choice.cut, data.subspan(choice.cut));
    case Fate::kZeros:
      content.resize(std::max<std::size_t>(content.size(), change.offset + data.size()));
      return;
    case Fate::kLost:
      return;
  }
}

void apply(DiskState& state, const Change& change, Choice choice) {
  using Kind = Change::Kind;
  if (change.kind == Kind::kWrite) {
    return apply_write(state.contents[change.file], change, choice);
  }
  if (choice.fate == Fate::kLost) return;
  if (change.kind == Kind::kTruncate) state.contents[change.file].resize(change.offset);
  if (change.kind == Kind::kCreate) state.names[change.name] = change.file;
  if (change.kind == Kind::kRemove) state.names.erase(change.name);
  if (change.kind == Kind::kRename) {
    state.names.erase(change.name);
    state.names[change.to] = change.file;
  }
}

bool is_of_folder(const Change& change) {
  return change.kind == Change::Kind::kCreate || change.kind == Change::Kind::kRemove ||
         change.kind == Change::Kind::kRename;
}

bool is_of_file(const Change& change) {
  return change.kind == Change::Kind::kWrite || change.kind == Change::Kind::kTruncate;
}

class PowerLosses {
 public:
  PowerLosses(const History& history, std::size_t random_choices, std::uint32_t seed,
              std::uint32_t one_of, const LookAtState& look)
      : history_(history),
        random_choices_(random_choices),
        random_(seed),
        one_of_(one_of),
        look_(look) {}

  std::size_t run() {
    consider();
    for (const Change& change : history_.changes) {
      make(change);
      consider();
    }
    return found_.size() + left_out_;
  }

 private:
  void make(const Change& change) {
    const std::size_t number = on_disk_.size();
    on_disk_.push_back(false);
    doomed_.push_back(false);
    if (is_of_file(change) || is_of_folder(change)) pending_.push_back(number);
    if (change.kind == Change::Kind::kPromise) ++promises_;
    if (change.kind == Change::Kind::kSync || change.kind == Change::Kind::kSyncFolder ||
        change.kind == Change::Kind::kFailedSync) {
      settle(change);
    }
  }

  void settle(const Change& sync) {
    std::erase_if(pending_, [&](std::size_t number) {
      const Change& change = history_.changes[number];
      const bool covered =
          number < sync.began &&
          (sync.kind == Change::Kind::kSyncFolder ? is_of_folder(change)
                                                  : is_of_file(change) && change.file == sync.file);
      if (!covered) return false;
      if (sync.kind == Change::Kind::kFailedSync) doomed_[number] = true;
      if (doomed_[number]) return false;
      on_disk_[number] = true;
      return true;
    });
  }

  [[nodiscard]] DiskState state(const Choices& choices) const {
    DiskState state{history_.names, history_.contents};
    std::size_t next = 0;
    for (std::size_t number = 0; number < on_disk_.size(); ++number) {
      if (on_disk_[number]) {
        apply(state, history_.changes[number], {});
      } else if (next < pending_.size() && pending_[next] == number) {
        apply(state, history_.changes[number], choices[next++]);
      }
    }
    return state;
  }

  /// All that may be there when the power fails now.
  void consider() {
    const std::size_t count = pending_.size();
    const Choices none(count, {Fate::kLost, 0});
    const Choices all(count);
    add(all);
    add(none);
    for (std::size_t i = 0; i < count; ++i) {
      Choices one = all;
      one[i].fate = Fate::kLost;
      add(one);
      one = none;
      one[i].fate = Fate::kKept;
      add(one);
      one = all;
      std::fill_n(one.begin(), i + 1, Choice{Fate::kLost, 0});
      add(one);
      for (const Choice& torn : tears(history_.changes[pending_[i]])) {
        one = all;
        one[i] = torn;
        add(one);
        one = none;
        one[i] = torn;
        add(one);
      }
    }
    for (std::size_t i = 0; i < random_choices_ && count > 1; ++i) add(any());
  }

  [[nodiscard]] static std::vector<Choice> tears(const Change& change) {
    if (change.kind != Change::Kind::kWrite) return {};
    const std::uint64_t end = change.offset + change.data.size();
    std::set<std::size_t> cuts = {1, change.data.size() / 2, change.data.size() - 1};
    for (const std::uint64_t place : {change.offset, (change.offset + end) / 2, end - 1}) {
      for (const std::uint64_t edge :
           {place / kSector * kSector, (place / kSector + 1) * kSector}) {
        if (edge > change.offset && edge < end) cuts.insert(edge - change.offset);
      }
    }
    std::vector<Choice> torn = {{Fate::kZeros, 0}};
    for (const std::size_t cut : cuts) {
      if (cut == 0 || cut >= change.data.size()) continue;
      torn.push_back({Fate::kHead, cut});
      torn.push_back({Fate::kTail, cut});
    }
    return torn;
  }

  [[nodiscard]] Choices any() {
    Choices choices(pending_.size());
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const std::vector<Choice> torn = tears(history_.changes[pending_[i]]);
      const std::size_t drawn = random_() % 4;
      if (drawn == 0) choices[i].fate = Fate::kLost;
      if (drawn == 1 && !torn.empty()) choices[i] = torn[random_() % torn.size()];
    }
    return choices;
  }

  void add(const Choices& choices) {
    if (one_of_ > 1 && random_() % one_of_ != 0) {
      ++left_out_;
      return;
    }
    const DiskState made = state(choices);
    std::string key = std::to_string(promises_);
    for (const auto& [name, file] : made.names) {
      const auto content = made.contents.find(file);
      key += '/' + name + ' ' + std::to_string(file) + ' ';
      if (content != made.contents.end()) key.append(as_text(content->second));
    }
    if (!found_.insert(std::hash<std::string>()(key)).second) return;
    look_(made, promises_, [&] { return describe_all(choices); });
  }

  [[nodiscard]] static std::string_view as_text(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  [[nodiscard]] std::string describe_all(const Choices& choices) const {
    constexpr std::array<const char*, 5> kFates = {"kept", "LOST", "first bytes", "last bytes",
                                                   "zeros"};
    std::string text;
    std::size_t next = 0;
    for (std::size_t number = 0; number < on_disk_.size(); ++number) {
      text += "  " + describe(history_.changes[number]);
      if (next < pending_.size() && pending_[next] == number) {
        const Choice choice = choices[next++];
        text += std::string(": not synced, ") + kFates[static_cast<std::size_t>(choice.fate)];
        if (choice.cut > 0) text += " (" + std::to_string(choice.cut) + ")";
      }
      text += '\n';
    }
    return text;
  }

  const History& history_;
  std::size_t random_choices_;
  std::mt19937 random_;
  std::uint32_t one_of_;
  std::size_t left_out_ = 0;  ///< some of them twice
  const LookAtState& look_;
  std::vector<bool> on_disk_;         ///< by a sync
  std::vector<bool> doomed_;          ///< no later sync says anything about them
  std::vector<std::size_t> pending_;  ///< in their order
  std::size_t promises_ = 0;
  std::set<std::size_t> found_;
};

std::uint64_t inode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

void DiskState::write_to(const std::string& folder,
                         const std::map<FileId, std::uint64_t>& inodes) const {
  std::map<std::uint64_t, std::uint64_t> moved;
  for (const auto& [name, file] : names) {
    const std::string path = folder + "/" + name;
    const auto content = contents.find(file);
    write_file(path, content == contents.end() ? ByteView() : ByteView(content->second));
    if (::chmod(path.c_str(), 0600) != 0) throw std::runtime_error(path + ": chmod");
    moved[inodes.at(file)] = inode_of(path);
  }
  move_durable_mark(folder, moved);
}

std::size_t for_each_state_after_power_loss(const History& history, std::size_t random_choices,
                                            std::uint32_t seed, std::uint32_t one_of,
                                            const LookAtState& look) {
  return PowerLosses(history, random_choices, seed, one_of, look).run();
}

}  // namespace masterkey2::testing
