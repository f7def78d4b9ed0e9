// A page on a computer and one on a phone, as the server sees them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "encoding/base64url.hpp"
#include "tests/fcgi/handlers/test_server.hpp"

namespace masterkey2::testing {

class CrossDeviceTest : public ::testing::Test {
 protected:
  static constexpr const char* kFirefox =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

  /// A code on the computer's screen.
  struct Code {
    std::string id;    ///< what the QR code holds behind `#`
    std::string poll;  ///< what the page keeps
  };

  Answer call(const std::string& step, const Send& send) {
    return server_.call("POST", "/api/v1/cross_device" + step, send);
  }

  // The computer.
  Answer begin(const std::string& session) {
    return call("",
                {.bearer = session, .origin = site_.origin, .headers = {{"user-agent", kFirefox}}});
  }
  static Code code_of(const Answer& begun) {
    const std::string url = begun.body.at("url");
    return {url.substr(url.find('#') + 1), begun.body.at("poll_token")};
  }
  Code begin() { return code_of(begin(session_)); }
  Answer status(const Code& code) {
    return call("/status", {.bearer = code.poll, .origin = site_.origin});
  }
  std::string state(const Code& code) {
    const Answer answer = status(code);
    return answer.status == 200 ? answer.body.at("state").get<std::string>() : answer.summary();
  }
  Answer confirm(const Code& code, const std::string& digits) {
    return call("/confirm",
                {.bearer = code.poll, .origin = site_.origin, .json = Json{{"code", digits}}});
  }

  // The phone.
  Answer show(const Code& code, std::optional<std::string> origin = kPhoneOrigin) {
    return call("/show", {.origin = std::move(origin), .json = Json{{"id", code.id}}});
  }
  Answer claim(const Code& code) {
    return call("/claim", {.origin = kPhoneOrigin, .json = Json{{"id", code.id}}});
  }
  /// What the phone's authenticator makes of the options.
  Json signed_body(const Answer& claimed, const EditAnswer& edit = {}) {
    return signed_body(claimed, passkey_, edit);
  }
  Json signed_body(const Answer& claimed, const support::VirtualCredential& passkey,
                   const EditAnswer& edit = {}) {
    support::CeremonyAnswer answer;
    answer.challenge =
        base64url_decode(claimed.body.at("publicKey").at("challenge").get<std::string>()).value();
    answer.rp_id = site_.rp_id;
    answer.origin = kPhoneOrigin;
    if (edit) edit(answer);
    return {{"credential", support::make_authentication_response(passkey, answer)}};
  }
  Answer finish(const Answer& claimed, const Json& body) {
    return call("/finish",
                {.bearer = claimed.body.at("phone_token"), .origin = kPhoneOrigin, .json = body});
  }
  Answer finish(const Answer& claimed, const EditAnswer& edit = {}) {
    return finish(claimed, signed_body(claimed, edit));
  }
  Answer deny(const Code& code) {
    return call("/deny", {.origin = kPhoneOrigin, .json = Json{{"id", code.id}}});
  }
  Answer deny(const Answer& claimed) {
    return call("/deny", {.bearer = claimed.body.at("phone_token"), .origin = kPhoneOrigin});
  }

  /// Up to the code on the phone's screen, which is returned.
  std::string sign(const Code& code) {
    const Answer signed_in = finish(claim(code));
    EXPECT_EQ(signed_in.summary(), "200");
    return signed_in.body.at("code");
  }
  /// A code that is not `right`.
  static std::string other_than(const std::string& right) {
    std::string wrong = right;
    wrong[0] = wrong[0] == '9' ? '0' : static_cast<char>(wrong[0] + 1);
    return wrong;
  }
  std::vector<std::string> audit_types() {
    std::vector<std::string> types;
    for (const AuditEntry& entry : server_.audit(site_)) {
      if (entry.type.starts_with("cross_device.")) types.push_back(entry.type);
    }
    return types;
  }

  static constexpr const char* kPhoneOrigin = TestServer::kBaseUrl;
  TestServer server_;
  const Site site_ = server_.add_site("example.com");
  const support::VirtualCredential passkey_ = server_.register_passkey(site_, "alice");
  const std::string session_ = server_.session_token(site_);
};

}  // namespace masterkey2::testing
