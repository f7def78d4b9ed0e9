#include "token/sealed_token.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "crypto/aead.hpp"
#include "crypto/wipe.hpp"
#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSaltSize = 12;
constexpr std::size_t kRandomSize = kSaltSize + std::tuple_size_v<AeadNonce>;
constexpr std::size_t kHeadSize = 1 + sizeof(std::uint32_t) + kRandomSize;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kMaxText = 8'192;
constexpr std::size_t kMaxPlaintext = 4'096;
constexpr std::string_view kWrapPurpose = "masterkey2 wrap 1";

struct Kind {
  std::string_view prefix;
  std::string_view purpose;  ///< of its key
};
/// In the order of TokenKind.
constexpr std::array<Kind, 6> kKinds = {{{"mk2s_", "masterkey2 token session 1"},
                                         {"mk2u_", "masterkey2 token user 1"},
                                         {"mk2c_", "masterkey2 token ceremony 1"},
                                         {"mk2a_", "masterkey2 token auth 1"},
                                         {"mk2p_", "masterkey2 token poll 1"},
                                         {"mk2q_", "masterkey2 token qr 1"}}};

const Kind& kind_of(TokenKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

/// prefix 5 B | version 1 B | key id 4 B | epoch 8 B
using AssociatedData = std::array<std::uint8_t, 18>;
static_assert(std::all_of(kKinds.begin(), kKinds.end(),
                          [](const Kind& kind) { return kind.prefix.size() == 5; }));

/// What is authenticated besides the plaintext.
AssociatedData associated_data(TokenKind kind, std::uint32_t key_id, std::uint64_t epoch) {
  const std::string_view prefix = kind_of(kind).prefix;
  AssociatedData data{};
  auto out = std::copy(prefix.begin(), prefix.end(), data.begin());
  const auto put = [&out](auto integer) {
    for (std::size_t i = sizeof(integer); i-- > 0;) {
      *out++ = static_cast<std::uint8_t>(integer >> 8 * i);
    }
  };
  put(kVersion);
  put(key_id);
  put(epoch);
  return data;
}

AeadNonce nonce_of(ByteView random) {
  AeadNonce nonce;
  std::copy_n(random.begin() + kSaltSize, nonce.size(), nonce.begin());
  return nonce;
}

}  // namespace

std::string_view token_prefix(TokenKind kind) { return kind_of(kind).prefix; }

std::optional<TokenKind> token_kind(std::string_view text) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (text.starts_with(kKinds[i].prefix)) return static_cast<TokenKind>(i);
  }
  return std::nullopt;
}

std::string seal_token(TokenKind kind, ByteView plaintext, std::uint64_t epoch, const KeyRing& ring,
                       RandomSource& random) {
  if (plaintext.size() > kMaxPlaintext) std::abort();  // our own claims are bounded: a bug
  const RingKey& key = ring.active();
  std::array<std::uint8_t, kRandomSize> fresh{};
  random.fill(fresh);
  SecretKey derived =
      expand_key(key.extracted, kind_of(kind).purpose, ByteView(fresh).first(kSaltSize));
  ByteWriter token;
  token.integer(kVersion);
  token.integer(key.id);
  token.raw(fresh);
  token.raw(aead_seal(derived, nonce_of(fresh), associated_data(kind, key.id, epoch), plaintext));
  wipe(derived);
  std::string text(kind_of(kind).prefix);
  append_base64url(text, token.bytes());
  return text;
}

Result<Bytes, TokenFault> open_token(TokenKind kind, std::string_view text, std::uint64_t epoch,
                                     const KeyRing& ring) {
  if (text.size() > kMaxText) return TokenFault::kMalformed;
  const std::optional<TokenKind> found = token_kind(text);
  if (!found) return TokenFault::kMalformed;
  if (*found != kind) return TokenFault::kWrongKind;
  const std::optional<Bytes> token = base64url_decode(text.substr(kind_of(kind).prefix.size()));
  if (!token || token->size() < kHeadSize + kTagSize) return TokenFault::kMalformed;

  ByteReader reader(*token);
  const auto version = reader.integer<std::uint8_t>();
  const auto key_id = reader.integer<std::uint32_t>();
  const ByteView random = reader.raw(kRandomSize);
  if (version != kVersion) return TokenFault::kMalformed;
  const RingKey* const key = ring.opener(key_id);
  if (key == nullptr) return TokenFault::kUnknownKey;
  SecretKey derived = expand_key(key->extracted, kind_of(kind).purpose, random.first(kSaltSize));
  std::optional<Bytes> plaintext =
      aead_open(derived, nonce_of(random), associated_data(kind, key_id, epoch),
                ByteView(*token).subspan(kHeadSize));
  wipe(derived);
  if (!plaintext) return TokenFault::kNotGenuine;
  return std::move(*plaintext);
}

Bytes wrap_secret(ByteView secret, ByteView bound_to, const RingKey& key, RandomSource& random) {
  std::array<std::uint8_t, kRandomSize> fresh{};
  random.fill(fresh);
  SecretKey derived = expand_key(key.extracted, kWrapPurpose, ByteView(fresh).first(kSaltSize));
  ByteWriter wrapped;
  wrapped.integer(kVersion);
  wrapped.raw(fresh);
  wrapped.raw(aead_seal(derived, nonce_of(fresh), bound_to, secret));
  wipe(derived);
  return std::move(wrapped).take();
}

std::optional<Bytes> unwrap_secret(ByteView wrapped, ByteView bound_to, const RingKey& key) {
  ByteReader reader(wrapped);
  const auto version = reader.integer<std::uint8_t>();
  const ByteView random = reader.raw(kRandomSize);
  if (reader.failed() || version != kVersion) return std::nullopt;
  SecretKey derived = expand_key(key.extracted, kWrapPurpose, random.first(kSaltSize));
  std::optional<Bytes> secret =
      aead_open(derived, nonce_of(random), bound_to, wrapped.subspan(1 + kRandomSize));
  wipe(derived);
  return secret;
}

}  // namespace masterkey2
