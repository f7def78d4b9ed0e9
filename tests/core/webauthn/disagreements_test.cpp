// Where the specification and the FIDO Alliance's conformance tests differ, and which way we go.
#include <gtest/gtest.h>

#include "attestation/statement_fixture.hpp"
#include "support/test_metadata.hpp"
#include "webauthn/aaguid_text.hpp"
#include "webauthn/attestation_trust.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;
using support::make_certificate;

/// Level 3 reserves tokenBinding and ignores it; the conformance tests want ill-formed ones
/// refused.
TEST(Disagreement, TokenBindingIsIgnoredWhateverItIs) {
  for (const Json& value : {Json::object(), Json("x"), Json({{"status", "unknown"}}),
                            Json({{"status", "present"}, {"id", "AAAA"}}), Json(nullptr)}) {
    GoodCeremony ceremony;
    ceremony.answer.edit_client_data = [&](Json& json) { json["tokenBinding"] = value; };
    EXPECT_EQ(verdict(ceremony.verify_registration()), "accepted") << value;
    EXPECT_EQ(verdict(ceremony.verify_authentication()), "accepted") << value;
  }
}

WriteStatement packed_with(const std::vector<Bytes>& certificates) {
  return [certificates](CborWriter& writer, const Attested& attested) {
    writer.map(3).text("alg").integer(kEs256).text("sig");
    writer.bytes(attestation_key().sign(attested.message()));
    writer.text("x5c").array(certificates.size());
    for (const Bytes& certificate : certificates) writer.bytes(certificate);
  };
}

/// The conformance tests refuse a chain with its root; to the specification it does not matter.
TEST(Disagreement, AChainMayHoldItsRoot) {
  const Bytes root =
      make_certificate({.subject = {{"CN", "Example Root"}}, .ca = true}, root_key(), root_key());
  const Bytes leaf = make_certificate({}, attestation_key(), root_key());
  AttestationTrust trust;
  trust.anchors.push_back(Certificate::parse(root).value());
  GoodCeremony ceremony;
  ceremony.now = 1'800'000'000'000;
  ceremony.trust = &trust;
  ceremony.policy.attestation_trust = AttestationTrustRule::kAnchors;
  EXPECT_EQ(statement_verdict("packed", packed_with({leaf, root}), ceremony), "accepted");
  EXPECT_EQ(statement_verdict("packed", packed_with({leaf}), ceremony), "accepted");
  // Its place matters to both: what comes first is the leaf.
  EXPECT_NE(statement_verdict("packed", packed_with({root, leaf}), ceremony), "accepted");
}

/// The specification leaves it to the server; the conformance tests want it refused.
TEST(Disagreement, ALowerCounterIsForPolicy) {
  GoodCeremony ceremony;
  ceremony.answer.sign_count = 4;
  ceremony.stored_sign_count = 5;
  ASSERT_EQ(verdict(ceremony.verify_authentication()), "accepted");
  EXPECT_TRUE(ceremony.verify_authentication()->counter_regressed);
  ceremony.policy.counter = CounterPolicy::kIgnore;
  ASSERT_EQ(verdict(ceremony.verify_authentication()), "accepted");
  EXPECT_FALSE(ceremony.verify_authentication()->counter_regressed);
  ceremony.policy.counter = CounterPolicy::kRefuse;
  EXPECT_EQ(verdict(ceremony.verify_authentication()), "A22 counter_regression");
}

/// Older conformance tests took an assertion without user presence; step 16 forbids it.
TEST(Disagreement, AnAssertionWithoutUserPresenceIsRefused) {
  GoodCeremony ceremony;
  ceremony.answer.flags = 0x18;
  ceremony.policy.user_verification = UserVerification::kDiscouraged;
  EXPECT_EQ(verdict(ceremony.verify_authentication()), "A16 user_presence_missing");
}

/// The conformance tests refuse certificates of a model whose metadata list no root, as it attests
/// itself; the specification knows no metadata. Where metadata is asked for, nothing leads to a
/// root.
TEST(Disagreement, CertificatesOfAModelThatAttestsItselfAreForPolicy) {
  constexpr const char* kModel = "08987058-cadc-4b81-b6e1-30de50dcbe96";
  constexpr UnixMillis kNow = 1'770'000'000'000;
  std::vector<Certificate> roots;
  roots.push_back(Certificate::parse(support::metadata_authority().root).value());
  AttestationTrust trust;
  trust.metadata = MetadataBlob::parse(support::make_metadata_blob(support::metadata_payload(
                                           {support::metadata_entry(kModel, {})})),
                                       {roots, support::kMetadataHost}, kNow)
                       .value();
  GoodCeremony ceremony;
  ceremony.now = kNow;
  ceremony.trust = &trust;
  ceremony.credential.aaguid = *parse_aaguid(kModel);
  const WriteStatement statement =
      packed_with({make_certificate({}, attestation_key(), root_key())});
  EXPECT_EQ(statement_verdict("packed", statement, ceremony), "accepted");
  ceremony.policy.attestation_trust = AttestationTrustRule::kMetadata;
  EXPECT_EQ(statement_verdict("packed", statement, ceremony), "R24 attestation_untrusted");
}

// Further rows of the table: FidoU2fAttestation.AcceptsAnAaguidThatIsNotZero and what follows it,
// and AndroidKeyAttestation.AcceptsEmptyAuthorizationLists.

}  // namespace
}  // namespace masterkey2::webauthn
