// masterkey2-storage-conformance: does a storage plugin keep what the contract promises?
#include <gtest/gtest.h>
#include <sysexits.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "plugins/backend.hpp"
#include "plugins/torture.hpp"
#include "summary.hpp"
#include "support/temporary_folder.hpp"

namespace {

using masterkey2::PluginRequest;
using masterkey2::testing::Backend;

constexpr const char* kUsage =
    R"(usage: masterkey2-storage-conformance [--json] [--only WORD] [--prepare COMMAND] PLUGIN.so [key=value]…

Loads PLUGIN.so (libmasterkey2_storage_NAME.so) as the server does and tries everything that
masterkey2/storage.hpp promises. Options of the plugin follow as key=value; each test makes a new
store, so that one of them must differ each time:
  {fresh}  in a value stands for the path of a new empty folder
  {name}   stands for that folder's name as an identifier, such as a database's

  --prepare COMMAND  runs in a shell before each new store, with the same placeholders
  --only WORD        tests with WORD in their name; P5 for those of promise 5
  --json             the summary as JSON

Exit codes: 0 it conforms, 1 it does not, 64 usage, 65 the plugin cannot be loaded.
)";

struct Line {
  bool json = false;
  std::string only;
  std::string prepare;
  std::string file;
  std::vector<std::string> options;
};

/// False: not as kUsage says.
bool read_line(const std::vector<std::string>& words, Line& line) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool takes_value = word == "--only" || word == "--prepare";
    if (takes_value && i + 1 == words.size()) return false;
    if (word == "--json") {
      line.json = true;
    } else if (word == "--only") {
      line.only = words[++i];
    } else if (word == "--prepare") {
      line.prepare = words[++i];
    } else if (word.starts_with("--") || (!line.file.empty() && word.find('=') == word.npos)) {
      return false;
    } else if (line.file.empty()) {
      line.file = word;
    } else {
      line.options.push_back(word);
    }
  }
  return !line.file.empty();
}

/// For GoogleTest. P1 is not P10.
std::string filter(const std::string& only) {
  if (only.empty()) return "*";
  if (only.size() < 2 || only[0] != 'P' || only.find_first_not_of("0123456789", 1) != only.npos) {
    return "*" + only + "*";
  }
  std::string text = "*." + only + "*-";
  for (char digit = '0'; digit <= '9'; ++digit) {
    if (digit > '0') text += ":";
    text += "*." + only + digit + "*";
  }
  return text;
}

int judge(const Line& line, const std::string& program) {
  constexpr std::string_view kStart = "libmasterkey2_storage_";
  constexpr std::string_view kEnd = ".so";
  const auto path = std::filesystem::absolute(line.file).lexically_normal();
  const std::string base = path.filename().string();
  if (base.size() <= kStart.size() + kEnd.size() || !base.starts_with(kStart) ||
      !base.ends_with(kEnd)) {
    std::cerr << "masterkey2-storage-conformance: " << line.file
              << " is not named libmasterkey2_storage_NAME.so\n";
    return EX_USAGE;
  }
  Backend& backend = Backend::chosen();
  backend.plugin_dir = path.parent_path().string();
  backend.name = base.substr(kStart.size(), base.size() - kStart.size() - kEnd.size());
  backend.prepare = line.prepare;
  backend.options.clear();
  for (const std::string& option : line.options) {
    const std::size_t equals = option.find('=');
    backend.options.emplace_back(option.substr(0, equals), option.substr(equals + 1));
  }
  const masterkey2::testing::TemporaryFolder folder;
  masterkey2::testing::QuietHost host;
  const PluginRequest request = backend.request(folder.path());
  const auto plugin = masterkey2::read_plugin(request);
  const auto loaded = masterkey2::load_storage(request, host);
  if (!plugin || !loaded) {
    std::cerr << "masterkey2-storage-conformance: "
              << (!plugin ? plugin.error().detail : loaded.error().detail) << "\n";
    return EX_DATAERR;
  }

  std::string name = program;
  int count = 1;
  std::vector<char*> arguments = {name.data(), nullptr};
  ::testing::InitGoogleTest(&count, arguments.data());
  ::testing::GTEST_FLAG(filter) = filter(line.only);
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  auto* summary = new masterkey2::conformance::Summary;  // GoogleTest's from here on
  listeners.Append(summary);
  const bool passed = RUN_ALL_TESTS() == 0;
  std::cout << (line.json ? summary->json(**plugin, path.string())
                          : summary->text(**plugin, path.string()))
            << std::flush;
  return passed && summary->conforms() ? 0 : 1;
}

int run(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  // As its own worker.
  if (std::ranges::find(words, "--worker") != words.end() ||
      std::ranges::find(words, "--mode") != words.end()) {
    return masterkey2::testing::torture_main(argc, argv);
  }
  Line line;
  if (std::ranges::find(words, "--help") != words.end()) {
    std::cout << kUsage;
    return 0;
  }
  if (std::ranges::find(words, "--version") != words.end()) {
    std::cout << "masterkey2-storage-conformance " MASTERKEY2_VERSION "\n";
    return 0;
  }
  if (!read_line(words, line)) {
    std::cerr << kUsage;
    return EX_USAGE;
  }
  return judge(line, argv[0]);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "masterkey2-storage-conformance: this is a bug: %s\n", error.what());
    return EX_SOFTWARE;
  }
}
