// Sites and browsers that register and sign in over HTTP, with passkeys of software that really
// sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/http_connection.hpp"
#include "encoding/json.hpp"
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

/// A new user's passkey. Throws if a call fails.
[[nodiscard]] support::VirtualCredential register_member(HttpConnection& connection,
                                                         const Door& door,
                                                         const std::string& external_id);

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

/// One sign-in of a closed loop.
struct Visit {
  double ended = 0;  ///< in s since the loop began
  bool good = false;
};

/// Sign-ins (begin, finish) on all connections for so long; a refusal is no reason to end.
[[nodiscard]] std::vector<Visit> sign_in_for(const Door& door, const Members& members,
                                             const std::vector<std::string>& session_tokens,
                                             double seconds);

/// The lines that a page's script sends with a call.
[[nodiscard]] std::string page_headers(const std::string& token,
                                       const std::string& origin = kOrigin);
/// The lines that a site sends with a call.
[[nodiscard]] std::string site_headers(const Door& door);
/// What the browser makes of the answer to begin_registration: a passkey, and the body of
/// finish_registration.
struct NewPasskey {
  support::VirtualCredential credential;
  std::string body;
};
[[nodiscard]] NewPasskey signed_registration(const Json& begun);
/// What the browser makes of the answer to begin_authentication: the body of finish_authentication.
[[nodiscard]] std::string signed_answer(const support::VirtualCredential& credential,
                                        const std::string& begun);

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
