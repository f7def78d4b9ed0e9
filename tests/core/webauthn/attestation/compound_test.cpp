// L3 §8.9.
#include <gtest/gtest.h>

#include "statement_fixture.hpp"
#include "webauthn/attestation_trust.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;

void write_self(CborWriter& writer, const Attested& attested) {
  writer.map(2).text("fmt").text("packed").text("attStmt");
  writer.map(2).text("alg").integer(-7).text("sig").bytes(
      attested.credential.sign(attested.message()));
}

void write_certified(CborWriter& writer, const Attested& attested) {
  writer.map(2).text("fmt").text("packed").text("attStmt");
  writer.map(3).text("alg").integer(-7).text("sig");
  writer.bytes(attestation_key().sign(attested.message())).text("x5c").array(1);
  writer.bytes(support::make_certificate({}, attestation_key(), root_key()));
}

std::string verdict_of(const WriteStatement& write) { return statement_verdict("compound", write); }

TEST(CompoundAttestation, IsValidIfEachStatementIs) {
  const auto result =
      verify_statement("compound", [](CborWriter& writer, const Attested& attested) {
        writer.array(2);
        write_self(writer, attested);
        write_certified(writer, attested);
      });
  ASSERT_EQ(verdict(result), "accepted");
  EXPECT_EQ(result->attestation_type, "compound");
}

TEST(CompoundAttestation, WantsTwoStatementsOrMore) {
  const std::string expected = "compound: the statement is not an array of two to eight";
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested&) { w.array(0); }), expected);
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested&) { w.map(0); }), expected);
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested& attested) {
              w.array(1);
              write_self(w, attested);
            }),
            expected);
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested& attested) {
              w.array(9);
              for (int i = 0; i < 9; ++i) write_self(w, attested);
            }),
            expected);
}

TEST(CompoundAttestation, IsNotCompoundInside) {
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested& attested) {
              w.array(2);
              write_self(w, attested);
              w.map(2).text("fmt").text("compound").text("attStmt").map(0);
            }),
            "compound: a part is compound itself");
}

TEST(CompoundAttestation, WantsEachStatementToBeValid) {
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested& attested) {
              w.array(2);
              write_self(w, attested);
              w.map(2).text("fmt").text("none").text("attStmt").map(1).text("x").integer(1);
            }),
            "none: the statement is not an empty map");
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested& attested) {
              w.array(2);
              write_self(w, attested);
              w.map(2).text("fmt").text("unknown").text("attStmt").map(0);
            }),
            "R22 unknown_attestation_format");
  EXPECT_EQ(verdict_of([](CborWriter& w, const Attested& attested) {
              w.array(2);
              write_self(w, attested);
              w.map(1).text("fmt").text("none");
            }),
            "compound: a part is not a format and a statement");
}

TEST(CompoundAttestation, WantsAFormatAndAStatementInEachPart) {
  const std::vector<std::function<void(CborWriter&)>> wrong = {
      [](CborWriter& w) { w.map(1).text("attStmt").map(0); },
      [](CborWriter& w) { w.map(2).text("fmt").integer(1).text("attStmt").map(0); },
      [](CborWriter& w) { w.map(2).text("fmt").text("none").text("attStmt").array(0); },
      [](CborWriter& w) { w.map(2).text("fmt").text("none").text("attStmt").text("x"); },
      [](CborWriter& w) {
        w.map(3).text("fmt").text("none").text("attStmt").map(0).text("authData").bytes({});
      },
      [](CborWriter& w) { w.text("none"); },
      [](CborWriter& w) { w.array(2).text("fmt").text("none"); },
  };
  for (const auto& write : wrong) {
    EXPECT_EQ(verdict_of([&](CborWriter& w, const Attested& attested) {
                w.array(2);
                write_self(w, attested);
                write(w);
              }),
              "compound: a part is not a format and a statement");
  }
}

TEST(CompoundAttestation, TrustsNoneOfItIfOneChainIsUntrusted) {
  GoodCeremony ceremony;
  AttestationTrust trust;
  ceremony.now = 1'800'000'000'000;
  ceremony.trust = &trust;
  ceremony.policy.attestation_trust = AttestationTrustRule::kAnchors;
  const auto write = [](CborWriter& writer, const Attested& attested) {
    writer.array(2);
    write_self(writer, attested);
    write_certified(writer, attested);
  };
  EXPECT_EQ(verdict(verify_statement("compound", write, ceremony)), "R24 attestation_untrusted");
  const Bytes root = support::make_certificate({.subject = {{"CN", "Example Root"}}, .ca = true},
                                               root_key(), root_key());
  trust.anchors.push_back(Certificate::parse(root).value());
  EXPECT_EQ(verdict(verify_statement("compound", write, ceremony)), "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
