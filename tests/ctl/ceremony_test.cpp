// masterkey2ctl ceremony verify.
#include "ctl/ceremony.hpp"

#include <gtest/gtest.h>
#include <sysexits.h>

#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "crypto/sha256.hpp"
#include "ctl/ceremony_words.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_metadata.hpp"
#include "support/virtual_authenticator.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/public_key_jwk.hpp"

namespace masterkey2::ctl {
namespace {

using support::CeremonyAnswer;
using support::VirtualCredential;

struct Outcome {
  int exit_code = -1;
  std::vector<Json> answers;
};

Outcome run(const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  Outcome result;
  result.exit_code = verify_ceremonies(in, out);
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) {
    result.answers.push_back(parse_json(line, {.max_bytes = 1 << 20}).value());
  }
  return result;
}

Json judge(const Json& line) {
  const Outcome result = run(line.dump() + "\n");
  EXPECT_EQ(result.answers.size(), 1U);
  EXPECT_EQ(result.exit_code, result.answers.at(0).contains("error") ? EX_DATAERR : EX_OK);
  return result.answers.at(0);
}

const VirtualCredential& credential() {
  static const VirtualCredential made = VirtualCredential::create(-7, Bytes(32, 0x55));
  return made;
}

CeremonyAnswer good_answer() {
  CeremonyAnswer answer;
  answer.challenge = Bytes(32, 7);
  answer.rp_id = "example.org";
  answer.origin = "https://example.org";
  return answer;
}

Json registration_line(const CeremonyAnswer& answer = good_answer()) {
  return {{"id", "r1"},
          {"kind", "registration"},
          {"rp_id", "example.org"},
          {"origins", {"https://example.org"}},
          {"challenge", base64url_encode(Bytes(32, 7))},
          {"response", make_registration_response(credential(), answer)}};
}

Json authentication_line(const CeremonyAnswer& answer = good_answer()) {
  Json line = registration_line();
  line["id"] = "a1";
  line["kind"] = "authentication";
  line["response"] = make_authentication_response(credential(), answer);
  line["public_key_cose"] = base64url_encode(credential().public_key);
  line["sign_count"] = 0;
  line["backup_eligible"] = true;
  line["user_handle"] = base64url_encode(credential().user_handle);
  return line;
}

TEST(CeremonyVerify, AcceptsARegistrationAndTellsWhatWasLearnt) {
  const Json answer = judge(registration_line());
  EXPECT_EQ(answer.at("id"), "r1");
  EXPECT_EQ(answer.at("verdict"), "accept");
  EXPECT_EQ(answer.at("fmt"), "none");
  EXPECT_EQ(answer.at("attestation_type"), "none");
  EXPECT_EQ(answer.at("alg"), -7);
  EXPECT_EQ(answer.at("alg_name"), "ES256");
  EXPECT_EQ(answer.at("aaguid"), "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(
      answer.at("flags"),
      (Json{{"up", true}, {"uv", true}, {"be", true}, {"bs", true}, {"at", true}, {"ed", false}}));
  EXPECT_EQ(answer.at("sign_count"), 0);
  EXPECT_EQ(answer.at("credential_id"), base64url_encode(credential().id));
  EXPECT_EQ(answer.at("public_key_jwk").at("crv"), "P-256");
  EXPECT_EQ(answer.at("origin"), "https://example.org");
  EXPECT_FALSE(answer.contains("reason"));
}

TEST(CeremonyVerify, AcceptsAnAuthenticationAndTellsWhatWasLearnt) {
  const Json answer = judge(authentication_line());
  EXPECT_EQ(answer.at("id"), "a1");
  EXPECT_EQ(answer.at("verdict"), "accept");
  EXPECT_EQ(answer.at("alg"), -7);
  EXPECT_EQ(answer.at("flags").at("at"), false);
  EXPECT_EQ(answer.at("counter_regressed"), false);
  EXPECT_EQ(answer.at("public_key_jwk").at("kty"), "EC");
}

TEST(CeremonyVerify, RejectsWithReasonStepAndExplanation) {
  CeremonyAnswer answer = good_answer();
  answer.origin = "https://evil.example";
  const Json registration = judge(registration_line(answer));
  EXPECT_EQ(registration.at("verdict"), "reject");
  EXPECT_EQ(registration.at("reason"), "origin_mismatch");
  EXPECT_EQ(registration.at("step"), "R9");
  EXPECT_NE(registration.at("explanation").get<std::string>().find("https://evil.example"),
            std::string::npos);
  EXPECT_EQ(registration.at("fmt"), "none");  // learnt all the same
  const Json authentication = judge(authentication_line(answer));
  EXPECT_EQ(authentication.at("verdict"), "reject");
  EXPECT_EQ(authentication.at("reason"), "origin_mismatch");
  EXPECT_EQ(authentication.at("step"), "A12");
}

TEST(CeremonyVerify, RejectsWhatTheStoredRecordDoesNotFit) {
  const auto verdict = [](const std::function<void(Json&)>& change) {
    Json line = authentication_line();
    change(line);
    const Json answer = judge(line);
    return answer.value("step", "") + " " + answer.value("reason", "accepted");
  };
  EXPECT_EQ(verdict([](Json&) {}), " accepted");
  EXPECT_EQ(verdict([](Json& line) { line["backup_eligible"] = false; }),
            "A19 backup_eligibility_changed");
  EXPECT_EQ(verdict([](Json& line) { line["user_handle"] = "AAAA"; }), "A6 user_handle_mismatch");
  EXPECT_EQ(verdict([](Json& line) { line["public_key_cose"] = "AAAA"; }),
            "A21 malformed_public_key");
  EXPECT_EQ(verdict([](Json& line) { line["allow_credentials"] = {"AAAA"}; }),
            "A5 credential_not_allowed");
  EXPECT_EQ(verdict([](Json& line) {
              line["sign_count"] = 1;
              line["policy"] = {{"counter_policy", "refuse"}};
            }),
            "A22 counter_regression");
}

TEST(CeremonyVerify, KnowsDiscoveredFromNamedUsers) {
  CeremonyAnswer answer = good_answer();
  answer.with_user_handle = false;
  Json line = authentication_line(answer);
  EXPECT_EQ(judge(line).at("verdict"), "accept");
  line["allow_credentials"] = Json::array();
  EXPECT_EQ(judge(line).at("reason"), "user_handle_mismatch");
  line["allow_credentials"] = {base64url_encode(credential().id)};
  EXPECT_EQ(judge(line).at("verdict"), "accept");
}

TEST(CeremonyVerify, TellsACounterThatDidNotGrow) {
  Json line = authentication_line();
  line["sign_count"] = 4294967295;
  EXPECT_EQ(judge(line).at("verdict"), "accept");
  EXPECT_EQ(judge(line).at("counter_regressed"), true);
}

TEST(CeremonyVerify, FollowsThePolicy) {
  CeremonyAnswer answer = good_answer();
  answer.flags = 0x01;
  answer.cross_origin = true;
  answer.top_origin = "https://parent.example";
  Json line = registration_line(answer);
  EXPECT_EQ(judge(line).at("reason"), "cross_origin_not_allowed");
  line["policy"] = {{"allow_cross_origin", true}, {"top_origins", {"https://other.example"}}};
  EXPECT_EQ(judge(line).at("reason"), "top_origin_mismatch");
  line["policy"]["top_origins"] = {"https://parent.example"};
  EXPECT_EQ(judge(line).at("reason"), "user_verification_missing");
  line["policy"]["user_verification"] = "preferred";
  EXPECT_EQ(judge(line).at("verdict"), "accept");
  line["policy"]["algorithms"] = {"RS256", -8};
  EXPECT_EQ(judge(line).at("reason"), "algorithm_not_allowed");
  line["policy"]["algorithms"] = {"ES256"};
  EXPECT_EQ(judge(line).at("verdict"), "accept");
  line["policy"]["synced_passkeys"] = false;
  EXPECT_EQ(judge(line).at("verdict"), "accept");
  answer.flags = 0x09;
  line["response"] = registration_line(answer)["response"];
  EXPECT_EQ(judge(line).at("reason"), "backup_not_allowed");
}

TEST(CeremonyVerify, KnowsConditionalCreation) {
  CeremonyAnswer answer = good_answer();
  answer.flags = 0x04;
  Json line = registration_line(answer);
  EXPECT_EQ(judge(line).at("reason"), "user_presence_missing");
  line["mediation"] = "conditional";
  EXPECT_EQ(judge(line).at("verdict"), "accept");
}

TEST(CeremonyVerify, JudgesABrokenResponse) {
  Json line = registration_line();
  line["response"] = "x";
  EXPECT_EQ(judge(line).at("reason"), "malformed_response");
  EXPECT_EQ(judge(line).at("step"), "R3");
  line["kind"] = "authentication";
  line["public_key_cose"] = "AAAA";
  line["sign_count"] = 0;
  EXPECT_EQ(judge(line).at("step"), "A3");
}

TEST(CeremonyVerify, CannotJudgeALineWithoutItsMembers) {
  for (const char* member : {"kind", "rp_id", "origins", "challenge", "response"}) {
    Json line = registration_line();
    line.erase(member);
    const Json answer = judge(line);
    EXPECT_EQ(answer.at("id"), "r1");
    EXPECT_EQ(answer.at("error"), std::string(member) + " is missing");
    EXPECT_EQ(answer.at("line"), 1);
    EXPECT_FALSE(answer.contains("verdict"));
  }
  for (const char* member : {"public_key_cose", "sign_count"}) {
    Json line = authentication_line();
    line.erase(member);
    EXPECT_EQ(judge(line).at("error"), std::string(member) + " is missing");
  }
}

TEST(CeremonyVerify, CannotJudgeALineWithMistypedMembers) {
  const auto error_with = [](const char* member, const Json& value) {
    Json line = authentication_line();
    line[member] = value;
    return judge(line).value("error", "");
  };
  EXPECT_EQ(error_with("kind", "attestation"), "kind is not one of the known words");
  EXPECT_EQ(error_with("kind", 7), "kind is not text");
  EXPECT_EQ(error_with("rp_id", nullptr), "rp_id is not text");
  EXPECT_EQ(error_with("origins", "https://example.org"), "origins is not an array");
  EXPECT_EQ(error_with("origins", {7}), "origins is not text");
  EXPECT_EQ(error_with("challenge", "AA=="), "challenge is not base64url without padding");
  EXPECT_EQ(error_with("public_key_cose", "+"), "public_key_cose is not base64url without padding");
  for (const Json& value : {Json(-1), Json(1.5), Json(4294967296), Json("0"), Json(nullptr)}) {
    EXPECT_EQ(error_with("sign_count", value), "sign_count is not an integer from 0 to 4294967295");
  }
  EXPECT_EQ(error_with("backup_eligible", "yes"), "backup_eligible is not a boolean");
  EXPECT_EQ(error_with("time", "yesterday"), "time is not a date and time of RFC 3339");
  EXPECT_EQ(error_with("time", "2026-11-22T12:00:00Z"), "");
}

TEST(CeremonyVerify, CannotJudgeByAPolicyThatItDoesNotUnderstand) {
  const auto error_with = [](const Json& policy) {
    Json line = registration_line();
    line["policy"] = policy;
    return judge(line).value("error", "");
  };
  EXPECT_EQ(error_with(Json::object()), "");
  EXPECT_EQ(error_with({{"user_verfication", "required"}}),
            "policy.user_verfication is not supported");
  EXPECT_NE(error_with({{"user_verification", "always"}}), "");
  EXPECT_NE(error_with({{"algorithms", {"ES257"}}}), "");
  EXPECT_NE(error_with({{"algorithms", "ES256"}}), "");
  EXPECT_NE(error_with({{"attestation", "some"}}), "");
  EXPECT_NE(error_with({{"allow_cross_origin", 1}}), "");
  EXPECT_NE(error_with({{"trust_anchors", {"AAAA"}}}), "");
  EXPECT_NE(error_with({{"trust_anchors", "AAAA"}}), "");
  EXPECT_EQ(error_with({{"trust_anchors", Json::array()}}), "");
  EXPECT_NE(error_with("none"), "");
}

TEST(CeremonyVerify, CannotJudgeWhatIsNotAJsonObject) {
  for (const std::string text : {"x", "[]", "7", "{\"id\":1,\"id\":2}", "{", "\xFF", "null"}) {
    const Outcome result = run(text + "\n");
    EXPECT_EQ(result.exit_code, EX_DATAERR) << text;
    ASSERT_EQ(result.answers.size(), 1U) << text;
    EXPECT_TRUE(result.answers[0].contains("error")) << text;
    EXPECT_EQ(result.answers[0].at("id"), nullptr) << text;
  }
}

TEST(CeremonyVerify, GoesOnBehindALineThatItCannotJudge) {
  const std::string good = registration_line().dump();
  const Outcome result = run("\n" + good + "\nnonsense\n\r\n" + good);
  EXPECT_EQ(result.exit_code, EX_DATAERR);
  ASSERT_EQ(result.answers.size(), 3U);
  EXPECT_EQ(result.answers[0].at("verdict"), "accept");
  EXPECT_EQ(result.answers[1].at("line"), 3);
  EXPECT_EQ(result.answers[2].at("verdict"), "accept");
}

TEST(CeremonyVerify, BoundsTheLengthOfALine) {
  const std::string padding(262'144 - registration_line().dump().size(), ' ');
  const std::string longest = registration_line().dump() + padding;
  const Outcome result = run(longest + "\n" + longest + " \n" + longest);
  EXPECT_EQ(result.exit_code, EX_DATAERR);
  ASSERT_EQ(result.answers.size(), 3U);
  EXPECT_EQ(result.answers[0].value("verdict", ""), "accept");
  EXPECT_EQ(result.answers[1].at("error"), "longer than 262144 bytes");
  EXPECT_EQ(result.answers[2].value("verdict", ""), "accept");
}

TEST(CeremonyVerify, HasNothingToSayOfNothing) {
  const Outcome result = run("");
  EXPECT_EQ(result.exit_code, EX_OK);
  EXPECT_TRUE(result.answers.empty());
}

TEST(CeremonyVerify, TellsThatItCannotWrite) {
  std::istringstream in(registration_line().dump());
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(verify_ceremonies(in, out), EX_IOERR);
}

Json read_vectors() {
  std::ifstream file(MASTERKEY2_SOURCE_DIR "/tests/vectors/w3c-webauthn-l3.json");
  std::stringstream text;
  text << file.rdbuf();
  return parse_json(text.str(), {.max_bytes = 1 << 20}).value();
}

/// A line for each half of a pair of the specification.
std::string lines_of(const Json& vector) {
  Json policy = {{"user_verification", "preferred"}, {"algorithms", {vector.at("alg")}}};
  policy["allow_cross_origin"] = vector.at("cross_origin") == true;
  if (vector.at("attestation_ca_cert").is_string()) {
    policy["trust_anchors"] = {vector.at("attestation_ca_cert")};
  }
  const auto line = [&](const char* kind, const Json& challenge, const Json& half, Json members) {
    members["clientDataJSON"] = half.at("clientDataJSON");
    return Json{{"id", vector.at("id").get<std::string>() + " " + kind},
                {"kind", kind},
                {"rp_id", vector.at("rp_id")},
                {"origins", {vector.at("origin")}},
                {"challenge", challenge},
                {"policy", policy},
                {"response",
                 {{"id", half.at("credential_id")},
                  {"rawId", half.at("credential_id")},
                  {"type", "public-key"},
                  {"clientExtensionResults", Json::object()},
                  {"response", members}}}};
  };
  const Json& made = vector.at("registration");
  const Json& used = vector.at("authentication");
  const Json registration = line("registration", vector.at("challenge_registration"), made,
                                 {{"attestationObject", made.at("attestationObject")}});
  Json authentication = line(
      "authentication", vector.at("challenge_authentication"), used,
      {{"authenticatorData", used.at("authenticatorData")}, {"signature", used.at("signature")}});
  authentication["public_key_cose"] = made.at("publicKeyCose");
  authentication["sign_count"] = made.at("signCount");
  return registration.dump() + "\n" + authentication.dump() + "\n";
}

TEST(CeremonyVerify, AcceptsTheVectorsOfTheSpecification) {
  std::string input;
  const Json vectors = read_vectors();
  for (const Json& vector : vectors) {
    input += lines_of(vector);
  }
  const Outcome result = run(input);
  EXPECT_EQ(result.exit_code, EX_OK);
  EXPECT_EQ(result.answers.size(), 30U);
  for (const Json& answer : result.answers) EXPECT_EQ(answer.at("verdict"), "accept") << answer;
}

TEST(CeremonyVerify, JudgesCertificatesAtTheTimeOfTheLine) {
  for (const Json& vector : read_vectors()) {
    if (!vector.at("attestation_ca_cert").is_string()) continue;
    const std::string lines = lines_of(vector);
    Json line = parse_json(lines.substr(0, lines.find('\n'))).value();
    line["time"] = "2025-01-01T00:00:00Z";
    EXPECT_EQ(judge(line).at("verdict"), "accept");
    line["time"] = "2020-01-01T00:00:00Z";
    EXPECT_EQ(judge(line).at("reason"), "certificate_expired");
    line["policy"].erase("trust_anchors");
    EXPECT_EQ(judge(line).at("verdict"), "accept");  // nobody asks for trust
  }
}

// What the attestation has to rest on.

Json registration_of_model(const char* aaguid) {
  VirtualCredential model = credential();
  model.aaguid = webauthn::parse_aaguid(aaguid).value();
  Json line = registration_line();
  line["response"] = make_registration_response(model, good_answer());
  return line;
}

constexpr const char* kModel = "08987058-cadc-4b81-b6e1-30de50dcbe96";

TEST(CeremonyVerify, FollowsAListOfModels) {
  Json line = registration_of_model(kModel);
  line["policy"] = {{"aaguids", {"00000000-0000-0000-0000-000000000001"}}};
  EXPECT_EQ(judge(line).at("reason"), "authenticator_not_allowed");
  EXPECT_EQ(judge(line).at("step"), "R23");
  line["policy"]["aaguids"].push_back(kModel);
  EXPECT_EQ(judge(line).at("verdict"), "accept");
  EXPECT_NE(judge(line).at("explanation").get<std::string>().find("model of the list"),
            std::string::npos);
}

TEST(CeremonyVerify, FollowsFidoMetadata) {
  Json line = registration_of_model(kModel);
  line["time"] = "2026-02-02T00:00:00Z";
  line["policy"] = {{"metadata", support::make_metadata_blob(support::metadata_payload(
                                     {support::metadata_entry(kModel, {}, {"REVOKED"})}))},
                    {"metadata_root", {base64url_encode(support::metadata_authority().root)}},
                    {"metadata_host", support::kMetadataHost}};
  EXPECT_EQ(judge(line).at("reason"), "authenticator_not_allowed");
  EXPECT_NE(judge(line).at("explanation").get<std::string>().find("REVOKED"), std::string::npos);
  line["policy"]["metadata_host"] = "mds.fidoalliance.org";
  EXPECT_EQ(judge(line).at("reason"), "attestation_untrusted");
  EXPECT_EQ(judge(line).at("metadata_error"), "it is not signed by mds.fidoalliance.org");
  line["policy"]["attestation_trust"] = "none";
  EXPECT_EQ(judge(line).at("verdict"), "accept");
}

TEST(CeremonyVerify, ReadsMetadataFromAFile) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder / "blob") << support::make_metadata_blob(
      support::metadata_payload({support::metadata_entry(kModel, {})}));
  Json line = registration_of_model(kModel);
  line["time"] = "2026-02-02T00:00:00Z";
  line["policy"] = {{"metadata", folder / "blob"},
                    {"metadata_root", {base64url_encode(support::metadata_authority().root)}},
                    {"metadata_host", support::kMetadataHost}};
  EXPECT_EQ(judge(line).at("reason"), "attestation_untrusted");
  EXPECT_EQ(judge(line).at("step"), "R24");  // the model is known, its attestation is none
  line["policy"]["metadata"] = folder / "missing";
  EXPECT_NE(judge(line).at("error").get<std::string>().find("metadata is a file, but"),
            std::string::npos);
}

TEST(CeremonyVerify, CannotJudgeByTrustThatItDoesNotUnderstand) {
  const auto error_with = [](const Json& policy) {
    Json line = registration_line();
    line["policy"] = policy;
    return judge(line).value("error", "");
  };
  EXPECT_NE(error_with({{"attestation_trust", "all"}}), "");
  EXPECT_NE(error_with({{"aaguids", {"x"}}}), "");
  EXPECT_NE(error_with({{"legacy_attestation", {"fido-u2f"}}}), "");
  EXPECT_NE(error_with({{"metadata_root", {"AAAA"}}}), "");
  EXPECT_EQ(error_with({{"legacy_attestation", {"android-safetynet", "tpm-rs1"}}}), "");
}

// What verify-auth forwards.

Json proof_line(const Bytes& nonce = Bytes(16, 9), const Bytes& salt = Bytes(32, 8)) {
  CeremonyAnswer answer = good_answer();
  answer.challenge = to_bytes(sha256({as_bytes("mk2"), nonce, salt}).view());
  const Json response = make_authentication_response(credential(), answer).at("response");
  return {{"id", "p1"},
          {"rp_id", "example.org"},
          {"origins", {"https://example.org"}},
          {"nonce", base64url_encode(nonce)},
          {"public_key_jwk", webauthn::public_key_jwk(credential().public_key).value()},
          {"proof",
           {{"authenticator_data", response.at("authenticatorData")},
            {"client_data_json", response.at("clientDataJSON")},
            {"signature", response.at("signature")},
            {"credential_id", base64url_encode(credential().id)},
            {"alg", -7},
            {"challenge_salt", base64url_encode(salt)}}}};
}

TEST(CeremonyProof, IsGenuineAndFreshByItsNonce) {
  const Json answer = judge(proof_line());
  EXPECT_EQ(answer.at("verdict"), "accept");
  EXPECT_EQ(answer.at("challenge_checked"), true);
  EXPECT_NE(answer.at("explanation").get<std::string>().find("nonce"), std::string::npos);
  EXPECT_EQ(answer.at("credential_id"), base64url_encode(credential().id));
  EXPECT_EQ(answer.at("flags").at("uv"), true);
}

TEST(CeremonyProof, IsRefusedForAnotherNonce) {
  Json line = proof_line();
  line["nonce"] = base64url_encode(Bytes(16, 1));
  EXPECT_EQ(judge(line).at("reason"), "challenge_mismatch");
}

TEST(CeremonyProof, CanBeJudgedWithoutANonceButNotDated) {
  Json line = proof_line();
  line.erase("nonce");
  line["proof"].erase("challenge_salt");
  line["proof"].erase("alg");
  const Json answer = judge(line);
  EXPECT_EQ(answer.at("verdict"), "accept");
  EXPECT_EQ(answer.at("challenge_checked"), false);
  EXPECT_NE(answer.at("explanation").get<std::string>().find("Without a nonce"), std::string::npos);
  line["challenge"] = base64url_encode(Bytes(32, 1));
  EXPECT_EQ(judge(line).at("reason"), "challenge_mismatch");
}

TEST(CeremonyProof, IsRefusedIfAnythingWasChanged) {
  Json line = proof_line();
  line["proof"]["signature"] = base64url_encode(credential().sign(Bytes(10, 1)));
  EXPECT_EQ(judge(line).at("reason"), "bad_signature");
  line = proof_line();
  const auto other = VirtualCredential::create(-7, {});
  line["public_key_jwk"] = webauthn::public_key_jwk(other.public_key).value();
  EXPECT_EQ(judge(line).at("reason"), "bad_signature");
  line = proof_line();
  line["origins"] = {"https://example.com"};
  EXPECT_EQ(judge(line).at("reason"), "origin_mismatch");
}

TEST(CeremonyProof, NeedsItsMembersAndAKey) {
  for (const char* member :
       {"authenticator_data", "client_data_json", "signature", "credential_id", "challenge_salt"}) {
    Json line = proof_line();
    line["proof"].erase(member);
    EXPECT_EQ(judge(line).at("error"), "proof is wrong: " + std::string(member) + " is missing");
  }
  Json line = proof_line();
  line["proof"] = 1;
  EXPECT_EQ(judge(line).at("error"), "proof is not an object");
  line = proof_line();
  line.erase("public_key_jwk");
  EXPECT_EQ(judge(line).at("error"), "public_key_cose is missing");
  line["public_key_jwk"] = {{"kty", "EC"}};
  EXPECT_EQ(judge(line).at("error"), "public_key_jwk is not a public key of a known algorithm");
  line["public_key_jwk"] = 1;
  EXPECT_EQ(judge(line).at("error"), "public_key_jwk is not a public key of a known algorithm");
}

TEST(CeremonyWords, ExplainEveryReasonInItsOwnWords) {
  std::set<std::string> sentences;
#define X(enumerator, word) sentences.insert(explanation(webauthn::Reason::enumerator));
#include "webauthn/reasons.def"
#undef X
  std::size_t reasons = 0;
#define X(enumerator, word) ++reasons;
#include "webauthn/reasons.def"
#undef X
  EXPECT_EQ(sentences.size(), reasons);
  for (const std::string& sentence : sentences) EXPECT_EQ(sentence.back(), '.');
}

}  // namespace
}  // namespace masterkey2::ctl
