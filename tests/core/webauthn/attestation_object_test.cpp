#include "webauthn/attestation_object.hpp"

#include <gtest/gtest.h>

#include "support/cbor_writer.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;

std::string refusal(const Bytes& bytes) {
  const auto object = parse_attestation_object(bytes);
  if (object) return "accepted";
  EXPECT_EQ(object.error().reason, Reason::kMalformedAttestationObject);
  return object.error().detail;
}

Bytes good() {
  return CborWriter()
      .map(3)
      .text("fmt")
      .text("none")
      .text("attStmt")
      .map(0)
      .text("authData")
      .bytes(Bytes{1, 2})
      .out();
}

TEST(AttestationObject, ReadsItsMembers) {
  const Bytes bytes = good();
  const auto object = parse_attestation_object(bytes);
  ASSERT_TRUE(object);
  EXPECT_EQ(object->format, "none");
  EXPECT_TRUE(object->statement.map()->empty());
  EXPECT_TRUE(equal_bytes(object->authenticator_data, Bytes{1, 2}));
}

TEST(AttestationObject, RefusesEveryTruncationAndWhatIsBehind) {
  Bytes bytes = good();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(refusal(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))),
              "accepted");
  }
  bytes.push_back(0);
  EXPECT_EQ(refusal(bytes), "CBOR: 1 bytes behind the item");
}

TEST(AttestationObject, RefusesWhatIsNoMap) {
  EXPECT_EQ(refusal(CborWriter().array(0).out()), "not a map");
  EXPECT_EQ(refusal(CborWriter().text("none").out()), "not a map");
}

TEST(AttestationObject, RefusesMissingAndMistypedMembers) {
  EXPECT_EQ(refusal(CborWriter().map(2).text("attStmt").map(0).text("authData").bytes({}).out()),
            "fmt is missing or not text");
  EXPECT_EQ(refusal(CborWriter()
                        .map(3)
                        .text("fmt")
                        .integer(1)
                        .text("attStmt")
                        .map(0)
                        .text("authData")
                        .bytes({})
                        .out()),
            "fmt is missing or not text");
  EXPECT_EQ(refusal(CborWriter().map(2).text("fmt").text("none").text("authData").bytes({}).out()),
            "attStmt is missing or not a map");
  EXPECT_EQ(refusal(CborWriter()
                        .map(3)
                        .text("fmt")
                        .text("none")
                        .text("attStmt")
                        .bytes({})
                        .text("authData")
                        .bytes({})
                        .out()),
            "attStmt is missing or not a map");
  EXPECT_EQ(refusal(CborWriter().map(2).text("fmt").text("none").text("attStmt").map(0).out()),
            "authData is missing or not a byte string");
  EXPECT_EQ(refusal(CborWriter()
                        .map(3)
                        .text("fmt")
                        .text("none")
                        .text("attStmt")
                        .map(0)
                        .text("authData")
                        .text("x")
                        .out()),
            "authData is missing or not a byte string");
}

TEST(AttestationObject, RefusesDuplicateAndUnsortedMembers) {
  EXPECT_TRUE(refusal(CborWriter()
                          .map(4)
                          .text("fmt")
                          .text("none")
                          .text("fmt")
                          .text("none")
                          .text("attStmt")
                          .map(0)
                          .text("authData")
                          .bytes({})
                          .out())
                  .starts_with("CBOR: a duplicate key"));
  EXPECT_TRUE(refusal(CborWriter()
                          .map(3)
                          .text("fmt")
                          .text("none")
                          .text("authData")
                          .bytes({})
                          .text("attStmt")
                          .map(0)
                          .out())
                  .starts_with("CBOR: keys out of order"));
}

TEST(AttestationObject, IgnoresUnknownMembers) {
  EXPECT_EQ(refusal(CborWriter()
                        .map(4)
                        .text("fmt")
                        .text("none")
                        .text("epAtt")
                        .boolean(false)
                        .text("attStmt")
                        .map(0)
                        .text("authData")
                        .bytes({})
                        .out()),
            "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
