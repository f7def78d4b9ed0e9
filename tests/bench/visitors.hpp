// Sites and browsers that register and sign in over HTTP, with passkeys of software that really
// sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/virtual_credential.hpp"

namespace masterkey2::bench {

/// Connections that ask at the same time, each as soon as it has its last answer.
inline constexpr unsigned kConnections = 16;

inline constexpr const char* kOrigin = "http://localhost:8080";
inline constexpr const char* kRpId = "localhost";

/// Where a tenant is served.
struct Door {
  std::uint16_t port = 0;
  std::string api_key;
};

using Members = std::vector<support::VirtualCredential>;

/// As many new users, each with a passkey.
[[nodiscard]] Members register_members(const Door& door, std::size_t count);

/// As many new session tokens: a page has one for each time it is shown.
[[nodiscard]] std::vector<std::string> make_session_tokens(const Door& door, std::size_t count);

enum class Extent : std::uint8_t {
  kSignIn,    ///< begin_authentication, finish_authentication
  kVerified,  ///< and verify-auth with the auth token
};

/// One sign-in for each session token, by the members in turn. How long each took, in seconds, in
/// no order. Throws if a single one fails.
[[nodiscard]] std::vector<double> sign_in(const Door& door, const Members& members,
                                          const std::vector<std::string>& session_tokens,
                                          Extent extent);

/// A call that the server has to turn down.
struct Refusal {
  std::string name;
  std::string path;
  std::string headers;
  std::string body;
  int status = 0;
};

[[nodiscard]] std::vector<Refusal> refusals(const Door& door);

/// Makes the call as often as said. Throws if it is answered with another status.
void be_refused(const Door& door, const Refusal& refusal, std::size_t count);

}  // namespace masterkey2::bench
