// Steps that registration (L3 §7.1) and authentication (§7.2) have in common.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "masterkey2/bytes.hpp"
#include "webauthn/authenticator_data.hpp"
#include "webauthn/ceremony_policy.hpp"
#include "webauthn/client_data.hpp"
#include "webauthn/finding.hpp"

namespace masterkey2::webauthn {

/// R7, A10. `expected`: `webauthn.create` or `webauthn.get`.
[[nodiscard]] Checked<void> verify_type(const ClientData& client_data, std::string_view expected);

/// R8, A11. As text, in constant time. A challenge of less than 16 bytes matches nothing.
[[nodiscard]] Checked<void> verify_challenge(const ClientData& client_data, ByteView expected);

/// R9, A12. Byte by byte; so an Android app is listed as `android:apk-key-hash:…`.
[[nodiscard]] Checked<void> verify_origin(const ClientData& client_data,
                                          std::span<const std::string> expected);

/// R10, A13.
[[nodiscard]] Checked<void> verify_cross_origin(const ClientData& client_data,
                                                const CeremonyPolicy& policy);

/// R11, A14.
[[nodiscard]] Checked<void> verify_top_origin(const ClientData& client_data,
                                              const CeremonyPolicy& policy);

/// R14, A15.
[[nodiscard]] Checked<void> verify_rp_id_hash(const AuthenticatorData& data,
                                              std::string_view rp_id);

/// R15, A16.
[[nodiscard]] Checked<void> verify_user_presence(const AuthenticatorData& data);

/// R16, A17.
[[nodiscard]] Checked<void> verify_user_verification(const AuthenticatorData& data,
                                                     const CeremonyPolicy& policy);

/// R17, A18. Only what may be backed up is backed up.
[[nodiscard]] Checked<void> verify_backup_flags(const AuthenticatorData& data);

}  // namespace masterkey2::webauthn
