#include "crypto/der_reader.hpp"

#include <gtest/gtest.h>

namespace masterkey2 {
namespace {

/// The tag of the one item that fills the bytes; absent if they are refused.
std::optional<DerTag> tag_of(const Bytes& bytes) {
  DerReader reader(bytes);
  const auto item = reader.next();
  if (!item || !reader.complete()) return std::nullopt;
  return item->tag;
}

TEST(DerReader, ReadsItemsInsideOfItems) {
  // SEQUENCE { INTEGER 5, [1] { OCTET STRING 07 } }
  const Bytes bytes = {0x30, 0x08, 0x02, 0x01, 0x05, 0xA1, 0x03, 0x04, 0x01, 0x07};
  DerReader outer(bytes);
  DerReader sequence = outer.enter(kDerSequence);
  EXPECT_TRUE(equal_bytes(sequence.take(kDerInteger), Bytes{5}));
  DerReader tagged = sequence.enter(der_explicit(1));
  EXPECT_TRUE(equal_bytes(tagged.take(kDerOctetString), Bytes{7}));
  EXPECT_TRUE(outer.complete() && sequence.complete() && tagged.complete());
}

TEST(DerReader, ReadsTagsInTheLongForm) {
  EXPECT_EQ(tag_of({0xBF, 0x84, 0x58, 0x00}), der_explicit(600));
  EXPECT_EQ(tag_of({0xBF, 0x1F, 0x00}), der_explicit(31));
  EXPECT_FALSE(tag_of({0xBF, 0x1E, 0x00}));                    // fits the short form
  EXPECT_FALSE(tag_of({0xBF, 0x80, 0x1F, 0x00}));              // a byte too many
  EXPECT_FALSE(tag_of({0xBF, 0x81, 0x80, 0x80, 0x00, 0x00}));  // beyond 21 bits
  EXPECT_FALSE(tag_of({0xBF, 0x84}));
}

TEST(DerReader, WantsTheShortestLength) {
  Bytes bytes = {0x04, 0x81, 0x80};
  bytes.resize(3 + 0x80);
  EXPECT_EQ(tag_of(bytes), kDerOctetString);
  EXPECT_FALSE(tag_of({0x04, 0x81, 0x01, 0x00}));
  EXPECT_FALSE(tag_of({0x04, 0x82, 0x00, 0x01, 0x00}));
  EXPECT_FALSE(tag_of({0x04, 0x80, 0x00, 0x00}));  // indefinite
  EXPECT_FALSE(tag_of({0x04, 0x85, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00}));
  EXPECT_FALSE(tag_of({0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}));
}

TEST(DerReader, StaysFailed) {
  const Bytes bytes = {0x02, 0x01, 0x05, 0x02, 0x01, 0x06};
  DerReader reader(bytes);
  EXPECT_TRUE(reader.take(kDerOctetString).empty());
  EXPECT_TRUE(reader.failed());
  EXPECT_TRUE(reader.take(kDerInteger).empty());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.complete());
  EXPECT_TRUE(reader.enter(kDerInteger).failed());
}

TEST(DerReader, RefusesEveryTruncation) {
  const Bytes bytes = {0x30, 0x03, 0x02, 0x01, 0x05};
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(tag_of(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))));
  }
}

}  // namespace
}  // namespace masterkey2
