#include "webauthn/attestation_object.hpp"

#include <utility>

#include "cbor/cbor_parser.hpp"

namespace masterkey2::webauthn {
namespace {

/// Object, compound statement, one statement of it, that one's map, x5c: CTAP2's four levels do not
/// hold a compound attestation.
constexpr CborLimits kLimits = {.max_depth = 5, .max_items = 512};

Finding malformed(std::string detail) {
  return {Reason::kMalformedAttestationObject, std::move(detail)};
}

}  // namespace

Checked<AttestationObject> parse_attestation_object(ByteView bytes) {
  const auto object = parse_cbor(bytes, kLimits);
  if (!object) return malformed("CBOR: " + object.error().detail);
  if (object->map() == nullptr) return malformed("not a map");
  const CborValue* format = object->find("fmt");
  if (format == nullptr || format->text() == nullptr) {
    return malformed("fmt is missing or not text");
  }
  const CborValue* statement = object->find("attStmt");
  if (statement == nullptr || (statement->map() == nullptr && statement->array() == nullptr)) {
    return malformed("attStmt is missing or not a map");
  }
  const CborValue* authenticator_data = object->find("authData");
  if (authenticator_data == nullptr || authenticator_data->bytes() == nullptr) {
    return malformed("authData is missing or not a byte string");
  }
  return AttestationObject{*format->text(), *statement, *authenticator_data->bytes()};
}

}  // namespace masterkey2::webauthn
