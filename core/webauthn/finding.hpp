// Why something is refused, before the step that found it is known.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "masterkey2/result.hpp"
#include "webauthn/verification_error.hpp"

namespace masterkey2::webauthn {

struct Finding {
  Reason reason{};
  std::string detail;  ///< for operators; what strangers wrote only through `quoted`
};

template <class T>
using Checked = Result<T, Finding>;

[[nodiscard]] inline VerificationError at_step(std::string_view step, Finding finding) {
  return {finding.reason, step, std::move(finding.detail)};
}

/// `text` in quotation marks, cut to a length and to printable ASCII, so that a log can hold it.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace masterkey2::webauthn
