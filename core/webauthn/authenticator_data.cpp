#include "webauthn/authenticator_data.hpp"

#include <string>
#include <utility>

#include "cbor/cbor_parser.hpp"
#include "encoding/byte_codec.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kRpIdHashSize = 32;
constexpr std::size_t kHeaderSize = kRpIdHashSize + 1 + 4;

Finding malformed(std::string detail) {
  return {Reason::kMalformedAuthenticatorData, std::move(detail)};
}

/// The attested credential data and how many bytes it takes at the start of `bytes`.
Checked<std::pair<AttestedCredentialData, std::size_t>> parse_attested(ByteView bytes) {
  ByteReader reader(bytes);
  AttestedCredentialData attested;
  attested.aaguid = reader.identifier<Aaguid>();
  const auto id_size = reader.integer<std::uint16_t>();
  attested.credential_id = reader.raw(id_size);
  if (reader.failed()) return malformed("attested credential data is cut short");
  const std::size_t key_start = Aaguid::kSize + 2 + id_size;
  const auto key = parse_cbor_prefix(bytes.subspan(key_start));
  if (!key) return malformed("credential public key: " + key.error().detail);
  attested.public_key = bytes.subspan(key_start, key->size);
  return std::pair(attested, key_start + key->size);
}

}  // namespace

Checked<AuthenticatorData> parse_authenticator_data(ByteView bytes) {
  if (bytes.size() < kHeaderSize) {
    return malformed(std::to_string(bytes.size()) + " bytes, at least 37 are needed");
  }
  ByteReader header(bytes.first(kHeaderSize));
  AuthenticatorData data;
  data.rp_id_hash = header.raw(kRpIdHashSize);
  data.flags = header.integer<std::uint8_t>();
  data.sign_count = header.integer<std::uint32_t>();

  ByteView rest = bytes.subspan(kHeaderSize);
  if (data.has(kAttestedIncluded)) {
    const auto attested = parse_attested(rest);
    if (!attested) return attested.error();
    data.attested = attested->first;
    rest = rest.subspan(attested->second);
  }
  if (data.has(kExtensionsIncluded)) {
    auto extensions = parse_cbor_prefix(rest);
    if (!extensions) return malformed("extensions: " + extensions.error().detail);
    if (extensions->value.map() == nullptr) return malformed("extensions are not a map");
    data.extensions = std::move(extensions->value);
    rest = rest.subspan(extensions->size);
  }
  if (!rest.empty()) return malformed(std::to_string(rest.size()) + " bytes left over");
  return data;
}

}  // namespace masterkey2::webauthn
