// What a service can answer instead of a result, in the contract's words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

enum class ErrorCode : std::uint8_t {
#define X(enumerator, word, status, detail) enumerator,
#include "service/error_codes.def"
#undef X
};

/// The contract's word, such as `token_expired`.
[[nodiscard]] std::string_view error_word(ErrorCode code);

/// The HTTP status that goes with `code`, and the fixed text that clients read.
[[nodiscard]] int error_status(ErrorCode code);
[[nodiscard]] std::string_view error_detail(ErrorCode code);

/// `code` decides what the client sees; `detail` goes to the log alone.
struct ApiError {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;           ///< for the log; holds no secret
  std::string reason;           ///< kVerificationFailed: the word of the failed step
  std::string pointer;          ///< kInvalidRequest: JSON pointer of a member of ours, e.g. `/ttl`
  std::string expected;         ///< kInvalidRequest: what should stand there
  int retry_after_seconds = 0;  ///< 0: no Retry-After
  /// kCredentialNotFound: what a passkey provider may forget, in base64url; empty: nothing.
  std::string unknown_credential;
};

template <class T>
using ApiResult = Result<T, ApiError>;

}  // namespace masterkey2
