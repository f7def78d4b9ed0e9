#include "webauthn/attestation/tpm_structures.hpp"

#include "encoding/byte_codec.hpp"

namespace masterkey2::webauthn {
namespace {

// TPM_ALG_ID (§6.3).
constexpr std::uint16_t kRsa = 0x0001;
constexpr std::uint16_t kSha256 = 0x000B;
constexpr std::uint16_t kSha384 = 0x000C;
constexpr std::uint16_t kSha512 = 0x000D;
constexpr std::uint16_t kNull = 0x0010;
constexpr std::uint16_t kRsaEs = 0x0015;
constexpr std::uint16_t kEcDaa = 0x001A;
constexpr std::uint16_t kEcc = 0x0023;

constexpr std::uint32_t kGeneratedValue = 0xFF544347;
constexpr std::uint16_t kAttestCertify = 0x8017;
constexpr std::uint32_t kDefaultExponent = 65'537;

std::optional<HashAlgorithm> hash_from(std::uint16_t id) {
  if (id == kSha256) return HashAlgorithm::kSha256;
  if (id == kSha384) return HashAlgorithm::kSha384;
  if (id == kSha512) return HashAlgorithm::kSha512;
  return std::nullopt;
}

std::uint16_t id_of(HashAlgorithm algorithm) {
  // SHA-1 names no object that we take.
  if (algorithm == HashAlgorithm::kSha384) return kSha384;
  return algorithm == HashAlgorithm::kSha512 ? kSha512 : kSha256;
}

/// TPM2B: a length of 16 bits, and that many bytes.
ByteView read_sized(ByteReader& reader) { return reader.raw(reader.integer<std::uint16_t>()); }

/// TPMT_SYM_DEF_OBJECT: key bits and mode, unless null.
void skip_symmetric(ByteReader& reader) {
  if (reader.integer<std::uint16_t>() != kNull) reader.raw(4);
}

/// TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, TPMT_KDF_SCHEME: a hash, unless null; ECDAA adds a count.
void skip_scheme(ByteReader& reader) {
  const auto scheme = reader.integer<std::uint16_t>();
  if (scheme == kNull || scheme == kRsaEs) return;
  reader.raw(scheme == kEcDaa ? 4 : 2);
}

Bytes without_leading_zeros(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return to_bytes(number);
}

std::optional<PublicKey> read_rsa(ByteReader& reader) {
  skip_symmetric(reader);
  skip_scheme(reader);
  reader.integer<std::uint16_t>();  // key bits
  const auto exponent = reader.integer<std::uint32_t>();
  const ByteView modulus = read_sized(reader);
  if (!reader.complete()) return std::nullopt;
  ByteWriter writer;
  writer.integer(exponent == 0 ? kDefaultExponent : exponent);
  return PublicKey::from_rsa(without_leading_zeros(modulus), without_leading_zeros(writer.bytes()));
}

std::optional<EcCurve> curve_from(std::uint16_t id) {
  if (id == 0x0003) return EcCurve::kP256;
  if (id == 0x0004) return EcCurve::kP384;
  if (id == 0x0005) return EcCurve::kP521;
  return std::nullopt;
}

/// A TPM may leave out leading zeros of a coordinate.
Bytes padded(ByteView coordinate, std::size_t size) {
  Bytes bytes(size > coordinate.size() ? size - coordinate.size() : 0);
  bytes.insert(bytes.end(), coordinate.begin(), coordinate.end());
  return bytes;
}

std::optional<PublicKey> read_ecc(ByteReader& reader) {
  skip_symmetric(reader);
  skip_scheme(reader);
  const auto curve = curve_from(reader.integer<std::uint16_t>());
  skip_scheme(reader);  // of key derivation
  const ByteView x = read_sized(reader);
  const ByteView y = read_sized(reader);
  if (!reader.complete() || !curve) return std::nullopt;
  const std::size_t size = coordinate_size(*curve);
  return PublicKey::from_ec_point(*curve, padded(x, size), padded(y, size));
}

}  // namespace

std::optional<TpmPublicArea> parse_tpm_public_area(ByteView bytes) {
  ByteReader reader(bytes);
  const auto type = reader.integer<std::uint16_t>();
  const auto name_algorithm = hash_from(reader.integer<std::uint16_t>());
  reader.integer<std::uint32_t>();  // attributes
  read_sized(reader);               // policy
  if (!name_algorithm || (type != kRsa && type != kEcc)) return std::nullopt;
  auto key = type == kRsa ? read_rsa(reader) : read_ecc(reader);
  if (!key) return std::nullopt;
  return TpmPublicArea{*name_algorithm, std::move(key)};
}

std::optional<TpmCertifyInfo> parse_tpm_certify_info(ByteView bytes) {
  ByteReader reader(bytes);
  const auto magic = reader.integer<std::uint32_t>();
  const auto type = reader.integer<std::uint16_t>();
  TpmCertifyInfo info;
  read_sized(reader);  // qualified name of the signing key
  info.extra_data = read_sized(reader);
  reader.raw(8 + 4 + 4 + 1);  // clock, reset count, restart count, safe
  reader.raw(8);              // firmware version
  info.name = read_sized(reader);
  read_sized(reader);  // qualified name of the certified object
  if (!reader.complete() || magic != kGeneratedValue || type != kAttestCertify) return std::nullopt;
  return info;
}

Bytes tpm_name(HashAlgorithm algorithm, ByteView public_area) {
  ByteWriter writer;
  writer.integer(id_of(algorithm));
  writer.raw(message_digest(algorithm, {public_area}).view());
  return std::move(writer).take();
}

}  // namespace masterkey2::webauthn
