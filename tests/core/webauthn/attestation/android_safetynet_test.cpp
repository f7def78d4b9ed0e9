#include <gtest/gtest.h>

#include "encoding/base64.hpp"
#include "statement_fixture.hpp"
#include "support/test_jws.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::CertificateSpec;

constexpr UnixMillis kNow = 1'700'000'000'000;

/// A policy that still takes the format.
GoodCeremony lenient() {
  GoodCeremony ceremony;
  ceremony.policy.legacy_attestation.android_safetynet = true;
  ceremony.now = kNow;
  return ceremony;
}

CertificateSpec host_certificate(const std::string& host = "attest.android.com") {
  CertificateSpec spec;
  spec.subject = {{"CN", host}};
  return spec;
}

struct SafetyNetStatement {
  CertificateSpec certificate = host_certificate();
  std::function<void(Json&)> edit_answer = [](Json&) {};
  std::function<void(std::string&)> edit_response = [](std::string&) {};

  void operator()(CborWriter& writer, const Attested& attested) const {
    Json answer = {{"timestampMs", kNow},
                   {"nonce", base64_encode(sha256(attested.message()).view())},
                   {"apkPackageName", "com.google.android.gms"},
                   {"ctsProfileMatch", true},
                   {"basicIntegrity", true}};
    edit_answer(answer);
    const auto& key = attestation_key(kRs256);
    std::string response =
        make_jws(jws_header(key, {make_certificate(certificate, key, root_key())}),
                 as_bytes(answer.dump()), key);
    edit_response(response);
    writer.map(2).text("ver").text("14366018").text("response").bytes(as_bytes(response));
  }
};

std::string verdict_of(const SafetyNetStatement& statement,
                       const GoodCeremony& ceremony = lenient()) {
  return statement_verdict("android-safetynet", statement, ceremony);
}

std::string verdict_of_answer(const std::function<void(Json&)>& edit) {
  SafetyNetStatement statement;
  statement.edit_answer = edit;
  return verdict_of(statement);
}

TEST(AndroidSafetyNet, IsRefusedUnlessThePolicyAllowsIt) {
  EXPECT_EQ(verdict_of(SafetyNetStatement(), GoodCeremony()), "R21 unknown_attestation_format");
  EXPECT_EQ(verdict_of(SafetyNetStatement(), lenient()), "accepted");
}

TEST(AndroidSafetyNet, IsABasicAttestation) {
  const auto result = verify_statement("android-safetynet", SafetyNetStatement(), lenient());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->attestation_type, "basic");
  EXPECT_EQ(result->attestation_format, "android-safetynet");
}

TEST(AndroidSafetyNet, WantsVersionAndResponse) {
  const auto verdict_of_members = [](const std::function<void(CborWriter&)>& write) {
    return statement_verdict(
        "android-safetynet", [&](CborWriter& writer, const Attested&) { write(writer); },
        lenient());
  };
  constexpr const char* kVersion = "android-safetynet: ver is missing, empty or not text";
  constexpr const char* kResponse =
      "android-safetynet: response is missing, empty or not a byte string";
  EXPECT_EQ(verdict_of_members([](CborWriter& writer) { writer.map(0); }), kVersion);
  EXPECT_EQ(verdict_of_members([](CborWriter& writer) { writer.map(1).text("ver").integer(1); }),
            kVersion);
  EXPECT_EQ(verdict_of_members([](CborWriter& writer) { writer.map(1).text("ver").text(""); }),
            kVersion);
  EXPECT_EQ(verdict_of_members([](CborWriter& writer) { writer.map(1).text("ver").text("1"); }),
            kResponse);
  EXPECT_EQ(verdict_of_members([](CborWriter& writer) {
              writer.map(2).text("ver").text("1").text("response").text("x");
            }),
            kResponse);
  EXPECT_EQ(verdict_of_members([](CborWriter& writer) {
              writer.map(2).text("ver").text("1").text("response").bytes({});
            }),
            kResponse);
}

TEST(AndroidSafetyNet, WantsASignedResponse) {
  SafetyNetStatement statement;
  statement.edit_response = [](std::string& response) { response[response.size() - 10] ^= 1; };
  EXPECT_EQ(verdict_of(statement), "android-safetynet: the JWS's signature does not verify");
}

TEST(AndroidSafetyNet, WantsTheCertificateOfTheService) {
  for (const std::string host :
       {"attest.android.com.example", "android.com", "*.android.com", "evil-attest.android.com"}) {
    SafetyNetStatement statement;
    statement.certificate = host_certificate(host);
    EXPECT_EQ(verdict_of(statement),
              "android-safetynet: the certificate is not that of attest.android.com")
        << host;
  }
}

TEST(AndroidSafetyNet, WantsTheNonceOfThisCeremony) {
  constexpr const char* kOther = "android-safetynet: the response is about another ceremony";
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer.erase("nonce"); }), kOther);
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer["nonce"] = 1; }), kOther);
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer["nonce"] = base64_encode(Bytes(32, 1)); }),
            kOther);
}

TEST(AndroidSafetyNet, WantsACertifiedProfile) {
  constexpr const char* kNone =
      "android-safetynet: the device has no certified profile (ctsProfileMatch)";
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer.erase("ctsProfileMatch"); }), kNone);
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer["ctsProfileMatch"] = false; }), kNone);
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer["ctsProfileMatch"] = "true"; }), kNone);
}

TEST(AndroidSafetyNet, WantsAResponseOfThisMinute) {
  constexpr const char* kWhen =
      "android-safetynet: the response is from the future, or older than a minute";
  constexpr const char* kMissing = "android-safetynet: timestampMs is missing or no number";
  const auto at = [](const Json& time) {
    return verdict_of_answer([&](Json& answer) { answer["timestampMs"] = time; });
  };
  EXPECT_EQ(at(kNow - 60'000), "accepted");
  EXPECT_EQ(at(kNow - 60'001), kWhen);
  EXPECT_EQ(at(kNow + 5'000), "accepted");
  EXPECT_EQ(at(kNow + 5'001), kWhen);
  EXPECT_EQ(at(UINT64_MAX), kWhen);
  EXPECT_EQ(at(-1), kMissing);
  EXPECT_EQ(at("1"), kMissing);
  EXPECT_EQ(verdict_of_answer([](Json& answer) { answer.erase("timestampMs"); }), kMissing);
}

TEST(AndroidSafetyNet, IsNotHeldAgainstAClockThatIsNotGiven) {
  GoodCeremony ceremony = lenient();
  ceremony.now.reset();
  SafetyNetStatement statement;
  statement.edit_answer = [](Json& answer) { answer["timestampMs"] = 0; };
  EXPECT_EQ(verdict_of(statement, ceremony), "accepted");
}

TEST(AndroidSafetyNet, WantsAnObject) {
  for (const std::string text : {"[]", "x", ""}) {
    const auto write = [&](CborWriter& writer, const Attested&) {
      const auto& key = attestation_key(kRs256);
      const std::string response =
          make_jws(jws_header(key, {make_certificate(host_certificate(), key, root_key())}),
                   as_bytes(text), key);
      writer.map(2).text("ver").text("1").text("response").bytes(as_bytes(response));
    };
    EXPECT_EQ(statement_verdict("android-safetynet", write, lenient()),
              "android-safetynet: the response is no JSON object");
  }
}

}  // namespace
}  // namespace masterkey2::webauthn
