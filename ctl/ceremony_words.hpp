// Reasons of a failed verification in words that an operator can act on.
#pragma once

#include <string>

#include "ctl/recorded_ceremony.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2::ctl {

/// One or two sentences: what does not hold, and what usually brings it about.
[[nodiscard]] std::string explanation(webauthn::Reason reason);

/// What a good registration proves, and what nobody has asked it to prove.
[[nodiscard]] std::string accepted_registration(webauthn::AttestationTrustRule rule);

/// What a good assertion proves.
[[nodiscard]] std::string accepted_authentication(ChallengeSource source);

}  // namespace masterkey2::ctl
