// What a row is found by is read without the rest of it, and refused where the row is.
#include "plugins/flatfile/rows.hpp"

#include <gtest/gtest.h>

#include "plugins/flatfile/crc32c.hpp"
#include "plugins/rows.hpp"

namespace masterkey2::testing {
namespace {

using flatfile::decode_audit;
using flatfile::decode_sign_in;
using flatfile::encode_audit;
using flatfile::encode_sign_in;
using flatfile::scan_audit;
using flatfile::scan_sign_in;

/// `row` with other bytes, so that they end with their checksum again.
Bytes checked(ByteView body) {
  Bytes row = to_bytes(body);
  flatfile::Encoder(row).integer(flatfile::crc32c(0, body));
  return row;
}

template <class Visit>
void each_row_with_one_byte_changed(const Bytes& row, Visit&& visit) {
  const ByteView body = ByteView(row).first(row.size() - 4);
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const int change : {1, 2, 0x80, 0xFF}) {
      Bytes other = to_bytes(body);
      other[at] = static_cast<std::uint8_t>(other[at] ^ change);
      visit(checked(other));
    }
  }
  for (std::size_t size = 0; size < body.size(); ++size) visit(checked(body.first(size)));
  Bytes longer = to_bytes(body);
  longer.push_back(0);
  visit(checked(longer));
}

SignIn sign_in_with_everything() {
  SignIn row = make_sign_in(1, 1, 1, 1, 1).sign_in;
  row.binding = Digest{};
  row.proof = SignInProof{{1, 2}, {3}, {4, 5, 6}, -7, {8}};
  row.extra = {9};
  return row;
}

TEST(FlatfileRows, KeysOfASignInAreThoseOfTheWholeRow) {
  SignIn bare = sign_in_with_everything();
  bare.binding.reset();
  bare.proof.reset();
  for (const SignIn& row : {sign_in_with_everything(), bare}) {
    const auto keys = scan_sign_in(encode_sign_in(row));
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->id, row.id);
    EXPECT_EQ(keys->session_token, row.session_token);
    EXPECT_EQ(keys->at, row.at);
  }
}

TEST(FlatfileRows, KeysOfASignInAreAbsentWhereTheRowIs) {
  each_row_with_one_byte_changed(encode_sign_in(sign_in_with_everything()), [](const Bytes& row) {
    const auto whole = decode_sign_in(row);
    const auto keys = scan_sign_in(row);
    ASSERT_EQ(keys.has_value(), whole.has_value());
    if (keys) {
      ASSERT_EQ(keys->session_token, whole->session_token);
    }
  });
}

TEST(FlatfileRows, KeysOfAnAuditEntryAreAbsentWhereTheRowIs) {
  const AuditEntry entry = make_audit(1, 1);
  const auto of_entry = scan_audit(encode_audit(entry));
  ASSERT_TRUE(of_entry);
  EXPECT_EQ(of_entry->tenant, entry.tenant);
  EXPECT_EQ(of_entry->chain, entry.chain);
  EXPECT_EQ(of_entry->sequence, entry.sequence);
  EXPECT_EQ(of_entry->at, entry.at);
  EXPECT_EQ(of_entry->keep_until, entry.keep_until);
  each_row_with_one_byte_changed(encode_audit(entry), [](const Bytes& row) {
    const auto whole = decode_audit(row);
    const auto keys = scan_audit(row);
    ASSERT_EQ(keys.has_value(), whole.has_value());
    if (keys) {
      ASSERT_EQ(keys->keep_until, whole->keep_until);
    }
  });
}

TEST(FlatfileRows, WrongChecksumOrTooShortForOneHasNoKeys) {
  Bytes sign_in = encode_sign_in(sign_in_with_everything());
  sign_in.back() ^= 1;
  EXPECT_FALSE(scan_sign_in(sign_in));
  Bytes entry = encode_audit(make_audit(1, 1));
  entry.front() ^= 1;
  EXPECT_FALSE(scan_audit(entry));
  for (std::size_t size = 0; size < 4; ++size) {
    EXPECT_FALSE(scan_sign_in(Bytes(size)));
    EXPECT_FALSE(scan_audit(Bytes(size)));
  }
}

}  // namespace
}  // namespace masterkey2::testing
