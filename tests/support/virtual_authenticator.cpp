#include "support/virtual_authenticator.hpp"

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
#include "support/cbor_writer.hpp"
#include "webauthn/authenticator_data.hpp"

namespace masterkey2::support {
namespace {

std::string make_client_data_json(std::string_view type, const CeremonyAnswer& answer) {
  Json client_data = {
      {"type", type}, {"challenge", base64url_encode(answer.challenge)}, {"origin", answer.origin}};
  if (answer.cross_origin) client_data["crossOrigin"] = *answer.cross_origin;
  if (answer.top_origin) client_data["topOrigin"] = *answer.top_origin;
  if (answer.edit_client_data) answer.edit_client_data(client_data);
  std::string json = client_data.dump();
  if (answer.edit_client_data_json) answer.edit_client_data_json(json);
  return json;
}

/// `attested` is null in an authentication.
Bytes make_authenticator_data(const CeremonyAnswer& answer, const VirtualCredential* attested) {
  std::uint8_t flags = answer.flags;
  if (attested != nullptr) flags |= webauthn::kAttestedIncluded;
  if (!answer.extensions.empty()) flags |= webauthn::kExtensionsIncluded;
  ByteWriter writer;
  writer.raw(sha256(as_bytes(answer.rp_id)).view());
  writer.integer(flags);
  writer.integer(answer.sign_count);
  if (attested != nullptr) {
    writer.raw(attested->aaguid.view());
    writer.integer(static_cast<std::uint16_t>(attested->id.size()));
    writer.raw(attested->id);
    writer.raw(attested->public_key);
  }
  writer.raw(answer.extensions);
  Bytes data = std::move(writer).take();
  if (answer.edit_authenticator_data) answer.edit_authenticator_data(data);
  return data;
}

Bytes sign_ceremony(const VirtualCredential& credential, ByteView authenticator_data,
                    std::string_view client_data_json) {
  Bytes message = to_bytes(authenticator_data);
  const Digest hash = sha256(as_bytes(client_data_json));
  message.insert(message.end(), hash.bytes.begin(), hash.bytes.end());
  return credential.sign(message);
}

Bytes make_attestation_object(const VirtualCredential& credential, const CeremonyAnswer& answer,
                              std::string_view client_data_json) {
  const Bytes data = make_authenticator_data(answer, &credential);
  CborWriter writer;
  writer.map(3).text("fmt").text(answer.format).text("attStmt");
  if (answer.format == "packed") {
    writer.map(2)
        .text("alg")
        .integer(credential.algorithm())
        .text("sig")
        .bytes(sign_ceremony(credential, data, client_data_json));
  } else {
    writer.map(0);
  }
  Bytes object = writer.text("authData").bytes(data).out();
  if (answer.edit_attestation_object) answer.edit_attestation_object(object);
  return object;
}

Json make_credential_json(const VirtualCredential& credential, Json response) {
  const std::string id = base64url_encode(credential.id);
  return {{"id", id},
          {"rawId", id},
          {"type", "public-key"},
          {"authenticatorAttachment", "platform"},
          {"clientExtensionResults", Json::object()},
          {"response", std::move(response)}};
}

}  // namespace

Json make_registration_response(const VirtualCredential& credential, const CeremonyAnswer& answer) {
  const std::string client_data_json = make_client_data_json("webauthn.create", answer);
  const Bytes object = make_attestation_object(credential, answer, client_data_json);
  return make_credential_json(credential,
                              {{"clientDataJSON", base64url_encode(as_bytes(client_data_json))},
                               {"attestationObject", base64url_encode(object)},
                               {"transports", {"internal", "hybrid"}}});
}

Json make_authentication_response(const VirtualCredential& credential,
                                  const CeremonyAnswer& answer) {
  const std::string client_data_json = make_client_data_json("webauthn.get", answer);
  const Bytes data = make_authenticator_data(answer, nullptr);
  Json response = {
      {"clientDataJSON", base64url_encode(as_bytes(client_data_json))},
      {"authenticatorData", base64url_encode(data)},
      {"signature", base64url_encode(sign_ceremony(credential, data, client_data_json))},
      {"userHandle", nullptr}};
  if (answer.with_user_handle) response["userHandle"] = base64url_encode(credential.user_handle);
  return make_credential_json(credential, std::move(response));
}

}  // namespace masterkey2::support
