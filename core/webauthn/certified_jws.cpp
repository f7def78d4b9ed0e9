#include "webauthn/certified_jws.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "crypto/ecdsa_signature.hpp"
#include "encoding/base64.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "webauthn/algorithm.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr JsonLimits kHeaderLimits = {.max_bytes = 65'536, .max_depth = 4, .max_values = 64};
constexpr std::size_t kMaxCertificates = 8;

/// The three parts of the text, still encoded.
struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  ///< header and payload with their dot
};

Result<Parts, std::string> split(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::string("the JWS does not have three parts");
  return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1),
               text.substr(second + 1), text.substr(0, second)};
}

Result<Json, std::string> read_header(std::string_view encoded) {
  const auto bytes = base64url_decode(encoded);
  if (!bytes) return std::string("the JWS's header is not base64url");
  auto header = parse_json(as_text(*bytes), kHeaderLimits);
  if (!header || !header->is_object()) return std::string("the JWS's header is no JSON object");
  // What must be understood and is not (RFC 7515 §4.1.11).
  if (header->contains("crit")) return std::string("the JWS's header has critical extensions");
  return std::move(*header);
}

/// By `alg` of the header; null if there is none, or one that is not for certificates.
const Algorithm* algorithm_of(const Json& header) {
  const auto alg = header.find("alg");
  if (alg == header.end() || !alg->is_string()) return nullptr;
  const auto known = known_algorithms();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Algorithm& algorithm) {
    return algorithm.jose_name == alg->get_ref<const std::string&>();
  });
  return found == known.end() ? nullptr : &*found;
}

Result<std::vector<Bytes>, std::string> read_path(const Json& header) {
  const auto x5c = header.find("x5c");
  if (x5c == header.end() || !x5c->is_array() || x5c->empty() || x5c->size() > kMaxCertificates) {
    return std::string("the JWS's x5c is not a list of one to eight certificates");
  }
  std::vector<Bytes> path;
  for (const Json& item : *x5c) {
    auto der = item.is_string() ? base64_decode(item.get_ref<const std::string&>()) : std::nullopt;
    if (!der) return std::string("the JWS's x5c holds what is not base64");
    path.push_back(std::move(*der));
  }
  return path;
}

bool verify(const Certificate& leaf, const Algorithm& algorithm, std::string_view signed_text,
            std::string_view encoded_signature) {
  const auto signature = base64url_decode(encoded_signature);
  const auto key = leaf.public_key();
  if (!signature || !key) return false;
  const auto* const curve = std::get_if<EcCurve>(&algorithm.key);
  if (curve == nullptr) {
    return key->verify(algorithm.signature, {as_bytes(signed_text)}, *signature);
  }
  return leaf.curve() == *curve &&
         key->verify(algorithm.signature, {as_bytes(signed_text)}, ecdsa_signature_der(*signature));
}

}  // namespace

Result<CertifiedJws, std::string> open_certified_jws(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return parts.error();
  const auto header = read_header(parts->header);
  if (!header) return header.error();
  const Algorithm* algorithm = algorithm_of(*header);
  if (algorithm == nullptr) return std::string("the JWS's alg is missing or unknown");
  auto path = read_path(*header);
  if (!path) return path.error();
  CertifiedJws jws;
  for (const Bytes& der : *path) {
    auto certificate = Certificate::parse(der);
    if (!certificate) return std::string("the JWS's x5c holds what is no certificate");
    jws.chain.push_back(std::move(*certificate));
  }
  jws.path = std::move(*path);
  if (!verify(jws.chain.front(), *algorithm, parts->signed_text, parts->signature)) {
    return std::string("the JWS's signature does not verify");
  }
  auto payload = base64url_decode(parts->payload);
  if (!payload) return std::string("the JWS's payload is not base64url");
  jws.payload = std::move(*payload);
  return jws;
}

}  // namespace masterkey2::webauthn
