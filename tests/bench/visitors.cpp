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

std::string good_text(HttpConnection& connection, const std::string& path,
                      const std::string& headers, const std::string& body) {
  HttpReply reply = connection.post(path, headers, body);
  if (reply.status != 200) {
    throw std::runtime_error(path + ": " + std::to_string(reply.status) + " " + reply.body);
  }
  return std::move(reply.body);
}

Json good(HttpConnection& connection, const std::string& path, const std::string& headers,
          const std::string& body) {
  return Json::parse(good_text(connection, path, headers, body));
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

void sign_in_once(HttpConnection& connection, const Door& door,
                  const support::VirtualCredential& credential, const std::string& token,
                  Extent extent) {
  const std::string headers = page_headers(token);
  const std::string begun = good_text(connection, "begin_authentication", headers, "");
  const Json done =
      good(connection, "finish_authentication", headers, signed_answer(credential, begun));
  if (extent == Extent::kSignIn) return;
  const Json verdict = good(connection, "verify-auth", site_headers(door),
                            Json{{"token", done.at("auth_token")}}.dump());
  if (verdict.at("verified") != true) throw std::runtime_error("verify-auth: not verified");
}

}  // namespace

std::string site_headers(const Door& door) { return "X-API-Key: " + door.api_key + "\r\n"; }

std::string page_headers(const std::string& token, const std::string& origin) {
  return "Authorization: Bearer " + token + "\r\nOrigin: " + origin + "\r\n";
}

NewPasskey signed_registration(const Json& begun) {
  const Json& options = begun.at("publicKey");
  auto credential =
      support::VirtualCredential::create(webauthn::kEs256, decoded(options.at("user").at("id")));
  const Json made = support::make_registration_response(
      credential, answer_to(options, options.at("rp").at("id")));
  return {std::move(credential),
          Json{{"ceremony", begun.at("ceremony")}, {"credential", made}}.dump()};
}

std::string signed_answer(const support::VirtualCredential& credential, const std::string& begun) {
  const Json answer = Json::parse(begun);
  const Json& options = answer.at("publicKey");
  const Json made =
      support::make_authentication_response(credential, answer_to(options, options.at("rpId")));
  return Json{{"ceremony", answer.at("ceremony")}, {"credential", made}}.dump();
}

support::VirtualCredential register_member(HttpConnection& connection, const Door& door,
                                           const std::string& external_id) {
  const Json user =
      good(connection, "user-token", site_headers(door), Json{{"external_id", external_id}}.dump());
  const std::string headers = page_headers(user.at("user_token").get<std::string>());
  const NewPasskey made = signed_registration(good(connection, "begin_registration", headers, ""));
  good(connection, "finish_registration", headers, made.body);
  return made.credential;
}

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
    tokens[index] = good(connection, "session-token", site_headers(door), "")
                        .at("session_token")
                        .get<std::string>();
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

std::vector<Visit> sign_in_for(const Door& door, const Members& members,
                               const std::vector<std::string>& session_tokens, double seconds) {
  std::mutex mutex;
  std::vector<Visit> visits;
  const auto start = steady_clock::now();
  const auto since_start = [&] {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
  };
  on_all_connections(door, kConnections, [&](HttpConnection& connection, std::size_t first) {
    for (std::size_t i = first; since_start() < seconds; i += kConnections) {
      bool good = true;
      try {
        sign_in_once(connection, door, members[i % members.size()],
                     session_tokens[i % session_tokens.size()], Extent::kSignIn);
      } catch (const std::runtime_error&) {
        good = false;
      }
      const std::lock_guard lock(mutex);
      visits.push_back({since_start(), good});
    }
  });
  return visits;
}

std::vector<Refusal> refusals(const Door& door) {
  const std::string token = make_session_tokens(door, 1).front();
  std::string forged = token;
  char& middle = forged[forged.size() / 2];
  middle = middle == 'A' ? 'B' : 'A';
  return {{"unknown token", "begin_authentication", page_headers(forged), "", 401},
          {"bad JSON", "finish_authentication", page_headers(token), R"({"ceremony": )", 400},
          {"wrong origin", "begin_authentication", page_headers(token, "http://localhost:8089"), "",
           403}};
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
