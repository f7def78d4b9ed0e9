// The verdict "no", with its reason and the step of the specification that gave it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2::webauthn {

enum class Reason : std::uint8_t {
#define X(enumerator, word) enumerator,
#include "webauthn/reasons.def"
#undef X
};

/// The contract's word, such as `origin_mismatch`.
[[nodiscard]] std::string_view reason_word(Reason reason);

struct VerificationError {
  Reason reason{};
  /// Step of Level 3 §7.1 (`R9`) or §7.2 (`A12`).
  std::string_view step;
  std::string detail;  ///< for operators: what was found and what was expected; no secret
};

template <class T>
using Verified = Result<T, VerificationError>;

}  // namespace masterkey2::webauthn
