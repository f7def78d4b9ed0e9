#include "webauthn/metadata_blob.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include "support/test_certificate.hpp"
#include "support/test_jws.hpp"
#include "support/test_metadata.hpp"
#include "webauthn/aaguid_text.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CertificateSpec;
using support::make_metadata_blob;
using support::metadata_authority;
using support::metadata_entry;
using support::metadata_payload;

constexpr UnixMillis kNow = 1'770'000'000'000;  // 2026-02-02
constexpr const char* kModel = "08987058-cadc-4b81-b6e1-30de50dcbe96";

Result<MetadataBlob, std::string> parse(const std::string& text, UnixMillis now = kNow,
                                        std::string_view host = support::kMetadataHost) {
  std::vector<Certificate> roots;
  roots.push_back(Certificate::parse(metadata_authority().root).value());
  return MetadataBlob::parse(text, {roots, host}, now);
}

std::string fault(const std::string& text) {
  const auto blob = parse(text);
  return blob ? "" : blob.error();
}

MetadataBlob good(const std::vector<Json>& entries) {
  auto blob = parse(make_metadata_blob(metadata_payload(entries)));
  EXPECT_TRUE(blob) << blob.error();
  return std::move(blob).value();
}

TEST(MetadataBlob, KnowsModelsWithRootsAndStatus) {
  const Bytes root = {1, 2, 3};
  const MetadataBlob blob = good({metadata_entry(kModel, {root})});
  EXPECT_EQ(blob.number(), 7U);
  EXPECT_EQ(blob.next_update(), 1'780'272'000'000);
  EXPECT_EQ(blob.size(), 1U);
  const MetadataEntry* entry = blob.find(*parse_aaguid(kModel));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->description, "Example Model");
  EXPECT_EQ(entry->roots, std::vector<Bytes>{root});
  EXPECT_EQ(entry->fault, "");
  EXPECT_EQ(blob.find(Aaguid()), nullptr);
}

/// Of one model that its maker names by `identifiers`.
MetadataBlob blob_of_keys(const Json& identifiers) {
  Json entry = metadata_entry(kModel, {});
  entry.erase("aaguid");
  entry["attestationCertificateKeyIdentifiers"] = identifiers;
  return good({entry});
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(MetadataBlob, KnowsU2fModelsByKeyIdentifier) {
  const MetadataBlob blob = blob_of_keys({"zz", 5, repeated("A0", 20), repeated("9f", 20)});
  EXPECT_NE(blob.find_by_key(Bytes(20, 0xA0)), nullptr);
  EXPECT_NE(blob.find_by_key(Bytes(20, 0x9F)), nullptr);
  EXPECT_EQ(blob.find_by_key(Bytes(20, 0)), nullptr);
  EXPECT_EQ(blob.find_by_key({}), nullptr);
}

TEST(MetadataBlob, TakesNoKeyIdentifierOfAnotherForm) {
  // Beside each, what it would be if it were read.
  const std::vector<std::pair<Json, Bytes>> rows = {
      {Json::array({"a0"}), Bytes(1, 0xA0)},
      {Json::array({""}), Bytes()},
      {Json::array({repeated("a0", 21)}), Bytes(21, 0xA0)},
      {Json::array({repeated("x0", 20)}), Bytes(20, 0xF0)},
      {Json::array({repeated("0x", 20)}), Bytes(20, 0xFF)},
      {repeated("a0", 20), Bytes(20, 0xA0)}};
  for (const auto& [identifiers, key] : rows) {
    EXPECT_EQ(blob_of_keys(identifiers).find_by_key(key), nullptr) << identifiers.dump();
  }
}

TEST(MetadataBlob, HonoursEachStatusThatRulesAModelOut) {
  for (const std::string status :
       {"REVOKED", "USER_VERIFICATION_BYPASS", "ATTESTATION_KEY_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"}) {
    const MetadataBlob blob =
        good({metadata_entry(kModel, {}, {"FIDO_CERTIFIED", status, "UPDATE_AVAILABLE"})});
    EXPECT_EQ(blob.find(*parse_aaguid(kModel))->fault, status);
  }
  const MetadataBlob blob = good({metadata_entry(kModel, {}, {"NOT_FIDO_CERTIFIED", "SOMETHING"})});
  EXPECT_EQ(blob.find(*parse_aaguid(kModel))->fault, "");
}

TEST(MetadataBlob, TakesWhatTheFieldWrites) {
  Json entry = metadata_entry(kModel, {});
  entry["metadataStatement"]["attestationRootCertificates"] = {" AQID\r\n", "AQ\tID", "!", 7,
                                                               "AQ\x08ID"};
  entry["metadataStatement"]["description"] = std::string(500, 'd');
  const MetadataBlob blob = good({entry});
  const MetadataEntry* found = blob.find(*parse_aaguid(kModel));
  EXPECT_EQ(found->roots, (std::vector<Bytes>{{1, 2, 3}, {1, 2, 3}}));
  EXPECT_EQ(found->description.size(), 200U);
  // With a line end behind it, as files have one.
  EXPECT_TRUE(parse(make_metadata_blob(metadata_payload({})) + "\r\n"));
}

TEST(MetadataBlob, KeepsModelsThatItCanUseBesideThoseThatItCannot) {
  Json broken = metadata_entry("no AAGUID", {});
  broken["statusReports"] = "none";
  broken["metadataStatement"].erase("description");
  Json bare = {{"aaguid", "00000000-0000-0000-0000-000000000001"},
               {"statusReports", {5, Json::object(), {{"status", 1}}}}};
  const MetadataBlob blob = good({broken, 5, bare, metadata_entry(kModel, {})});
  EXPECT_NE(blob.find(*parse_aaguid(kModel)), nullptr);
  const auto* found = blob.find(*parse_aaguid("00000000-0000-0000-0000-000000000001"));
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->roots.empty());
  EXPECT_EQ(found->fault, "");
}

TEST(MetadataBlob, WantsASignature) {
  std::string text = make_metadata_blob(metadata_payload({}));
  text[text.size() - 10] ^= 1;
  EXPECT_EQ(fault(text), "the JWS's signature does not verify");
  EXPECT_EQ(fault(""), "the JWS does not have three parts");
  EXPECT_EQ(fault(std::string((32 << 20) + 1, 'a')), "it has more than 32 MiB");
}

TEST(MetadataBlob, WantsTheSignerThatIsConfigured) {
  const std::string text = make_metadata_blob(metadata_payload({}));
  EXPECT_EQ(parse(text, kNow, "mds.fidoalliance.org").error(),
            "it is not signed by mds.fidoalliance.org");
  EXPECT_EQ(parse(text, 0).error(), "a certificate of its signer is not valid now");
  // The same name, from another root.
  const auto& authority = metadata_authority();
  CertificateSpec spec;
  spec.subject = {{"CN", support::kMetadataHost}};
  spec.issuer = {{"CN", "Metadata Root"}};
  const Bytes foreign = make_certificate(spec, authority.signer_key, authority.signer_key);
  EXPECT_EQ(fault(make_jws(jws_header(authority.signer_key, {foreign}),
                           as_bytes(metadata_payload({}).dump()), authority.signer_key)),
            "its signer's certificates do not lead to the root");
}

TEST(MetadataBlob, WantsNumberDateAndEntries) {
  constexpr const char* kLacks = "it lacks no, nextUpdate or entries";
  const auto with = [](const std::function<void(Json&)>& change) {
    Json payload = metadata_payload({});
    change(payload);
    return fault(make_metadata_blob(payload));
  };
  EXPECT_EQ(with([](Json&) {}), "");
  EXPECT_EQ(with([](Json& payload) { payload.erase("no"); }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload["no"] = -1; }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload.erase("nextUpdate"); }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload["nextUpdate"] = "soon"; }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload["nextUpdate"] = 20260601; }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload.erase("entries"); }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload["entries"] = 1; }), kLacks);
  EXPECT_EQ(with([](Json& payload) { payload = Json::array(); }), kLacks);
  const auto& authority = metadata_authority();
  EXPECT_EQ(fault(make_jws(jws_header(authority.signer_key, {authority.signer}), as_bytes("{"),
                           authority.signer_key)),
            "its payload is not JSON at byte 2");
}

TEST(MetadataBlob, IsReadInTheSizeOfARealOne) {
  // 10 MiB: icons are what makes real ones large.
  std::vector<Json> entries;
  for (int i = 0; i < 200; ++i) {
    char aaguid[37];
    std::snprintf(aaguid, sizeof aaguid, "00000000-0000-0000-0000-%012d", i);
    entries.push_back(metadata_entry(aaguid, {Bytes(600, 1)}));
    entries.back()["metadataStatement"]["icon"] = std::string(50'000, 'A');
  }
  EXPECT_EQ(good(entries).size(), 200U);
}

}  // namespace
}  // namespace masterkey2::webauthn
