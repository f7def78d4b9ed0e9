// A site and its visitor, over HTTP on 127.0.0.1, as web servers in front of an installation see
// them.
//
//     masterkey2_visitor PORT HOST ORIGIN sign-in [EXTERNAL-ID]
//     masterkey2_visitor PORT HOST ORIGIN passkeys EXTERNAL-ID
//     masterkey2_visitor PORT HOST ORIGIN load REQUESTS
//
// The tenant's API key is the first line of stdin. `sign-in` registers a passkey, signs in with it
// and lets the sign-in be verified; `passkeys` counts those of a user; `load` asks for session
// tokens on eight connections at a time and fails if one of them is lost.
#include <sysexits.h>

#include <atomic>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "support/nginx_process.hpp"
#include "support/virtual_authenticator.hpp"
#include "webauthn/ceremony_policy.hpp"

namespace masterkey2::testing {
namespace {

struct Place {
  std::uint16_t port = 0;
  std::string host;
  std::string origin;
  std::string api_key;
};

std::string request(const Place& place, const std::string& method, const std::string& path,
                    const std::string& headers, const std::string& body) {
  return method + " /api/v1/" + path + " HTTP/1.0\r\nHost: " + place.host + "\r\n" + headers +
         (body.empty() ? "" : "Content-Type: application/json\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

Json good_answer(const Place& place, const std::string& text) {
  const HttpAnswer answer = http_exchange(place.port, text);
  Json body = Json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !body.is_object()) {
    throw std::runtime_error(text.substr(0, text.find('\r')) + ": " +
                             std::to_string(answer.status) + " " + answer.body);
  }
  return body;
}

class Visitor {
 public:
  explicit Visitor(const Place& place) : place_(place) {}

  Json as_site(const std::string& method, const std::string& path, const Json& body) const {
    return good_answer(place_,
                       request(place_, method, path, "X-API-KEY: " + place_.api_key + "\r\n",
                               body.is_null() ? "" : body.dump()));
  }

  Json as_browser(const std::string& path, const Json& token, const Json& body) const {
    const std::string headers = "Authorization: Bearer " + token.get<std::string>() +
                                "\r\nOrigin: " + place_.origin + "\r\n";
    return good_answer(place_,
                       request(place_, "POST", path, headers, body.is_null() ? "" : body.dump()));
  }

  [[nodiscard]] support::CeremonyAnswer answer_to(const Json& options, const Json& rp_id) const {
    support::CeremonyAnswer answer;
    answer.challenge = decoded(options.at("challenge"));
    answer.rp_id = rp_id.get<std::string>();
    answer.origin = place_.origin;
    return answer;
  }

  static Bytes decoded(const Json& text) {
    return base64url_decode(text.get_ref<const std::string&>()).value();
  }

 private:
  const Place& place_;
};

int sign_in(const Place& place, const std::string& external_id) {
  const Visitor visitor(place);
  const Json user = visitor.as_site("POST", "user-token", {{"external_id", external_id}});
  const Json& user_token = user.at("user_token");
  const Json begun = visitor.as_browser("begin_registration", user_token, nullptr);
  const Json& wanted = begun.at("publicKey");
  const auto credential = support::VirtualCredential::create(
      webauthn::kEs256, Visitor::decoded(wanted.at("user").at("id")));
  const Json made = support::make_registration_response(
      credential, visitor.answer_to(wanted, wanted.at("rp").at("id")));
  visitor.as_browser("finish_registration", user_token,
                     {{"ceremony", begun.at("ceremony")}, {"credential", made}});

  const Json session = visitor.as_site("POST", "session-token", nullptr);
  const Json& token = session.at("session_token");
  const Json asked = visitor.as_browser("begin_authentication", token, nullptr);
  const Json& options = asked.at("publicKey");
  const Json signed_in = support::make_authentication_response(
      credential, visitor.answer_to(options, options.at("rpId")));
  const Json done =
      visitor.as_browser("finish_authentication", token,
                         {{"ceremony", asked.at("ceremony")}, {"credential", signed_in}});
  const Json verdict = visitor.as_site("POST", "verify-auth", {{"token", done.at("auth_token")}});
  const bool good =
      verdict.at("verified") == true && verdict.at("user").at("external_id") == external_id;
  std::cout << verdict.at("user").dump() << "\n";
  return good ? EX_OK : EX_DATAERR;
}

int passkeys(const Place& place, const std::string& external_id) {
  const Visitor visitor(place);
  const Json answer = visitor.as_site("GET", "users/" + external_id + "/credentials", nullptr);
  std::cout << answer.at("credentials").size() << "\n";
  return EX_OK;
}

int load(const Place& place, int requests) {
  constexpr int kClients = 8;
  const std::string text =
      request(place, "POST", "session-token", "X-API-KEY: " + place.api_key + "\r\n", "");
  std::atomic<int> left = requests;
  std::atomic<int> lost = 0;
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      while (--left >= 0) {
        const HttpAnswer answer = http_exchange(place.port, text);
        if (answer.status == 200) continue;
        if (++lost <= 3) std::cerr << std::to_string(answer.status) + " " + answer.body + "\n";
      }
    });
  }
  for (std::thread& client : clients) client.join();
  std::cout << lost << " of " << requests << " lost\n";
  return lost == 0 && requests > 0 ? EX_OK : EX_DATAERR;
}

int run(const std::vector<std::string>& words) {
  if (words.size() < 5) throw std::runtime_error("called wrongly");
  Place place{.port = static_cast<std::uint16_t>(std::stoi(words[1])),
              .host = words[2],
              .origin = words[3],
              .api_key = {}};
  std::getline(std::cin, place.api_key);
  if (words[4] == "sign-in") return sign_in(place, words.size() > 5 ? words[5] : "visitor");
  if (words[4] == "passkeys") return passkeys(place, words.at(5));
  if (words[4] == "load") return load(place, std::stoi(words.at(5)));
  throw std::runtime_error("called wrongly");
}

}  // namespace
}  // namespace masterkey2::testing

int main(int argc, char** argv) {
  try {
    return masterkey2::testing::run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "masterkey2_visitor: " << error.what() << "\n";
    return EX_SOFTWARE;
  }
}
