#include "crypto/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

namespace masterkey2 {
namespace {

struct Deleter {
  void operator()(ASN1_OBJECT* object) const { ASN1_OBJECT_free(object); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BIO* source) const { BIO_free(source); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

struct CurveName {
  int nid;
  EcCurve curve;
};
constexpr std::array<CurveName, 4> kCurves = {{{NID_X9_62_prime256v1, EcCurve::kP256},
                                               {NID_secp384r1, EcCurve::kP384},
                                               {NID_secp521r1, EcCurve::kP521},
                                               {NID_secp256k1, EcCurve::kSecp256k1}}};

std::optional<EcCurve> curve_of(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(),
                                     nullptr) != 1) {
    return std::nullopt;
  }
  const int nid = OBJ_txt2nid(name.data());
  for (const CurveName& row : kCurves) {
    if (row.nid == nid) return row.curve;
  }
  return std::nullopt;
}

/// Big-endian, of `size` bytes, or as many as there are if that is 0.
Bytes number_of(const EVP_PKEY* key, const char* name, std::size_t size) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &found) != 1) return {};
  const Owned<BIGNUM> number(found);
  Bytes bytes(size == 0 ? static_cast<std::size_t>(BN_num_bytes(found)) : size);
  if (BN_bn2binpad(found, bytes.data(), static_cast<int>(bytes.size())) < 0) return {};
  return bytes;
}

std::optional<PublicKey> edwards_key_of(const EVP_PKEY* key, EdwardsCurve curve) {
  std::array<std::uint8_t, 57> point{};
  std::size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(key, point.data(), &size) != 1) return std::nullopt;
  return PublicKey::from_edwards_point(curve, ByteView(point).first(size));
}

/// Through the same checks as a credential's key.
std::optional<PublicKey> sound_key(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    const auto curve = curve_of(key);
    if (!curve) return std::nullopt;
    const std::size_t size = coordinate_size(*curve);
    return PublicKey::from_ec_point(*curve, number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size),
                                    number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size));
  }
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    return PublicKey::from_rsa(number_of(key, OSSL_PKEY_PARAM_RSA_N, 0),
                               number_of(key, OSSL_PKEY_PARAM_RSA_E, 0));
  }
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return edwards_key_of(key, EdwardsCurve::kEd25519);
  if (EVP_PKEY_is_a(key, "ED448") == 1) return edwards_key_of(key, EdwardsCurve::kEd448);
  return std::nullopt;
}

bool is_about_time(int error) {
  return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
}

}  // namespace

void Certificate::Free::operator()(x509_st* certificate) const { X509_free(certificate); }

std::optional<Certificate> Certificate::adopt(Handle handle) {
  // Reads the extensions once, before several threads may want them; false if one is broken.
  if (!handle || X509_check_purpose(handle.get(), -1, 0) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return Certificate(std::move(handle));
}

std::optional<Certificate> Certificate::parse(ByteView der) {
  const std::uint8_t* position = der.data();
  Handle handle(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  if (!handle || position != der.data() + der.size()) {
    ERR_clear_error();
    return std::nullopt;
  }
  return adopt(std::move(handle));
}

int Certificate::version() const { return static_cast<int>(X509_get_version(handle_.get())) + 1; }

bool Certificate::is_ca() const {
  return (X509_get_extension_flags(handle_.get()) & EXFLAG_CA) != 0;
}

bool Certificate::has_subject() const {
  return X509_NAME_entry_count(X509_get_subject_name(handle_.get())) > 0;
}

std::optional<std::string> Certificate::subject_attribute(const char* short_name) const {
  const X509_NAME* subject = X509_get_subject_name(handle_.get());
  const int nid = OBJ_sn2nid(short_name);
  const int index = X509_NAME_get_index_by_NID(subject, nid, -1);
  if (index < 0 || X509_NAME_get_index_by_NID(subject, nid, index) >= 0) return std::nullopt;
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
  std::uint8_t* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, value);
  if (size < 0) {
    ERR_clear_error();
    return std::nullopt;
  }
  std::string result(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return result;
}

std::optional<Certificate::Extension> Certificate::extension(const char* object_identifier) const {
  const Owned<ASN1_OBJECT> object(OBJ_txt2obj(object_identifier, 1));
  const int index = X509_get_ext_by_OBJ(handle_.get(), object.get(), -1);
  if (index < 0 || X509_get_ext_by_OBJ(handle_.get(), object.get(), index) >= 0) {
    return std::nullopt;
  }
  X509_EXTENSION* found = X509_get_ext(handle_.get(), index);
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(found);
  const std::uint8_t* data = ASN1_STRING_get0_data(value);
  return Extension{X509_EXTENSION_get_critical(found) == 1,
                   Bytes(data, data + ASN1_STRING_length(value))};
}

std::optional<PublicKey> Certificate::public_key() const {
  const EVP_PKEY* key = X509_get0_pubkey(handle_.get());
  auto sound = key == nullptr ? std::nullopt : sound_key(key);
  if (!sound) ERR_clear_error();
  return sound;
}

bool Certificate::is_for_host(std::string_view name) const {
  return !name.empty() && X509_check_host(handle_.get(), name.data(), name.size(),
                                          X509_CHECK_FLAG_NO_WILDCARDS, nullptr) == 1;
}

Bytes Certificate::key_identifier() const {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_pubkey_digest(handle_.get(), EVP_sha1(), digest.data(), &size) != 1) return {};
  return to_bytes(ByteView(digest).first(size));
}

std::optional<EcCurve> Certificate::curve() const {
  const EVP_PKEY* key = X509_get0_pubkey(handle_.get());
  auto curve = key == nullptr ? std::nullopt : curve_of(key);
  if (!curve) ERR_clear_error();
  return curve;
}

std::optional<std::vector<Certificate>> parse_pem_certificates(std::string_view text) {
  const Owned<BIO> source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::vector<Certificate> certificates;
  while (source) {
    Certificate::Handle handle(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr));
    if (!handle) break;
    auto certificate = Certificate::adopt(std::move(handle));
    if (!certificate) return std::nullopt;
    certificates.push_back(std::move(*certificate));
  }
  // The search for a further one ends with this error, a broken one with another.
  const bool all_read = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !all_read) return std::nullopt;
  return certificates;
}

ChainVerdict verify_certificate_chain(std::span<const Certificate> chain,
                                      std::span<const Certificate> anchors, UnixMillis now) {
  const Owned<X509_STORE> store(X509_STORE_new());
  const Owned<STACK_OF(X509)> untrusted(sk_X509_new_null());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  bool ok = !chain.empty() && store && untrusted && context;
  for (const Certificate& anchor : anchors) {
    ok = ok && X509_STORE_add_cert(store.get(), anchor.handle_.get()) == 1;
  }
  for (const Certificate& certificate : chain) {
    ok = ok && sk_X509_push(untrusted.get(), certificate.handle_.get()) > 0;
  }
  ok = ok && X509_STORE_CTX_init(context.get(), store.get(), chain.front().handle_.get(),
                                 untrusted.get()) == 1;
  if (!ok) {
    ERR_clear_error();
    return ChainVerdict::kUntrusted;
  }
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(now / 1000));
  X509_STORE_CTX_set_depth(context.get(), 8);
  const bool trusted = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (trusted) return ChainVerdict::kTrusted;
  return is_about_time(error) ? ChainVerdict::kExpired : ChainVerdict::kUntrusted;
}

}  // namespace masterkey2
