// One P-256 sign-in, in the three forms whose cost is compared.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "webauthn/authentication.hpp"

struct evp_pkey_st;
struct evp_pkey_ctx_st;

namespace masterkey2::figures {

class AssertionSample {
 public:
  AssertionSample();
  ~AssertionSample();
  AssertionSample(const AssertionSample&) = delete;
  AssertionSample& operator=(const AssertionSample&) = delete;

  /// EVP_PKEY_verify of a ready hash, with a ready key and a ready context.
  [[nodiscard]] bool bare() const;
  /// Decoded bytes and a parsed key.
  [[nodiscard]] bool from_bytes() const;
  /// The JSON body and the stored bytes of the key.
  [[nodiscard]] bool from_json() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace masterkey2::figures
