#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

std::string quoted(std::string_view text) {
  constexpr std::size_t kMaxSize = 200;
  std::string result = "\"";
  for (const char character : text.substr(0, kMaxSize)) {
    const bool printable = character >= ' ' && character <= '~' && character != '"';
    result.push_back(printable ? character : '?');
  }
  result += text.size() > kMaxSize ? "…\"" : "\"";
  return result;
}

}  // namespace masterkey2::webauthn
