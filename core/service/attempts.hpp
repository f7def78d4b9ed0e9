// Starting an operation again when it lost against another one.
#pragma once

#include <optional>
#include <utility>

#include "service/api_error.hpp"
#include "service/failure.hpp"

namespace masterkey2 {

/// What an attempt answers: a value, an error, or absent for "lost: start again".
template <class T>
using Attempt = ApiResult<std::optional<T>>;

/// Runs `attempt` until it answers, at most five times: then `overloaded`. It must read anew what
/// it rests on.
template <class T, class Function>
[[nodiscard]] ApiResult<T> with_attempts(Function&& attempt) {
  constexpr int kMostAttempts = 5;
  for (int i = 0; i < kMostAttempts; ++i) {
    Attempt<T> answer = attempt();
    if (!answer) return std::move(answer).error();
    if (answer->has_value()) return *std::move(*answer);
  }
  ApiError error = failure(ErrorCode::kOverloaded, "lost against concurrent changes, five times");
  error.retry_after_seconds = 1;
  return error;
}

}  // namespace masterkey2
