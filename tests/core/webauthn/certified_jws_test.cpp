#include "webauthn/certified_jws.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "attestation/statement_fixture.hpp"
#include "encoding/base64url.hpp"
#include "support/test_jws.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CertificateSpec;
using support::jws_header;
using support::make_certificate;
using support::make_jws;

std::vector<Bytes> path_of(std::int32_t algorithm = kEs256) {
  return {make_certificate(CertificateSpec(), attestation_key(algorithm), root_key())};
}

Json header() { return jws_header(attestation_key(), path_of()); }

/// The error, or the payload.
std::string opened(const std::string& text) {
  const auto jws = open_certified_jws(text);
  return jws ? std::string(as_text(jws->payload)) : jws.error();
}

std::string opened_with(const std::function<void(Json&)>& change) {
  Json changed = header();
  change(changed);
  return opened(make_jws(changed, as_bytes("payload"), attestation_key()));
}

TEST(CertifiedJws, GivesPayloadAndChain) {
  for (const std::int32_t algorithm : {kEs256, kRs256}) {
    const auto path = path_of(algorithm);
    const auto jws = open_certified_jws(make_jws(jws_header(attestation_key(algorithm), path),
                                                 as_bytes("payload"), attestation_key(algorithm)));
    ASSERT_TRUE(jws) << jws.error();
    EXPECT_EQ(as_text(jws->payload), "payload");
    EXPECT_EQ(jws->path, path);
    EXPECT_EQ(jws->chain.size(), 1U);
  }
}

TEST(CertifiedJws, WantsThreeParts) {
  EXPECT_EQ(opened(""), "the JWS does not have three parts");
  EXPECT_EQ(opened("a.b"), "the JWS does not have three parts");
  EXPECT_EQ(opened("a.b.c.d"), "the JWS's header is not base64url");
  EXPECT_EQ(opened("YQ.YQ.YQ"), "the JWS's header is no JSON object");
  EXPECT_EQ(opened("W10.YQ.YQ"), "the JWS's header is no JSON object");
}

TEST(CertifiedJws, WantsAHeaderThatItUnderstands) {
  EXPECT_EQ(opened_with([](Json& json) { json["crit"] = {"b64"}; }),
            "the JWS's header has critical extensions");
  constexpr const char* kAlg = "the JWS's alg is missing or unknown";
  EXPECT_EQ(opened_with([](Json& json) { json.erase("alg"); }), kAlg);
  EXPECT_EQ(opened_with([](Json& json) { json["alg"] = 7; }), kAlg);
  EXPECT_EQ(opened_with([](Json& json) { json["alg"] = "none"; }), kAlg);
  EXPECT_EQ(opened_with([](Json& json) { json["alg"] = "HS256"; }), kAlg);
}

TEST(CertifiedJws, WantsOneToEightCertificates) {
  constexpr const char* kList = "the JWS's x5c is not a list of one to eight certificates";
  EXPECT_EQ(opened_with([](Json& json) { json.erase("x5c"); }), kList);
  EXPECT_EQ(opened_with([](Json& json) { json["x5c"] = "AA=="; }), kList);
  EXPECT_EQ(opened_with([](Json& json) { json["x5c"] = Json::array(); }), kList);
  EXPECT_EQ(opened_with([](Json& json) { json["x5c"] = std::vector<std::string>(9, "AA=="); }),
            kList);
  EXPECT_EQ(opened_with([](Json& json) { json["x5c"][0] = 1; }),
            "the JWS's x5c holds what is not base64");
  EXPECT_EQ(opened_with([](Json& json) { json["x5c"][0] = "AA"; }),
            "the JWS's x5c holds what is not base64");
  EXPECT_EQ(opened_with([](Json& json) { json["x5c"].push_back("AA=="); }),
            "the JWS's x5c holds what is no certificate");
}

TEST(CertifiedJws, WantsTheSignatureOfTheLeaf) {
  constexpr const char* kWrong = "the JWS's signature does not verify";
  const std::string good = make_jws(header(), as_bytes("payload"), attestation_key());
  EXPECT_EQ(opened(good), "payload");
  EXPECT_EQ(opened(good.substr(0, good.rfind('.') + 1)), kWrong);
  EXPECT_EQ(opened(good + "!"), kWrong);
  std::string other_payload = good;
  other_payload[good.find('.') + 1] ^= 1;
  EXPECT_EQ(opened(other_payload), kWrong);
  EXPECT_EQ(opened(make_jws(header(), as_bytes("payload"), root_key())), kWrong);
  // The key is of another kind, or on another curve, than `alg` says.
  EXPECT_EQ(opened_with([](Json& json) { json["alg"] = "RS256"; }), kWrong);
  EXPECT_EQ(opened_with([](Json& json) { json["alg"] = "ES256K"; }), kWrong);
  EXPECT_EQ(opened_with([](Json& json) { json["alg"] = "ES384"; }), kWrong);
}

TEST(CertifiedJws, WantsAKeyThatItKnows) {
  struct Row {
    std::int32_t algorithm;
    Bytes name;  ///< an object identifier in the certificate; its last byte makes it unknown
  };
  for (const Row& row :
       {Row{kEs256, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}},           // prime256v1
        Row{kRs256, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01}}}) {  // rsaEncryption
    const auto& key = attestation_key(row.algorithm);
    Bytes der = path_of(row.algorithm)[0];
    const auto at = std::search(der.begin(), der.end(), row.name.begin(), row.name.end());
    ASSERT_NE(at, der.end());
    at[static_cast<std::ptrdiff_t>(row.name.size()) - 1] = 0x7F;
    EXPECT_EQ(opened(make_jws(jws_header(key, {der}), as_bytes("payload"), key)),
              "the JWS's signature does not verify");
  }
}

TEST(CertifiedJws, WantsAPayloadInBase64url) {
  // Signed as it stands: only the payload's own form is wrong.
  const auto& key = attestation_key(kRs256);
  const std::string text =
      base64url_encode(as_bytes(jws_header(key, path_of(kRs256)).dump())) + ".=";
  EXPECT_EQ(opened(text + "." + base64url_encode(key.sign(as_bytes(text)))),
            "the JWS's payload is not base64url");
}

}  // namespace
}  // namespace masterkey2::webauthn
