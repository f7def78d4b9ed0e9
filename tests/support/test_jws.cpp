#include "support/test_jws.hpp"

#include "crypto/der_reader.hpp"
#include "encoding/base64.hpp"
#include "encoding/base64url.hpp"

namespace masterkey2::support {
namespace {

constexpr std::int32_t kRsaAlgorithm = -257;

/// r | s of an ECDSA signature in DER, 32 bytes each.
Bytes r_and_s(ByteView der) {
  DerReader outer(der);
  DerReader pair = outer.enter(kDerSequence);
  Bytes raw;
  for (int i = 0; i < 2; ++i) {
    ByteView number = pair.take(kDerInteger);
    while (number.size() > 32) number = number.subspan(1);
    raw.insert(raw.end(), 32 - number.size(), 0);
    raw.insert(raw.end(), number.begin(), number.end());
  }
  return raw;
}

}  // namespace

Json jws_header(const VirtualCredential& key, const std::vector<Bytes>& path) {
  Json x5c = Json::array();
  for (const Bytes& der : path) x5c.push_back(base64_encode(der));
  return {{"alg", key.algorithm() == kRsaAlgorithm ? "RS256" : "ES256"}, {"x5c", std::move(x5c)}};
}

std::string make_jws(const Json& header, ByteView payload, const VirtualCredential& key) {
  std::string text = base64url_encode(as_bytes(header.dump())) + "." + base64url_encode(payload);
  const Bytes signature = key.sign(as_bytes(text));
  const bool rsa = key.algorithm() == kRsaAlgorithm;
  return text + "." + base64url_encode(rsa ? signature : r_and_s(signature));
}

}  // namespace masterkey2::support
