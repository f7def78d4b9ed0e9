#include "service/key_rotation.hpp"

#include "crypto/sha256.hpp"
#include "service/management.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2 {
namespace {

constexpr std::int64_t kMaxOverlap = 86'400;
constexpr std::size_t kPrefixSize = 12;

}  // namespace

ApiResult<RotatedKey> rotate_key(Services& services, const ApiKeyAccess& access,
                                 std::int64_t overlap_seconds, const Call& call) {
  if (overlap_seconds < 0 || overlap_seconds > kMaxOverlap) {
    return invalid_request("/overlap", "an integer from 0 to 86400");
  }
  if (access.key.expires_at != 0) return failure(ErrorCode::kRotationPending);

  const std::string text = make_api_key(services.random);
  const Guard guard = management_guard(services, access);
  ApiKey key = access.key;
  key.id = services.random.identifier<ApiKeyId>();
  key.digest = sha256(as_bytes(text));
  key.prefix = text.substr(0, kPrefixSize);
  key.lineage_number = access.key.lineage_number + 1;
  key.created_at = guard.now;
  key.expires_at = 0;
  AuditDraft audit = management_audit(services, access, call, "api_key.rotated", nullptr);

  // Not started again: another rotation of this key that came first has settled it.
  const auto outcome =
      services.storage.replace_api_key(guard, access.key.id, access.key.version,
                                       guard.now + overlap_seconds * 1'000, key, audit.entry());
  audit.note(outcome);
  if (!outcome) return storage_failure(outcome.error());
  switch (*outcome) {
    case Outcome::kDone:
      return RotatedKey{text, key.prefix};
    case Outcome::kVersionChanged:
      return failure(ErrorCode::kRotationPending);
    case Outcome::kNotFound:
      return failure(ErrorCode::kInvalidApiKey);
    default:
      return management_refusal(*outcome);
  }
}

}  // namespace masterkey2
