// X.509 certificates (RFC 5280) of attestations.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/public_key.hpp"
#include "masterkey2/bytes.hpp"

struct x509_st;  // OpenSSL's X509

namespace masterkey2 {

enum class ChainVerdict { kTrusted, kUntrusted, kExpired };

/// Immutable; all of it may be used from several threads.
class Certificate {
 public:
  /// Absent unless `der` is one certificate, whole, with nothing behind it.
  [[nodiscard]] static std::optional<Certificate> parse(ByteView der);

  /// An extension's content, without its OCTET STRING.
  struct Extension {
    bool critical = false;
    Bytes value;
  };

  [[nodiscard]] int version() const;  ///< as people count: 3
  [[nodiscard]] bool is_ca() const;
  [[nodiscard]] bool has_subject() const;
  /// The one value of an attribute of the subject, as UTF-8, by the attribute's short name such as
  /// `OU`. Absent if there is none, or more than one.
  [[nodiscard]] std::optional<std::string> subject_attribute(const char* short_name) const;
  /// By dotted object identifier. Absent if there is none, or more than one.
  [[nodiscard]] std::optional<Extension> extension(const char* object_identifier) const;
  /// Absent if it is of an unknown type, or not sound.
  [[nodiscard]] std::optional<PublicKey> public_key() const;
  /// Whether it is that of a server of this DNS name (RFC 6125, no wildcards).
  [[nodiscard]] bool is_for_host(std::string_view name) const;
  /// SHA-1 of the public key's BIT STRING (RFC 5280 §4.2.1.2, method 1): 20 B. A name, no proof.
  [[nodiscard]] Bytes key_identifier() const;
  /// Of an EC key on one of our curves.
  [[nodiscard]] std::optional<EcCurve> curve() const;

 private:
  friend std::optional<std::vector<Certificate>> parse_pem_certificates(std::string_view text);
  friend ChainVerdict verify_certificate_chain(std::span<const Certificate> chain,
                                               std::span<const Certificate> anchors,
                                               UnixMillis now);
  struct Free {
    void operator()(x509_st* certificate) const;
  };
  using Handle = std::unique_ptr<x509_st, Free>;
  [[nodiscard]] static std::optional<Certificate> adopt(Handle handle);
  explicit Certificate(Handle handle) : handle_(std::move(handle)) {}

  Handle handle_;
};

/// All certificates of a PEM text; what stands between them does not matter. Absent if there is
/// none or one of them is broken.
[[nodiscard]] std::optional<std::vector<Certificate>> parse_pem_certificates(std::string_view text);

/// Whether `chain`, leaf first, leads to one of `anchors` (a root, an intermediate or the leaf
/// itself), with every certificate valid at `now`.
[[nodiscard]] ChainVerdict verify_certificate_chain(std::span<const Certificate> chain,
                                                    std::span<const Certificate> anchors,
                                                    UnixMillis now);

}  // namespace masterkey2
