#include "ctl/command_line.hpp"

#include <algorithm>
#include <optional>

#include "ctl/nearest_word.hpp"

namespace masterkey2::ctl {
namespace {

CommandError usage(std::string sentence) { return {EX_USAGE, std::move(sentence)}; }

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

/// `a, b or c`
std::string choice(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

/// ` (did you mean `x`?)`, or what there is.
std::string hint(std::string_view typed, const std::vector<std::string_view>& words,
                 std::string_view mark = "") {
  const std::string_view nearest = nearest_word(typed, words);
  if (!nearest.empty()) {
    return ": did you mean " + quoted(std::string(mark) + std::string(nearest)) + "?";
  }
  return words.empty() ? "" : ": there is " + choice(words);
}

std::vector<std::string_view> nouns_of(const std::vector<Command>& table) {
  std::vector<std::string_view> nouns;
  for (const Command& command : table) {
    if (nouns.empty() || nouns.back() != command.noun) nouns.push_back(command.noun);
  }
  return nouns;
}

std::vector<std::string_view> verbs_of(const std::vector<Command>& table, std::string_view noun) {
  std::vector<std::string_view> verbs;
  for (const Command& command : table) {
    if (command.noun == noun) verbs.push_back(command.verb);
  }
  return verbs;
}

const OptionSpec* find_option(const std::vector<OptionSpec>& options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const OptionSpec& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

class Parser {
 public:
  Parser(const std::vector<std::string>& words, const std::vector<Command>& table)
      : words_(words), table_(table) {}

  Result<CommandLine, CommandError> parse() {
    line_.arguments.config = kDefaultConfig;
    bool options_ended = false;
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      std::optional<CommandError> error;
      if (!options_ended && word == "--") {
        options_ended = true;
      } else if (!options_ended && word.size() > 1 && word.front() == '-') {
        error = take_option(word);
      } else {
        error = take_word(word);
      }
      if (error) return *error;
    }
    if (line_.help || line_.version) return line_;
    if (const auto error = check_complete()) return *error;
    return line_;
  }

 private:
  std::optional<CommandError> take_word(const std::string& word) {
    if (line_.noun.empty()) {
      const auto nouns = nouns_of(table_);
      const auto noun = std::find(nouns.begin(), nouns.end(), word);
      if (noun == nouns.end()) {
        return usage("there is no command " + quoted(word) + hint(word, nouns));
      }
      line_.noun = *noun;
      for (const Command& command : table_) {
        if (command.noun == line_.noun && command.verb.empty()) line_.command = &command;
      }
      return std::nullopt;
    }
    if (line_.command == nullptr) {
      verb_ += (verb_.empty() ? "" : " ") + word;
      bool begins_one = false;
      for (const Command& command : table_) {
        if (command.noun != line_.noun) continue;
        if (command.verb == verb_) line_.command = &command;
        begins_one = begins_one || command.verb.starts_with(verb_ + " ");
      }
      if (line_.command == nullptr && !begins_one) {
        return usage("there is no command " + quoted(std::string(line_.noun) + " " + verb_) +
                     hint(verb_, verbs_of(table_, line_.noun)));
      }
      return std::nullopt;
    }
    if (line_.command->operand.empty() || !line_.arguments.operands.empty()) {
      return usage(name() + " does not know what to do with " + quoted(word));
    }
    line_.arguments.operands.push_back(word);
    return std::nullopt;
  }

  std::optional<CommandError> take_option(const std::string& word) {
    if (word == "-h") {
      line_.help = true;
      return std::nullopt;
    }
    if (!word.starts_with("--")) {
      return usage("there is no option " + quoted(word) + ": options begin with two hyphens");
    }
    const auto equals = word.find('=');
    const std::string option_name =
        word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const OptionSpec* option = find_option(global_options(), option_name);
    if (option == nullptr && line_.command != nullptr) {
      option = find_option(line_.command->options, option_name);
    }
    if (option == nullptr) return unknown_option(option_name);

    std::vector<std::string> values;
    if (equals != std::string::npos) {
      if (option->value.empty()) return usage("option `--" + option_name + "` takes no value");
      values.push_back(word.substr(equals + 1));
    } else if (!option->value.empty()) {
      while (at_ < words_.size() && !words_[at_].starts_with("--") &&
             (option->list || values.empty())) {
        values.push_back(words_[at_++]);
      }
      if (values.empty()) {
        return usage("option `--" + option_name + "` needs a value: `--" + option_name + " " +
                     std::string(option->value) + "`");
      }
    }
    return store(*option, std::move(values));
  }

  std::optional<CommandError> store(const OptionSpec& option, std::vector<std::string> values) {
    if (option.name == "help") {
      line_.help = true;
    } else if (option.name == "version") {
      line_.version = true;
    } else if (option.name == "json") {
      line_.arguments.json = true;
    } else if (option.name == "config") {
      if (config_given_) return usage("option `--config` stands twice");
      config_given_ = true;
      line_.arguments.config = values.front();
    } else {
      auto& all = line_.arguments.options[std::string(option.name)];
      if (!all.empty() && !option.list) {
        return usage("option `--" + std::string(option.name) + "` stands twice");
      }
      if (values.empty()) values.emplace_back();
      all.insert(all.end(), values.begin(), values.end());
    }
    return std::nullopt;
  }

  [[nodiscard]] CommandError unknown_option(const std::string& option_name) const {
    std::vector<std::string_view> known;
    if (line_.command != nullptr) {
      for (const OptionSpec& option : line_.command->options) known.push_back(option.name);
    } else {
      for (const Command& command : table_) {
        if (find_option(command.options, option_name) != nullptr) {
          return usage("option `--" + option_name + "` belongs behind its command");
        }
      }
    }
    for (const OptionSpec& option : global_options()) known.push_back(option.name);
    const std::string_view nearest = nearest_word(option_name, known);
    return usage(
        "there is no option `--" + option_name + "`" +
        (nearest.empty() ? ": see `--help`" : ": did you mean `--" + std::string(nearest) + "`?"));
  }

  [[nodiscard]] std::optional<CommandError> check_complete() const {
    if (line_.noun.empty()) {
      return usage("a command is missing: " + choice(nouns_of(table_)) + " (see `--help`)");
    }
    if (line_.command == nullptr) {
      return usage(quoted(std::string(line_.noun) + (verb_.empty() ? "" : " " + verb_)) +
                   " needs another word: " + choice(verbs_of(table_, line_.noun)));
    }
    if (!line_.command->operand.empty() && line_.arguments.operands.empty()) {
      return usage(name() + " needs " + std::string(line_.command->operand));
    }
    for (const OptionSpec& option : line_.command->options) {
      if (option.required && !line_.arguments.has(option.name)) {
        return usage(name() + " needs `--" + std::string(option.name) + " " +
                     std::string(option.value) + "`");
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string name() const {
    const std::string verb(line_.command->verb);
    return quoted(std::string(line_.command->noun) + (verb.empty() ? "" : " ") + verb);
  }

  const std::vector<std::string>& words_;
  const std::vector<Command>& table_;
  std::size_t at_ = 0;
  bool config_given_ = false;
  std::string verb_;  ///< as far as it has been read
  CommandLine line_;
};

}  // namespace

const std::vector<OptionSpec>& global_options() {
  static const std::vector<OptionSpec> options = {
      {.name = "config", .value = "FILE", .help = "the server's configuration"},
      {.name = "json", .value = "", .help = "answer in JSON"},
      {.name = "help", .value = "", .help = "what a command does and takes"},
      {.name = "version", .value = "", .help = "the version of this program"},
  };
  return options;
}

Result<CommandLine, CommandError> parse_command_line(const std::vector<std::string>& words,
                                                     const std::vector<Command>& table) {
  return Parser(words, table).parse();
}

bool wants_json(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, "--json") != end;
}

}  // namespace masterkey2::ctl
