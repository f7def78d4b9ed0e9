// ML-DSA, where OpenSSL has it; where not, that it says so.
#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <utility>

#include "crypto/public_key.hpp"

namespace masterkey2 {
namespace {

TEST(MlDsa, IsFoundOutAtRunTime) {
  // OpenSSL 3.5 is the first version with it.
  const bool expected = OpenSSL_version_num() >= 0x30500000L;
  for (const MlDsaSet set : {MlDsaSet::kMlDsa44, MlDsaSet::kMlDsa65, MlDsaSet::kMlDsa87}) {
    EXPECT_EQ(is_available(set), expected);
    EXPECT_EQ(is_available(set), expected);  // the same answer for ever
  }
}

TEST(MlDsa, VerifiesWhereItIsThereAndElseHasNoKeys) {
  const std::pair<MlDsaSet, std::pair<const char*, std::size_t>> sets[] = {
      {MlDsaSet::kMlDsa44, {"ML-DSA-44", 1312}},
      {MlDsaSet::kMlDsa65, {"ML-DSA-65", 1952}},
      {MlDsaSet::kMlDsa87, {"ML-DSA-87", 2592}}};
  for (const auto& [set, described] : sets) {
    const auto& [name, size] = described;
    EXPECT_FALSE(PublicKey::from_ml_dsa(set, Bytes(size - 1)));
    EXPECT_FALSE(PublicKey::from_ml_dsa(set, Bytes(size + 1)));
    EXPECT_FALSE(PublicKey::from_ml_dsa(set, {}));
    if (!is_available(set)) {
      EXPECT_FALSE(PublicKey::from_ml_dsa(set, Bytes(size)));
      continue;
    }
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(
        EVP_PKEY_Q_keygen(nullptr, nullptr, name), EVP_PKEY_free);
    Bytes pub(size);
    std::size_t written = size;
    ASSERT_EQ(EVP_PKEY_get_raw_public_key(pair.get(), pub.data(), &written), 1);
    const auto key = PublicKey::from_ml_dsa(set, pub);
    ASSERT_TRUE(key);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(pair.get())));
    std::size_t signature_size = signature.size();
    ASSERT_EQ(EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, pair.get(),
                                    nullptr),
              1);
    const ByteView message = as_bytes("message");
    ASSERT_EQ(EVP_DigestSign(context.get(), signature.data(), &signature_size, message.data(),
                             message.size()),
              1);
    EXPECT_TRUE(key->verify(SignatureAlgorithm::kMlDsa, {message}, signature));
    EXPECT_FALSE(key->verify(SignatureAlgorithm::kMlDsa, {as_bytes("massage")}, signature));
    EXPECT_FALSE(key->verify(SignatureAlgorithm::kEdDsa, {message}, signature));
    signature[100] ^= 1;
    EXPECT_FALSE(key->verify(SignatureAlgorithm::kMlDsa, {message}, signature));
  }
}

}  // namespace
}  // namespace masterkey2
