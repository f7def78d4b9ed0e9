#include "token/sealed_token.hpp"

#include <algorithm>

#include "encoding/base64url.hpp"
#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {
namespace {

constexpr std::uint64_t kEpoch = 1;

/// Two keys: one seals, both open.
const KeyRing& ring() {
  static const KeyRing keys = [] {
    RingKey active{0x01020304, RingKeyState::kActive, 0, {}};
    RingKey pending{0x05060708, RingKeyState::kPending, 0, {}};
    active.secret.fill(0x11);
    pending.secret.fill(0x22);
    return KeyRing::from_keys({active, pending}).value();
  }();
  return keys;
}

/// Gives the random bytes of a token once more.
class Repeated final : public RandomSource {
 public:
  explicit Repeated(ByteView bytes) : bytes_(bytes) {}
  void fill(std::span<std::uint8_t> out) override {
    require(out.size() == bytes_.size(), "a token has 24 random bytes");
    std::copy(bytes_.begin(), bytes_.end(), out.begin());
  }

 private:
  ByteView bytes_;
};

}  // namespace

/// Of each kind at most the text itself opens, and what opens is what would be sealed.
void fuzz_sealed_token(ByteView input) {
  const std::string_view text = as_text(input);
  for (const TokenKind kind : {TokenKind::kSession, TokenKind::kUser, TokenKind::kCeremony,
                               TokenKind::kAuth, TokenKind::kPoll, TokenKind::kQr}) {
    const auto opened = open_token(kind, text, kEpoch, ring());
    const auto again = open_token(kind, text, kEpoch, ring());
    require(again.has_value() == opened.has_value(), "decides the same twice");
    if (!opened) continue;
    require(token_kind(text) == kind, "opens as its own kind alone");
    require(!open_token(kind, text, kEpoch + 1, ring()), "opens in its epoch alone");
    const Bytes token = base64url_decode(text.substr(token_prefix(kind).size())).value();
    if (token[1] != 0x01) continue;  // sealed by the other key
    Repeated random(ByteView(token).subspan(5, 24));
    require(seal_token(kind, *opened, kEpoch, ring(), random) == text, "is what would be sealed");
  }
}

}  // namespace masterkey2::fuzz
