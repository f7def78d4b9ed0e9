// Short ways to say what went wrong.
#pragma once

#include <string>

#include "masterkey2/storage_error.hpp"
#include "service/api_error.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2 {

/// `detail` is for the log alone.
[[nodiscard]] ApiError failure(ErrorCode code, std::string detail = {});

/// `pointer`: JSON pointer of a member of ours; `expected`: what should stand there.
[[nodiscard]] ApiError invalid_request(std::string pointer, std::string expected);

/// storage_unavailable for what may pass, `internal` for bugs.
[[nodiscard]] ApiError storage_failure(const StorageError& error);

/// verification_failed with the reason's word; step and detail go to the log.
[[nodiscard]] ApiError verification_failure(const webauthn::VerificationError& error);

}  // namespace masterkey2
