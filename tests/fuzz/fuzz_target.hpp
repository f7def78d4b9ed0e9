// Fuzz targets: each takes any bytes and throws PropertyBroken if what it tests does not hold. The
// same functions run under libFuzzer (fuzz_main.cpp) and over the corpus in every test run
// (corpus_test.cpp).
//
// Properties: failure gives no value, success has accounted for every byte, and the decision is the
// same a second time.
#pragma once

#include <span>
#include <stdexcept>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2::fuzz {

struct PropertyBroken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void require(bool holds, const char* property) {
  if (!holds) throw PropertyBroken(property);
}

struct FuzzTarget {
  std::string_view name;  ///< also the folder of its corpus
  void (*run)(ByteView input);
  std::size_t max_size;  ///< of an input: what a caller would let through
};

[[nodiscard]] std::span<const FuzzTarget> fuzz_targets();
/// Null if there is none of that name.
[[nodiscard]] const FuzzTarget* find_fuzz_target(std::string_view name);

void fuzz_attestation(ByteView input);
void fuzz_authentication_json(ByteView input);
void fuzz_authenticator_data(ByteView input);
void fuzz_base64url(ByteView input);
void fuzz_cbor(ByteView input);
void fuzz_certificate(ByteView input);
void fuzz_client_data(ByteView input);
void fuzz_cose_key(ByteView input);
void fuzz_registration_json(ByteView input);
void fuzz_sealed_token(ByteView input);
void fuzz_tpm_structures(ByteView input);

}  // namespace masterkey2::fuzz
