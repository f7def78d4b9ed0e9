// What the programs of the benchmark have in common: their options and how they end.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "encoding/json.hpp"

namespace masterkey2::bench {

/// That a program is to measure.
struct Storages {
  bool flat_file = true;
  bool mysql = true;
};

/// The words behind a program's name: `--name` for a switch, `--name VALUE` for all else.
class Words {
 public:
  Words(int argc, const char* const* argv) : words_(argv + 1, argv + argc) {}

  /// True if the switch is there.
  [[nodiscard]] bool take(const std::string& name);
  /// Text or a number; unchanged if the option is not there. Throws for what is no such number.
  template <class Value>
  void take(const std::string& name, Value& value) {
    const auto text = take_text(name);
    if (text.empty()) return;
    if constexpr (std::is_same_v<Value, std::string>) {
      value = text;
    } else {
      value = static_cast<Value>(number(name, text));
    }
  }
  /// `--storage flatfile|mysql`; both if it is not there. Throws for any other one.
  [[nodiscard]] Storages take_storages();
  /// Throws if a word is left that nobody knows.
  void end() const;

 private:
  /// Empty if the option is not there.
  std::string take_text(const std::string& name);
  static double number(const std::string& name, const std::string& text);

  std::vector<std::string> words_;
};

/// A line for who watches, on stderr.
void progress(const std::string& text);

/// Prints what `work` answers to stdout. The exit code; a failure is told on stderr.
int run_program(int argc, const char* const* argv, const std::function<Json(Words)>& work);

}  // namespace masterkey2::bench
