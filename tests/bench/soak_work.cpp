#include "bench/soak_work.hpp"

#include <stdexcept>

namespace masterkey2::bench {
namespace {

/// So many users a worker has, so that the store stays as large as it is.
constexpr std::size_t kMembers = 20;

/// The phone's page is the server's own.
constexpr const char* kPhonePage = "Origin: http://localhost:8081\r\n";

struct Unavailable {};
struct Wrong {
  std::string what;
};

std::string user_path(const std::string& external_id) { return "users/" + external_id; }

}  // namespace

void SoakWorker::round(std::size_t index) {
  try {
    session_token_.clear();  // a visitor has one of his own
    if (members_.size() < kMembers) {
      join();
    } else if (index % 20 == 0) {
      leave();
      join();
    } else if (index % 20 == 5) {
      be_disabled();
    } else if (index % 10 == 3) {
      be_refused();
    } else if (index % 10 == 7) {
      show_code();
    } else {
      sign_in_and_verify();
    }
    ++counts_.rounds;
  } catch (const Wrong& wrong) {
    const std::lock_guard lock(counts_.mutex);
    ++counts_.wrong[wrong.what];
  } catch (const Unavailable&) {
    ++(counts_.disturbed ? counts_.unavailable : counts_.unexplained);
  }
}

Json SoakWorker::expect(const std::string& method, const std::string& path,
                        const std::string& headers, const std::string& body, int status,
                        const std::string& code) {
  HttpReply reply;
  try {
    reply = connection_.ask(method, path, headers, body);
  } catch (const std::runtime_error&) {
    throw Unavailable();
  }
  if (reply.status >= 502 && reply.status <= 504) throw Unavailable();
  Json answer = Json::parse(reply.body, nullptr, false);
  const bool good = answer.is_object() && reply.status == status &&
                    (code.empty() || answer.value("code", "") == code);
  if (!good) {
    const std::string got = answer.is_object() ? answer.value("code", "") : "no object";
    const std::string call = path.starts_with("users/") ? "users" : path;
    throw Wrong{call + ": " + std::to_string(reply.status) + " " + got + " instead of " +
                std::to_string(status) + " " + code};
  }
  return answer;
}

std::string SoakWorker::session() {
  if (session_token_.empty()) {
    session_token_ = expect("POST", "session-token", site_headers(door_), "", 200)
                         .at("session_token")
                         .get<std::string>();
  }
  return session_token_;
}

void SoakWorker::join() {
  const std::string external_id =
      "soak-" + std::to_string(number_) + "-" + std::to_string(joined_++);
  const Json user = expect("POST", "user-token", site_headers(door_),
                           Json{{"external_id", external_id}}.dump(), 200);
  const std::string headers = page_headers(user.at("user_token").get<std::string>());
  const Json begun = expect("POST", "begin_registration", headers, "", 200);
  const NewPasskey made = signed_registration(begun);
  expect("POST", "finish_registration", headers, made.body, 200);
  members_.push_back({external_id, made.credential});
  sign_in(members_.back());
}

void SoakWorker::leave() {
  const Member oldest = members_.front();
  members_.pop_front();
  expect("DELETE", user_path(oldest.external_id), site_headers(door_), "", 200);
  expect("GET", user_path(oldest.external_id), site_headers(door_), "", 404, "user_not_found");
  sign_in(oldest, 404, "credential_not_found");
}

Json SoakWorker::sign_in(const Member& member, int status, const std::string& code) {
  const std::string headers = page_headers(session());
  const Json begun = expect("POST", "begin_authentication", headers, "", 200);
  Json done = expect("POST", "finish_authentication", headers,
                     signed_answer(member.credential, begun.dump()), status, code);
  if (status != 200) return done;
  if (done.at("user").at("external_id") != member.external_id) {
    throw Wrong{"finish_authentication: somebody else"};
  }
  ++counts_.sign_ins;
  return done;
}

void SoakWorker::sign_in_and_verify() {
  const Member& member = members_[counts_.rounds % members_.size()];
  const Json done = sign_in(member);
  const std::string body = Json{{"token", done.at("auth_token")}}.dump();
  const Json verdict = expect("POST", "verify-auth", site_headers(door_), body, 200);
  if (verdict.at("verified") != true ||
      verdict.at("user").at("external_id") != member.external_id) {
    throw Wrong{"verify-auth: " + verdict.dump()};
  }
  if (counts_.rounds % 8 != 0) return;
  expect("POST", "verify-auth", site_headers(door_), body, 409, "already_verified");
}

void SoakWorker::be_disabled() {
  // Its state is not known if a call gets no answer: then it is not one of ours any more.
  const Member member = members_.front();
  members_.pop_front();
  expect("POST", user_path(member.external_id) + "/disable", site_headers(door_), "", 200);
  sign_in(member, 403, "user_disabled");
  expect("POST", user_path(member.external_id) + "/enable", site_headers(door_), "", 200);
  sign_in(member);
  members_.push_back(member);
}

void SoakWorker::be_refused() {
  std::string forged = session();
  char& middle = forged[forged.size() / 2];
  middle = middle == 'A' ? 'B' : 'A';
  expect("POST", "begin_authentication", page_headers(forged), "", 401, "invalid_token");
  expect("POST", "begin_authentication", page_headers(session(), "http://localhost:8089"), "", 403,
         "origin_not_allowed");
  expect("POST", "finish_authentication", page_headers(session()), R"({"ceremony": )", 400,
         "invalid_json");
  expect("POST", "verify-auth", site_headers(door_), Json{{"token", forged}}.dump(), 401,
         "invalid_token");
  expect("GET", "users/nobody", site_headers(door_), "", 404, "user_not_found");
}

void SoakWorker::show_code() {
  const Json code = expect("POST", "cross_device", page_headers(session()), "", 200);
  const auto url = code.at("url").get<std::string>();
  const Json shown = expect("POST", "cross_device/show", kPhonePage,
                            Json{{"id", url.substr(url.find('#') + 1)}}.dump(), 200);
  if (shown.at("rp_id") != kRpId) throw Wrong{"cross_device/show: " + shown.dump()};
  const Json status = expect("POST", "cross_device/status",
                             page_headers(code.at("poll_token").get<std::string>()), "", 200);
  if (status.at("state") != "pending") throw Wrong{"cross_device/status: " + status.dump()};
}

}  // namespace masterkey2::bench
