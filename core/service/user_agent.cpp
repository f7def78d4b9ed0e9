#include "service/user_agent.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace masterkey2 {
namespace {

constexpr std::size_t kMostRead = 512;

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

// The first that occurs counts: browsers name those that they want to be taken for, too.
constexpr Word<Browser> kBrowserWords[] = {
    {"Edg/", Browser::kEdge},        {"EdgA/", Browser::kEdge},
    {"EdgiOS/", Browser::kEdge},     {"OPR/", Browser::kOpera},
    {"OPT/", Browser::kOpera},       {"SamsungBrowser/", Browser::kSamsungInternet},
    {"Firefox/", Browser::kFirefox}, {"FxiOS/", Browser::kFirefox},
    {"CriOS/", Browser::kChrome},    {"Chrome/", Browser::kChrome},
    {"Safari/", Browser::kSafari},
};
constexpr Word<OperatingSystem> kSystemWords[] = {
    {"Android", OperatingSystem::kAndroid}, {"iPhone", OperatingSystem::kIos},
    {"iPad", OperatingSystem::kIos},        {"CrOS", OperatingSystem::kChromeOs},
    {"Windows", OperatingSystem::kWindows}, {"Macintosh", OperatingSystem::kMacOs},
    {"Linux", OperatingSystem::kLinux},
};

template <class Value>
Value find_word(std::span<const Word<Value>> words, std::string_view text) {
  const auto found = std::ranges::find_if(words, [&](const Word<Value>& word) {
    return text.find(word.text) != std::string_view::npos;
  });
  return found == words.end() ? Value::kUnknown : found->value;
}

}  // namespace

std::string_view browser_name(Browser browser) {
  constexpr std::array<std::string_view, 7> kNames = {
      "unknown", "Chrome", "Edge", "Firefox", "Opera", "Safari", "Samsung Internet"};
  return kNames.at(static_cast<std::size_t>(browser));
}

std::string_view system_name(OperatingSystem system) {
  constexpr std::array<std::string_view, 7> kNames = {"unknown", "Android", "ChromeOS", "iOS",
                                                      "Linux",   "macOS",   "Windows"};
  return kNames.at(static_cast<std::size_t>(system));
}

UserAgent parse_user_agent(std::string_view header) {
  const std::string_view text = header.substr(0, kMostRead);
  return {find_word<Browser>(kBrowserWords, text), find_word<OperatingSystem>(kSystemWords, text)};
}

}  // namespace masterkey2
