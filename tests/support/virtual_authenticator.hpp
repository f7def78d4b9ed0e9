// Browser and authenticator in one: answers ceremonies with a VirtualCredential, rightly or
// wrongly.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "support/virtual_credential.hpp"

namespace masterkey2::support {

/// UP, UV, BE and BS: what a synced passkey sends.
inline constexpr std::uint8_t kSyncedPasskeyFlags = 0x1D;

/// What the answer to a ceremony is made of. As set here it is good, if challenge, RP ID and origin
/// are those that are expected. Hooks change the bytes before they are signed or enclosed.
struct CeremonyAnswer {
  Bytes challenge;
  std::string rp_id;
  std::string origin;
  std::uint8_t flags = kSyncedPasskeyFlags;  ///< AT and ED are added where there is such data
  std::uint32_t sign_count = 0;
  std::optional<bool> cross_origin = false;  ///< absent: no such member
  std::optional<std::string> top_origin;
  std::string format = "none";  ///< of a registration: `none`, or `packed` (self attestation)
  bool with_user_handle = true;
  Bytes extensions;  ///< CBOR of the authenticator extension outputs; empty: none

  std::function<void(Json&)> edit_client_data;
  std::function<void(std::string&)> edit_client_data_json;  ///< after `edit_client_data`
  std::function<void(Bytes&)> edit_authenticator_data;
  std::function<void(Bytes&)> edit_attestation_object;
};

/// RegistrationResponseJSON.
[[nodiscard]] Json make_registration_response(const VirtualCredential& credential,
                                              const CeremonyAnswer& answer);

/// AuthenticationResponseJSON.
[[nodiscard]] Json make_authentication_response(const VirtualCredential& credential,
                                                const CeremonyAnswer& answer);

}  // namespace masterkey2::support
