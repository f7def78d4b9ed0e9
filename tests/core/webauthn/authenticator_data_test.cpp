#include "webauthn/authenticator_data.hpp"

#include <gtest/gtest.h>

#include "encoding/byte_codec.hpp"
#include "support/cbor_writer.hpp"

namespace masterkey2::webauthn {
namespace {

using support::CborWriter;

Bytes bare(std::uint8_t flags) {
  ByteWriter writer;
  writer.raw(Bytes(32, 0xAB));
  writer.integer(flags);
  writer.integer(std::uint32_t{0x01020304});
  return std::move(writer).take();
}

Bytes with_parts(std::uint8_t flags, ByteView id, ByteView key, ByteView extensions) {
  ByteWriter writer;
  writer.raw(bare(flags));
  if ((flags & kAttestedIncluded) != 0) {
    writer.raw(Bytes(16, 0xAA));
    writer.integer(static_cast<std::uint16_t>(id.size()));
    writer.raw(id);
    writer.raw(key);
  }
  writer.raw(extensions);
  return std::move(writer).take();
}

const Bytes kId = {1, 2, 3};
const Bytes kKey = CborWriter().map(1).integer(1).integer(2).out();
const Bytes kExtensions = CborWriter().map(1).text("x").boolean(true).out();

std::string refusal(const Bytes& bytes) {
  const auto data = parse_authenticator_data(bytes);
  if (data) return "accepted";
  EXPECT_EQ(data.error().reason, Reason::kMalformedAuthenticatorData);
  return data.error().detail;
}

TEST(AuthenticatorData, ReadsTheFixedPart) {
  const Bytes bytes = bare(0x05);
  const auto data = parse_authenticator_data(bytes);
  ASSERT_TRUE(data);
  EXPECT_TRUE(equal_bytes(data->rp_id_hash, Bytes(32, 0xAB)));
  EXPECT_EQ(data->flags, 0x05);
  EXPECT_TRUE(data->has(kUserPresent));
  EXPECT_TRUE(data->has(kUserVerified));
  EXPECT_FALSE(data->has(kBackupEligible));
  EXPECT_EQ(data->sign_count, 0x01020304U);
  EXPECT_FALSE(data->attested);
  EXPECT_FALSE(data->extensions);
}

TEST(AuthenticatorData, ReadsAttestedCredentialDataAndExtensions) {
  const Bytes bytes = with_parts(0xC1, kId, kKey, kExtensions);
  const auto data = parse_authenticator_data(bytes);
  ASSERT_TRUE(data);
  ASSERT_TRUE(data->attested);
  EXPECT_EQ(to_bytes(data->attested->aaguid.view()), Bytes(16, 0xAA));
  EXPECT_TRUE(equal_bytes(data->attested->credential_id, kId));
  EXPECT_TRUE(equal_bytes(data->attested->public_key, kKey));
  ASSERT_TRUE(data->extensions);
  EXPECT_EQ(*data->extensions->find("x")->boolean(), true);
}

TEST(AuthenticatorData, RefusesLessThan37Bytes) {
  EXPECT_EQ(refusal({}), "0 bytes, at least 37 are needed");
  Bytes bytes = bare(0);
  EXPECT_EQ(refusal(bytes), "accepted");
  bytes.pop_back();
  EXPECT_EQ(refusal(bytes), "36 bytes, at least 37 are needed");
}

TEST(AuthenticatorData, RefusesWhatIsLeftOver) {
  for (const std::uint8_t flags : Bytes{0x01, 0x41, 0x81, 0xC1}) {
    Bytes bytes = with_parts(flags, kId, kKey, (flags & 0x80) != 0 ? kExtensions : Bytes());
    EXPECT_EQ(refusal(bytes), "accepted");
    bytes.push_back(0);
    EXPECT_EQ(refusal(bytes), "1 bytes left over");
  }
}

TEST(AuthenticatorData, RefusesEveryTruncation) {
  const Bytes bytes = with_parts(0xC1, kId, kKey, kExtensions);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(refusal(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))),
              "accepted")
        << size;
  }
}

TEST(AuthenticatorData, RefusesFlagsThatDoNotFitTheData) {
  EXPECT_EQ(refusal(bare(0x40)), "attested credential data is cut short");
  EXPECT_NE(refusal(bare(0x80)), "accepted");
  const auto with_flags = [](Bytes bytes, std::uint8_t flags) {
    bytes[32] = flags;
    return bytes;
  };
  EXPECT_NE(refusal(with_flags(with_parts(0x41, kId, kKey, {}), 0x01)), "accepted");
  EXPECT_NE(refusal(with_flags(with_parts(0x41, kId, kKey, {}), 0xC1)), "accepted");
  EXPECT_NE(refusal(with_flags(with_parts(0x41, kId, kKey, {}), 0x81)), "accepted");
  EXPECT_NE(refusal(with_flags(with_parts(0xC1, kId, kKey, kExtensions), 0x41)), "accepted");
  EXPECT_NE(refusal(with_flags(with_parts(0x81, {}, {}, kExtensions), 0x41)), "accepted");
}

TEST(AuthenticatorData, RefusesCredentialIdsLongerThanTheData) {
  Bytes bytes = with_parts(0x41, kId, kKey, {});
  for (const int size : {0, 2, 4, 1024, 65535}) {
    bytes[53] = static_cast<std::uint8_t>(size >> 8);
    bytes[54] = static_cast<std::uint8_t>(size);
    EXPECT_NE(refusal(bytes), "accepted") << size;
  }
}

TEST(AuthenticatorData, TellsCredentialIdsOfAnyLength) {
  for (const std::size_t size : {0U, 1023U, 1024U, 65535U}) {
    const Bytes bytes = with_parts(0x41, Bytes(size, 7), kKey, {});
    const auto data = parse_authenticator_data(bytes);
    ASSERT_TRUE(data);
    EXPECT_EQ(data->attested->credential_id.size(), size);
  }
}

TEST(AuthenticatorData, RefusesExtensionsThatAreNoMap) {
  for (const Bytes& extensions :
       {CborWriter().array(0).out(), CborWriter().integer(0).out(), CborWriter().text("x").out()}) {
    EXPECT_EQ(refusal(with_parts(0x81, {}, {}, extensions)), "extensions are not a map");
  }
}

TEST(AuthenticatorData, RefusesCborThatIsNotCanonical) {
  EXPECT_NE(refusal(with_parts(0x41, kId, Bytes{0xBF, 0xFF}, {})), "accepted");
  EXPECT_NE(refusal(with_parts(0x81, {}, {}, Bytes{0xB8, 0x00})), "accepted");
  EXPECT_NE(refusal(with_parts(0x81, {}, {}, Bytes{0xA2, 0x01, 0x01, 0x01, 0x01})), "accepted");
  EXPECT_NE(refusal(with_parts(0x81, {}, {}, Bytes{0xBB, 0, 0, 0, 1, 0, 0, 0, 0})), "accepted");
}

}  // namespace
}  // namespace masterkey2::webauthn
