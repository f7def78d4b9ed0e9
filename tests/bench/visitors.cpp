#include "bench/visitors.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/http_connection.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "support/virtual_authenticator.hpp"
#include "webauthn/ceremony_policy.hpp"

namespace masterkey2::bench {
namespace {

using std::chrono::steady_clock;

std::string site(const Door& door) { return "X-API-Key: " + door.api_key + "\r\n"; }

std::string browser(const std::string& token, const std::string& origin = kOrigin) {
  return "Authorization: Bearer " + token + "\r\nOrigin: " + origin + "\r\n";
}

Json good(HttpConnection& connection, const std::string& path, const std::string& headers,
          const std::string& body) {
  const HttpReply reply = connection.post(path, headers, body);
  Json answer = Json::parse(reply.body, nullptr, false);
  if (reply.status != 200 || !answer.is_object()) {
    throw std::runtime_error(path + ": " + std::to_string(reply.status) + " " + reply.body);
  }
  return answer;
}

Bytes decoded(const Json& text) {
  return base64url_decode(text.get_ref<const std::string&>()).value();
}

support::CeremonyAnswer answer_to(const Json& options, const Json& rp_id) {
  support::CeremonyAnswer answer;
  answer.challenge = decoded(options.at("challenge"));
  answer.rp_id = rp_id.get<std::string>();
  answer.origin = kOrigin;
  return answer;
}

/// `work(connection, index)` for each index below `count`, spread over the connections. The first
/// exception ends all and is thrown on.
void on_all_connections(const Door& door, std::size_t count,
                        const std::function<void(HttpConnection&, std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr mishap;
  std::vector<std::thread> threads;
  threads.reserve(kConnections);
  for (unsigned i = 0; i < kConnections; ++i) {
    threads.emplace_back([&] {
      try {
        HttpConnection connection(door.port);
        for (std::size_t index = next++; index < count; index = next++) work(connection, index);
      } catch (...) {
        next = count;
        const std::lock_guard lock(mutex);
        if (!mishap) mishap = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (mishap) std::rethrow_exception(mishap);
}

support::VirtualCredential register_member(HttpConnection& connection, const Door& door,
                                           const std::string& external_id) {
  const Json user =
      good(connection, "user-token", site(door), Json{{"external_id", external_id}}.dump());
  const std::string headers = browser(user.at("user_token").get<std::string>());
  const Json begun = good(connection, "begin_registration", headers, "");
  const Json& options = begun.at("publicKey");
  auto credential =
      support::VirtualCredential::create(webauthn::kEs256, decoded(options.at("user").at("id")));
  const Json made = support::make_registration_response(
      credential, answer_to(options, options.at("rp").at("id")));
  good(connection, "finish_registration", headers,
       Json{{"ceremony", begun.at("ceremony")}, {"credential", made}}.dump());
  return credential;
}

void sign_in_once(HttpConnection& connection, const Door& door,
                  const support::VirtualCredential& credential, const std::string& token,
                  Extent extent) {
  const std::string headers = browser(token);
  const Json begun = good(connection, "begin_authentication", headers, "");
  const Json& options = begun.at("publicKey");
  const Json made =
      support::make_authentication_response(credential, answer_to(options, options.at("rpId")));
  const Json done = good(connection, "finish_authentication", headers,
                         Json{{"ceremony", begun.at("ceremony")}, {"credential", made}}.dump());
  if (extent == Extent::kSignIn) return;
  const Json verdict =
      good(connection, "verify-auth", site(door), Json{{"token", done.at("auth_token")}}.dump());
  if (verdict.at("verified") != true) throw std::runtime_error("verify-auth: not verified");
}

}  // namespace

Members register_members(const Door& door, std::size_t count) {
  Members members(count);
  on_all_connections(door, count, [&](HttpConnection& connection, std::size_t index) {
    members[index] = register_member(connection, door, "member-" + std::to_string(index));
  });
  return members;
}

std::vector<std::string> make_session_tokens(const Door& door, std::size_t count) {
  std::vector<std::string> tokens(count);
  on_all_connections(door, count, [&](HttpConnection& connection, std::size_t index) {
    tokens[index] =
        good(connection, "session-token", site(door), "").at("session_token").get<std::string>();
  });
  return tokens;
}

std::vector<double> sign_in(const Door& door, const Members& members,
                            const std::vector<std::string>& session_tokens, Extent extent) {
  std::vector<double> durations(session_tokens.size());
  on_all_connections(
      door, session_tokens.size(), [&](HttpConnection& connection, std::size_t index) {
        const auto start = steady_clock::now();
        sign_in_once(connection, door, members[index % members.size()], session_tokens[index],
                     extent);
        durations[index] = std::chrono::duration<double>(steady_clock::now() - start).count();
      });
  return durations;
}

std::vector<Refusal> refusals(const Door& door) {
  const std::string token = make_session_tokens(door, 1).front();
  std::string forged = token;
  char& middle = forged[forged.size() / 2];
  middle = middle == 'A' ? 'B' : 'A';
  return {
      {"unknown token", "begin_authentication", browser(forged), "", 401},
      {"bad JSON", "finish_authentication", browser(token), R"({"ceremony": )", 400},
      {"wrong origin", "begin_authentication", browser(token, "http://localhost:8089"), "", 403}};
}

void be_refused(const Door& door, const Refusal& refusal, std::size_t count) {
  on_all_connections(door, count, [&](HttpConnection& connection, std::size_t /*index*/) {
    const HttpReply reply = connection.post(refusal.path, refusal.headers, refusal.body);
    if (reply.status != refusal.status) {
      throw std::runtime_error(refusal.name + ": " + std::to_string(reply.status) + " " +
                               reply.body);
    }
  });
}

}  // namespace masterkey2::bench
