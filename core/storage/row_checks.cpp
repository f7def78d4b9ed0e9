#include "storage/row_checks.hpp"

namespace masterkey2 {

bool is_sound(const UserView& view) {
  if (!view.user) return view.credentials.empty();
  return is_within_limits(*view.user) && view.credentials.size() <= kMaxCredentialsPerUser &&
         std::ranges::all_of(view.credentials, [&](const CredentialRecord& credential) {
           return is_within_limits(credential) && credential.user == view.user->handle;
         });
}

bool is_sound(const SignInView& view, ByteView credential_id) {
  if (view.credential.has_value() != view.user.has_value()) return false;
  if (!view.credential) return view.credential_ids.empty();
  return is_within_limits(*view.credential) && is_within_limits(*view.user) &&
         equal_bytes(view.credential->id, credential_id) &&
         view.credential->user == view.user->handle &&
         view.credential_ids.size() <= kMaxCredentialsPerUser &&
         std::ranges::any_of(view.credential_ids,
                             [&](const Bytes& id) { return equal_bytes(id, credential_id); }) &&
         std::ranges::all_of(view.credential_ids, [](const Bytes& id) {
           return size_within(id.size(), 1, kMaxCredentialIdSize);
         });
}

bool is_sound(const TakeResult& result, const TakeSignIn& take) {
  if (!is_known(result.outcome)) return false;
  if (result.user && !is_within_limits(*result.user)) return false;
  const bool taken =
      result.outcome == TakeOutcome::kTaken || result.outcome == TakeOutcome::kTakenBefore;
  if (taken != result.sign_in.has_value() || (taken && !result.user)) return false;
  if (!result.sign_in) return true;
  const SignIn& sign_in = *result.sign_in;
  return is_within_limits(sign_in) && sign_in.user == result.user->handle && sign_in.confirmed &&
         (!take.sign_in || sign_in.id == *take.sign_in) &&
         (!take.session_token || sign_in.session_token == *take.session_token);
}

bool is_sound(const PutUserResult& result, const PutUser& put) {
  if (!is_known(result.outcome)) return false;
  if (result.outcome != Outcome::kDone && result.outcome != Outcome::kUserDisabled) return true;
  return is_within_limits(result.user) && result.user.external_id == put.user.external_id &&
         (!result.created || result.user.handle == put.user.handle);
}

bool is_sound(const ApiKeyAccess& access, const Digest& digest) {
  return is_within_limits(access.key) && access.key.digest == digest;
}

bool is_sound(const AuditEntry& entry, const TenantId& tenant, const Storage::AuditFilter& filter) {
  return is_within_limits(entry) && entry.tenant == tenant && entry.at >= filter.since &&
         entry.at < filter.until && (filter.type.empty() || entry.type == filter.type) &&
         (filter.subject.empty() || entry.subject == filter.subject);
}

}  // namespace masterkey2
