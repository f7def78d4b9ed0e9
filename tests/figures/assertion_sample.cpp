#include "figures/assertion_sample.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <vector>

#include "crypto/sha256.hpp"
#include "encoding/json.hpp"
#include "support/virtual_authenticator.hpp"
#include "webauthn/cose_key.hpp"

namespace masterkey2::figures {
namespace {

using namespace webauthn;

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

}  // namespace

struct AssertionSample::State {
  support::VirtualCredential credential = support::VirtualCredential::create(kEs256, Bytes(32, 7));
  Bytes challenge = Bytes(32, 0xC5);
  std::string rp_id = "example.org";
  std::vector<std::string> origins = {"https://example.org"};
  CeremonyPolicy policy;
  std::string body;
  AuthenticationResponse response;
  std::optional<CoseKey> key;
  Digest hash;
  std::unique_ptr<EVP_PKEY_CTX, FreeContext> context;

  [[nodiscard]] bool verify(const AuthenticationResponse& sent, const CoseKey* parsed) const {
    const StoredCredential stored = {.public_key = credential.public_key,
                                     .backup_eligible = true,
                                     .user_handle = credential.user_handle,
                                     .parsed_key = parsed};
    return verify_authentication(sent, {.challenge = challenge,
                                        .rp_id = rp_id,
                                        .origins = origins,
                                        .policy = policy,
                                        .allow_credentials = {},
                                        .user_named = false,
                                        .credential = stored})
        .has_value();
  }
};

AssertionSample::AssertionSample() : state_(std::make_unique<State>()) {
  State& state = *state_;
  support::CeremonyAnswer answer;
  answer.challenge = state.challenge;
  answer.rp_id = state.rp_id;
  answer.origin = state.origins.front();
  Json json = make_authentication_response(state.credential, answer);
  // What browsers send besides.
  json["authenticatorAttachment"] = "platform";
  json["clientExtensionResults"] = Json::object();
  state.body = json.dump();
  state.response = parse_authentication_response(json).value();
  state.key.emplace(parse_cose_key(state.credential.public_key).value());
  state.hash =
      sha256({state.response.authenticator_data, sha256(state.response.client_data_json).view()});
  state.context.reset(EVP_PKEY_CTX_new(state.credential.key(), nullptr));
  if (!state.context || EVP_PKEY_verify_init(state.context.get()) != 1) std::abort();
}

AssertionSample::~AssertionSample() = default;

bool AssertionSample::bare() const {
  const Bytes& signature = state_->response.signature;
  return EVP_PKEY_verify(state_->context.get(), signature.data(), signature.size(),
                         state_->hash.bytes.data(), Digest::kSize) == 1;
}

bool AssertionSample::from_bytes() const { return state_->verify(state_->response, &*state_->key); }

bool AssertionSample::from_json() const {
  const auto json = parse_json(state_->body);
  if (!json) return false;
  const auto response = parse_authentication_response(*json);
  return response && state_->verify(*response, nullptr);
}

}  // namespace masterkey2::figures
