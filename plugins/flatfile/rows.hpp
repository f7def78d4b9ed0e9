// The rows of the store as bytes (FORMAT.md "Rows").
#pragma once

#include <optional>
#include <vector>

#include "codec.hpp"
#include "masterkey2/storage.hpp"

namespace masterkey2::flatfile {

/// A user with all credentials: what one read of a sign-in needs.
struct UserDocument {
  UserAccount user;
  std::vector<CredentialRecord> credentials;  ///< oldest first
};

void encode(Encoder& out, const Installation& row);
void encode(Encoder& out, const Tenant& row);
void encode(Encoder& out, const ApiKey& row);

/// A failed read shows in the decoder.
void decode(Decoder& in, Installation& row);
void decode(Decoder& in, Tenant& row);
void decode(Decoder& in, ApiKey& row);

// What stays on disk and is read again later ends with a CRC-32C of its own. Absent: the checksum
// is wrong or the bytes are no such row.

[[nodiscard]] bool ends_with_checksum(ByteView bytes);
[[nodiscard]] Bytes encode_document(const UserDocument& document);
[[nodiscard]] Bytes encode_sign_in(const SignIn& row);
[[nodiscard]] Bytes encode_audit(const AuditEntry& row);
[[nodiscard]] std::optional<UserDocument> decode_document(ByteView bytes);
/// What a document is found by; borrowed from `bytes`, whose checksum is not looked at.
struct DocumentKeys {
  std::string_view external_id;
  UserHandle handle;
  std::vector<ByteView> credentials;
};
[[nodiscard]] std::optional<DocumentKeys> scan_document(ByteView bytes);
[[nodiscard]] std::optional<SignIn> decode_sign_in(ByteView bytes);
[[nodiscard]] std::optional<AuditEntry> decode_audit(ByteView bytes);

// The same without what stays on disk: absent for the same bytes.

struct SignInKeys {
  TokenId id;
  TokenId session_token;
  UnixMillis at = 0;
};
[[nodiscard]] std::optional<SignInKeys> scan_sign_in(ByteView bytes);
struct AuditKeys {
  TenantId tenant;
  TokenId chain;
  std::uint64_t sequence = 0;
  UnixMillis at = 0;
  UnixMillis keep_until = 0;
};
[[nodiscard]] std::optional<AuditKeys> scan_audit(ByteView bytes);

}  // namespace masterkey2::flatfile
