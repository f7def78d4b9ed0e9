// Rows for tests. A number stands for an id, so that a failure is easy to read.
#pragma once

#include <string>

#include "masterkey2/storage.hpp"

namespace masterkey2::testing {

inline constexpr UnixMillis kNow = 1'700'000'000'000;
inline constexpr UnixMillis kLater = kNow + 360'000;
/// Ids of user tokens lie apart from those of ceremonies.
inline constexpr std::uint64_t kUserTokens = 1ULL << 40;

/// The number in the last bytes, zeros before.
template <class Id>
[[nodiscard]] Id id_of(std::uint64_t number) {
  Id id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[Id::kSize - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

[[nodiscard]] Installation make_installation();
[[nodiscard]] AuditEntry make_audit(std::uint64_t tenant, std::uint64_t sequence);
[[nodiscard]] Tenant make_tenant(std::uint64_t number);
[[nodiscard]] ApiKey make_api_key(std::uint64_t tenant, std::uint64_t number);
/// With key 1 of that tenant (digest and id: tenant × 1000 + 1).
[[nodiscard]] InsertTenant make_insert_tenant(std::uint64_t number);
[[nodiscard]] Guard make_guard(std::uint64_t tenant);
[[nodiscard]] UserAccount make_user(std::uint64_t number);
[[nodiscard]] PutUser make_put_user(std::uint64_t tenant, std::uint64_t number);
[[nodiscard]] CredentialRecord make_credential(std::uint64_t user, std::uint64_t number);
/// Ceremony `number`, user token kUserTokens + `number`.
[[nodiscard]] CommitRegistration make_registration(std::uint64_t tenant, std::uint64_t user,
                                                   std::uint64_t number);
[[nodiscard]] CommitSignIn make_sign_in(std::uint64_t tenant, std::uint64_t user,
                                        std::uint64_t credential, std::uint64_t number,
                                        std::uint64_t session);
[[nodiscard]] TakeSignIn make_take(std::uint64_t tenant, std::uint64_t sign_in);
[[nodiscard]] TakeSignIn make_take_by_session(std::uint64_t tenant, std::uint64_t session);

}  // namespace masterkey2::testing
