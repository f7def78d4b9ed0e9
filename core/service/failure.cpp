#include "service/failure.hpp"

#include <utility>

namespace masterkey2 {
namespace {

constexpr int kStorageRetrySeconds = 1;

}  // namespace

ApiError failure(ErrorCode code, std::string detail) {
  ApiError error;
  error.code = code;
  error.detail = std::move(detail);
  return error;
}

ApiError invalid_request(std::string pointer, std::string expected) {
  ApiError error;
  error.code = ErrorCode::kInvalidRequest;
  error.pointer = std::move(pointer);
  error.expected = std::move(expected);
  return error;
}

ApiError storage_failure(const StorageError& error) {
  ApiError answer;
  answer.detail = error.detail;
  switch (error.code) {
    case StorageErrorCode::kConflict:
      answer.code = ErrorCode::kOverloaded;
      answer.retry_after_seconds = kStorageRetrySeconds;
      return answer;
    case StorageErrorCode::kUnavailable:
    case StorageErrorCode::kOutcomeUnknown:
    case StorageErrorCode::kNotInitialized:
    case StorageErrorCode::kIncompatible:
    case StorageErrorCode::kCorrupt:
      answer.code = ErrorCode::kStorageUnavailable;
      answer.retry_after_seconds = kStorageRetrySeconds;
      return answer;
    case StorageErrorCode::kInvalidOptions:
    case StorageErrorCode::kInvalidArgument:
    case StorageErrorCode::kInternal:
    case StorageErrorCode::kUnsupported:
      break;
  }
  answer.code = ErrorCode::kInternal;
  return answer;
}

ApiError verification_failure(const webauthn::VerificationError& error) {
  ApiError answer;
  answer.code = ErrorCode::kVerificationFailed;
  answer.reason = webauthn::reason_word(error.reason);
  answer.detail = std::string(error.step) + ": " + error.detail;
  return answer;
}

}  // namespace masterkey2
