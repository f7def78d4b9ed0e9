// A site and its visitors: the calls of a relying party and of browsers, with passkeys of software.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "encoding/json.hpp"
#include "support/fastcgi_client.hpp"
#include "support/virtual_credential.hpp"

namespace masterkey2::testing {

/// The server process went away in the middle of a call.
struct ConnectionLost : std::runtime_error {
  ConnectionLost() : std::runtime_error("connection lost") {}
};

struct Answer {
  int status = 0;
  Json body;
  [[nodiscard]] std::string code() const { return body.value("code", ""); }
};

/// A call that should have worked.
struct Refused : std::runtime_error {
  explicit Refused(const Answer& refused)
      : std::runtime_error(std::to_string(refused.status) + " " + refused.body.dump()),
        answer(refused) {}
  Answer answer;
};

/// A passkey and whose it is.
struct Passkey {
  std::string external_id;
  support::VirtualCredential credential;
};

/// One kept connection to one server process. One thread at a time.
class Site {
 public:
  /// Throws if the socket does not answer.
  Site(const std::string& socket, std::string api_key);

  // Each call answers what the server said; ConnectionLost if it said nothing.
  Answer session_token();
  Answer user_token(const std::string& external_id);
  Answer begin_registration(const std::string& user_token);
  Answer finish_registration(const std::string& user_token, const Json& body);
  Answer begin_authentication(const std::string& session_token);
  Answer finish_authentication(const std::string& session_token, const std::string& body);
  Answer verify(const std::string& token);

  /// begin_registration and the browser's part: a new passkey and the body for finish_registration.
  std::pair<Passkey, Json> sign_registration(const std::string& user_token);
  /// A whole registration; the passkey if the server acknowledged it. Throws Refused.
  Passkey register_passkey(const std::string& external_id);
  /// begin_authentication and the browser's part: the body for finish_authentication.
  std::string sign(const std::string& session_token, const Passkey& passkey);

 private:
  Answer call(const std::string& path, const CgiParams& headers, const std::string& body);

  FastcgiConnection connection_;
  std::string api_key_;
};

/// The member `name` of a good answer. Throws Refused otherwise.
std::string member(const Answer& answer, const std::string& name);

}  // namespace masterkey2::testing
