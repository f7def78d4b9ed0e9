#include "bench/program.hpp"

#include <sysexits.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>

namespace masterkey2::bench {

bool Words::take(const std::string& name) { return std::erase(words_, name) != 0; }

std::string Words::take_text(const std::string& name) {
  const auto option = std::find(words_.begin(), words_.end(), name);
  if (option == words_.end()) return {};
  const auto value = std::next(option);
  if (value == words_.end() || value->empty()) {
    throw std::invalid_argument(name + " needs a value");
  }
  std::string text = *value;
  words_.erase(option, std::next(value));
  return text;
}

double Words::number(const std::string& name, const std::string& text) {
  std::size_t end = 0;
  double value = -1;
  try {
    value = std::stod(text, &end);
  } catch (const std::logic_error&) {
  }
  if (end != text.size() || !(value >= 0 && value <= 1e12)) {
    throw std::invalid_argument(name + " needs a number, not " + text);
  }
  return value;
}

Storages Words::take_storages() {
  const auto name = take_text("--storage");
  if (name.empty()) return {};
  if (name != "flatfile" && name != "mysql") {
    throw std::invalid_argument("--storage is flatfile or mysql, not " + name);
  }
  return {.flat_file = name == "flatfile", .mysql = name == "mysql"};
}

void Words::end() const {
  if (!words_.empty()) throw std::invalid_argument("there is no option " + words_.front());
}

void progress(const std::string& text) { std::cerr << text << std::endl; }

int run_program(int argc, const char* const* argv, const std::function<Json(Words)>& work) {
  try {
    std::cout << work(Words(argc, argv)).dump(1) << "\n";
    return EX_OK;
  } catch (const std::invalid_argument& error) {
    std::cerr << argv[0] << ": " << error.what() << "\n";
    return EX_USAGE;
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << "\n";
    return EX_SOFTWARE;
  }
}

}  // namespace masterkey2::bench
