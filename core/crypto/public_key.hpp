// Public keys of strangers and the signatures that they verify.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include "crypto/message_digest.hpp"
#include "masterkey2/bytes.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace masterkey2 {

enum class EcCurve : std::uint8_t { kP256, kP384, kP521, kSecp256k1 };
enum class EdwardsCurve : std::uint8_t { kEd25519, kEd448 };
/// Parameter sets of ML-DSA (FIPS 204 §4).
enum class MlDsaSet : std::uint8_t { kMlDsa44, kMlDsa65, kMlDsa87 };

enum class SignatureAlgorithm : std::uint8_t {
  kEcdsaSha256,  ///< the signature is a DER Ecdsa-Sig-Value
  kEcdsaSha384,
  kEcdsaSha512,
  kEdDsa,         ///< RFC 8032, pure
  kMlDsa,         ///< FIPS 204, pure, with an empty context
  kRsaPkcs1Sha1,  ///< of old TPM attestations alone
  kRsaPkcs1Sha256,
  kRsaPkcs1Sha384,
  kRsaPkcs1Sha512,
  kRsaPssSha256,  ///< MGF1 with the same hash, a salt of its length (RFC 8230 §2)
  kRsaPssSha384,
  kRsaPssSha512,
};

/// The hash that an algorithm uses; of EdDSA that of Ed25519.
[[nodiscard]] HashAlgorithm hash_of(SignatureAlgorithm algorithm);

/// Whether this process's OpenSSL has it; 3.5 is the first that does. Found out once, at run time.
[[nodiscard]] bool is_available(MlDsaSet set);

/// Bytes of a coordinate.
[[nodiscard]] std::size_t coordinate_size(EcCurve curve);

/// A key that is sound. Immutable; all of it may be used from several threads.
class PublicKey {
 public:
  /// Coordinates of full length. Absent if the point is not on the curve.
  [[nodiscard]] static std::optional<PublicKey> from_ec_point(EcCurve curve, ByteView x,
                                                              ByteView y);
  /// As in RFC 8032. Absent if it is no point of the curve, not in canonical form or of small
  /// order.
  [[nodiscard]] static std::optional<PublicKey> from_edwards_point(EdwardsCurve curve,
                                                                   ByteView point);
  /// Big-endian, no leading zero. Absent unless the modulus is odd and has 2,048 to 8,192 bits and
  /// the exponent is odd, above 1 and of at most 64 bits.
  [[nodiscard]] static std::optional<PublicKey> from_rsa(ByteView modulus, ByteView exponent);

  /// FIPS 204 §7.2. Absent if it has another length, or where `set` is not available.
  [[nodiscard]] static std::optional<PublicKey> from_ml_dsa(MlDsaSet set, ByteView key);

  PublicKey(PublicKey&&) noexcept = default;
  PublicKey& operator=(PublicKey&&) noexcept = default;
  ~PublicKey() = default;

  [[nodiscard]] bool equals(const PublicKey& other) const;

  /// Of the parts of `message`, one behind the other. False, too, if `algorithm` is none of this
  /// type of key.
  [[nodiscard]] bool verify(SignatureAlgorithm algorithm, std::initializer_list<ByteView> message,
                            ByteView signature) const;

 private:
  enum class Type : std::uint8_t { kEc, kEdwards, kMlDsa, kRsa };
  /// Keeps an EC key for the next one of its curve in this thread, and frees others.
  struct Free {
    std::optional<EcCurve> curve;
    void operator()(evp_pkey_st* key) const;
  };
  using Handle = std::unique_ptr<evp_pkey_st, Free>;

  [[nodiscard]] static Type type_of(SignatureAlgorithm algorithm);

  PublicKey(Type type, Handle handle) : type_(type), handle_(std::move(handle)) {}

  Type type_;
  Handle handle_;
};

}  // namespace masterkey2
