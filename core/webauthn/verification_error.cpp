#include "webauthn/verification_error.hpp"

namespace masterkey2::webauthn {

std::string_view reason_word(Reason reason) {
  switch (reason) {
#define X(enumerator, word) \
  case Reason::enumerator:  \
    return word;
#include "webauthn/reasons.def"
#undef X
  }
  return "unknown";
}

}  // namespace masterkey2::webauthn
