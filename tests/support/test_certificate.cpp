#include "support/test_certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace masterkey2::support {
namespace {

void require(bool ok) {
  if (!ok) throw std::runtime_error("no certificate");
}

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(ASN1_OBJECT* object) const { ASN1_OBJECT_free(object); }
  void operator()(ASN1_OCTET_STRING* string) const { ASN1_OCTET_STRING_free(string); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

void add_names(X509_NAME* name, const CertificateSpec::Name& attributes) {
  for (const auto& [short_name, value] : attributes) {
    require(X509_NAME_add_entry_by_txt(name, short_name.c_str(), MBSTRING_UTF8,
                                       reinterpret_cast<const std::uint8_t*>(value.c_str()), -1, -1,
                                       0) == 1);
  }
}

void add_extension(X509* certificate, const CertificateSpec::Extension& extension) {
  const Owned<ASN1_OBJECT> object(OBJ_txt2obj(extension.object_identifier.c_str(), 1));
  const Owned<ASN1_OCTET_STRING> value(ASN1_OCTET_STRING_new());
  require(ASN1_OCTET_STRING_set(value.get(), extension.value.data(),
                                static_cast<int>(extension.value.size())) == 1);
  const Owned<X509_EXTENSION> made(
      X509_EXTENSION_create_by_OBJ(nullptr, object.get(), extension.critical ? 1 : 0, value.get()));
  require(X509_add_ext(certificate, made.get(), -1) == 1);
}

}  // namespace

Bytes der(std::uint8_t identifier, ByteView content) {
  const std::size_t size = content.size();
  Bytes bytes;
  bytes.reserve(size + 4);
  bytes.push_back(identifier);
  if (size >= 0x100) {
    bytes.push_back(0x82);
    bytes.push_back(static_cast<std::uint8_t>(size >> 8));
  } else if (size >= 0x80) {
    bytes.push_back(0x81);
  }
  bytes.push_back(static_cast<std::uint8_t>(size));
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes bytes;
  for (const Bytes& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

Bytes make_certificate(const CertificateSpec& spec, const VirtualCredential& key,
                       const VirtualCredential& issuer) {
  const Owned<X509> certificate(X509_new());
  X509* x509 = certificate.get();
  require(X509_set_version(x509, spec.version - 1) == 1);
  require(ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1);
  require(ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20200101000000Z") == 1);
  require(ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "21200101000000Z") == 1);
  add_names(X509_get_subject_name(x509), spec.subject);
  add_names(X509_get_issuer_name(x509), spec.issuer);
  require(X509_set_pubkey(x509, key.key()) == 1);
  if (spec.ca) {
    // SEQUENCE { BOOLEAN TRUE }
    add_extension(x509, {"2.5.29.19", {0x30, 0x03, 0x01, 0x01, 0xFF}, true});
  }
  for (const auto& extension : spec.extensions) add_extension(x509, extension);
  require(X509_sign(x509, issuer.key(), EVP_sha256()) > 0);
  std::uint8_t* encoded = nullptr;
  const int size = i2d_X509(x509, &encoded);
  require(size > 0);
  Bytes bytes(encoded, encoded + size);
  OPENSSL_free(encoded);
  return bytes;
}

}  // namespace masterkey2::support
