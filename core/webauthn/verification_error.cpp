#include "webauthn/verification_error.hpp"

#include <array>

namespace masterkey2::webauthn {
namespace {

/// In the order of Reason, which is made of the same rows.
constexpr std::array kWords = {
#define X(enumerator, word) std::string_view(word),
#include "webauthn/reasons.def"
#undef X
};

}  // namespace

std::string_view reason_word(Reason reason) { return kWords.at(static_cast<std::size_t>(reason)); }

}  // namespace masterkey2::webauthn
