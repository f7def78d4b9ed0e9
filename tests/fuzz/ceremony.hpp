// Verification of what the fuzzer wrote, with expectations read from it: so that it gets as far as
// it can.
#pragma once

#include <string>
#include <vector>

#include "webauthn/authentication.hpp"
#include "webauthn/registration.hpp"

namespace masterkey2::fuzz {

/// Twice; throws PropertyBroken if the verdicts differ or if a good one lacks something.
void verify_as_expected(const webauthn::RegistrationResponse& response);
void verify_as_expected(const webauthn::AuthenticationResponse& response);

}  // namespace masterkey2::fuzz
