// Reasons of a failed verification in words that an operator can act on.
#pragma once

#include <string>

#include "webauthn/verification_error.hpp"

namespace masterkey2::ctl {

/// One or two sentences: what does not hold, and what usually brings it about.
[[nodiscard]] std::string explanation(webauthn::Reason reason);

}  // namespace masterkey2::ctl
