// Which browser on which system asks, by the words of its User-Agent.
#pragma once

#include <cstdint>
#include <string_view>

namespace masterkey2 {

/// The numbers are sealed into tokens: new ones go to the end.
enum class Browser : std::uint8_t {
  kUnknown = 0,
  kChrome,
  kEdge,
  kFirefox,
  kOpera,
  kSafari,
  kSamsungInternet,
};
enum class OperatingSystem : std::uint8_t {
  kUnknown = 0,
  kAndroid,
  kChromeOs,
  kIos,
  kLinux,
  kMacOs,
  kWindows,
};

struct UserAgent {
  Browser browser = Browser::kUnknown;
  OperatingSystem system = OperatingSystem::kUnknown;

  bool operator==(const UserAgent&) const = default;
};

/// `Firefox`, `Windows` and so on; `unknown`.
[[nodiscard]] std::string_view browser_name(Browser browser);
[[nodiscard]] std::string_view system_name(OperatingSystem system);

/// Looks for known words in the first 512 bytes: nothing of the text itself is kept. A claim of the
/// client, for people to compare with what they see; nothing is decided by it.
[[nodiscard]] UserAgent parse_user_agent(std::string_view header);

}  // namespace masterkey2
