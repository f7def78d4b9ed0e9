// The `mediation` member of the begin calls.
#pragma once

#include "fcgi/handlers/body.hpp"

namespace masterkey2 {

/// True for `conditional`. Other words are those of CredentialMediationRequirement (Credential
/// Management Level 1 §2.3.2), which change nothing here.
[[nodiscard]] ApiResult<bool> read_conditional_mediation(const Body& body);

}  // namespace masterkey2
