#include "crypto/aead.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace masterkey2 {
namespace {

constexpr std::size_t kTagSize = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
};
struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

CipherContext make_context() {
  // Fetched once: a fetch takes a lock and costs more than sealing a token.
  static const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher(
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  CipherContext context(EVP_CIPHER_CTX_new());
  if (!cipher || !context ||
      EVP_CipherInit_ex2(context.get(), cipher.get(), nullptr, nullptr, 1, nullptr) != 1) {
    std::abort();
  }
  return context;
}

/// Has its cipher: to name it again with a key would free all and allocate anew.
EVP_CIPHER_CTX* thread_context() {
  thread_local const CipherContext context = make_context();
  return context.get();
}

/// One piece in or out; `out` null: associated data.
bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView in) {
  if (in.empty()) return true;
  int written = 0;
  return EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

}  // namespace

Bytes aead_seal(const SecretKey& key, const AeadNonce& nonce, ByteView associated_data,
                ByteView plaintext) {
  EVP_CIPHER_CTX* const context = thread_context();
  Bytes sealed(plaintext.size() + kTagSize);
  int written = 0;
  const bool done = EVP_EncryptInit_ex2(context, nullptr, key.data(), nonce.data(), nullptr) == 1 &&
                    update(context, nullptr, associated_data) &&
                    update(context, sealed.data(), plaintext) &&
                    EVP_EncryptFinal_ex(context, sealed.data() + plaintext.size(), &written) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize,
                                        sealed.data() + plaintext.size()) == 1;
  if (!done) std::abort();  // no input can make it fail: OpenSSL itself is broken
  return sealed;
}

std::optional<Bytes> aead_open(const SecretKey& key, const AeadNonce& nonce,
                               ByteView associated_data, ByteView sealed) {
  if (sealed.size() < kTagSize) return std::nullopt;
  EVP_CIPHER_CTX* const context = thread_context();
  const ByteView ciphertext = sealed.first(sealed.size() - kTagSize);
  std::array<std::uint8_t, kTagSize> tag{};
  std::copy(sealed.end() - kTagSize, sealed.end(), tag.begin());
  Bytes plaintext(ciphertext.size());
  int written = 0;
  const bool genuine =
      EVP_DecryptInit_ex2(context, nullptr, key.data(), nonce.data(), nullptr) == 1 &&
      update(context, nullptr, associated_data) && update(context, plaintext.data(), ciphertext) &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context, tag.data(), &written) == 1;
  if (!genuine) {
    ERR_clear_error();
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace masterkey2
