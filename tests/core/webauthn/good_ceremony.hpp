// A registration and an authentication that verify. Tests change one thing in it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/virtual_authenticator.hpp"
#include "webauthn/authentication.hpp"
#include "webauthn/registration.hpp"

namespace masterkey2::webauthn {

/// Credentials are made once for each algorithm and copied: the tests need no fresh keys.
[[nodiscard]] const support::VirtualCredential& shared_credential(std::int32_t algorithm);

struct GoodCeremony {
  explicit GoodCeremony(std::int32_t algorithm = kEs256);

  [[nodiscard]] Verified<RegistrationResult> verify_registration() const;
  [[nodiscard]] Verified<RegistrationResult> verify_registration(
      const RegistrationResponse& response) const;
  [[nodiscard]] Verified<AuthenticationResult> verify_authentication() const;
  [[nodiscard]] Verified<AuthenticationResult> verify_authentication(
      const AuthenticationResponse& response) const;
  [[nodiscard]] Verified<void> verify_unknown() const;

  [[nodiscard]] RegistrationResponse registration_response() const;
  [[nodiscard]] AuthenticationResponse authentication_response() const;

  // What the client does.
  support::VirtualCredential credential;
  support::CeremonyAnswer answer;

  // What the server expects.
  Bytes challenge;
  std::string rp_id = "example.org";
  std::vector<std::string> origins = {"https://example.org", "https://login.example.org:8443"};
  CeremonyPolicy policy;
  bool conditional = false;
  const AttestationTrust* trust = nullptr;
  std::optional<UnixMillis> now;
  std::vector<Bytes> allow_credentials;
  bool user_named = false;
  Bytes public_key;
  Bytes user_handle;
  std::uint32_t stored_sign_count = 0;
  std::optional<bool> stored_backup_eligible = true;

 private:
  [[nodiscard]] StoredCredential stored() const;
};

/// `R9 origin_mismatch`; `accepted` for a good verdict.
template <class T>
[[nodiscard]] std::string verdict(const Verified<T>& result) {
  if (result) return "accepted";
  return std::string(result.error().step) + " " + std::string(reason_word(result.error().reason));
}

}  // namespace masterkey2::webauthn
