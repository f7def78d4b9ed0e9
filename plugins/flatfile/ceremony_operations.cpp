// FlatfileStorage: finishing ceremonies and taking sign-ins.
#include <algorithm>
#include <utility>

#include "flatfile_storage.hpp"
#include "guards.hpp"

namespace masterkey2::flatfile {
namespace {

bool is_ceremony_used(const TenantSpace& tenant, const TokenId& ceremony) {
  return tenant.claims.find(ceremony) != nullptr || tenant.sign_ins.find(ceremony) != nullptr;
}

/// Notes that `user` has signed in under `session`, if that is news.
StorageResult<void> mark_session(const State& state, const TenantSpace& tenant,
                                 const TokenId& session, const UserHandle& user,
                                 UnixMillis expires_at, MutationList& changes) {
  const auto known = state.find_mark(tenant, session, expires_at);
  if (!known) return known.error();
  SessionMark mark{user, false, expires_at};
  if (*known) {
    mark = {(*known)->user, (*known)->several_users || (*known)->user != user,
            std::max((*known)->keep_until, expires_at)};
    if (mark.several_users == (*known)->several_users && mark.keep_until == (*known)->keep_until) {
      return {};
    }
  }
  changes.put_session_mark(tenant.row.id, session, mark);
  return {};
}

void apply_update(const CredentialUpdate& update, CredentialRecord& credential) {
  credential.sign_count = update.sign_count;
  credential.backup_state = update.backup_state;
  credential.uv_initialized = update.uv_initialized;
  credential.counter_suspect = update.counter_suspect;
  credential.last_used_at = update.last_used_at;
  ++credential.version;
}

bool is_valid(const CommitSignIn& commit) {
  return is_within_limits(commit.sign_in) && fits(commit.audit, commit.guard);
}

bool is_valid(const CommitRegistration& commit) {
  return is_within_limits(commit.credential) && fits(commit.audit, commit.guard) &&
         commit.max_credentials >= 1 && commit.max_credentials <= kMaxCredentialsPerUser;
}

struct Choice {
  TakeOutcome outcome = TakeOutcome::kNone;
  TokenId id;
  const SignInRow* row = nullptr;  ///< for kTaken
};

Choice choose_by_id(const TenantSpace& tenant, const TokenId& id, UnixMillis now) {
  const SignInRow* row = tenant.sign_ins.find(id);
  if (row == nullptr || !row->state.confirmed) return {};
  if (row->state.taken) return {TakeOutcome::kAlreadyTaken, id, nullptr};
  if (now >= row->state.takeable_until) return {};
  return {TakeOutcome::kTaken, id, row};
}

StorageResult<Choice> choose_by_session(const State& state, const TenantSpace& tenant,
                                        const TakeSignIn& take) {
  const auto mark = state.find_mark(tenant, *take.session_token);
  if (!mark) return mark.error();
  if (*mark && (*mark)->several_users) return Choice{TakeOutcome::kAmbiguous, {}, nullptr};
  Choice choice;
  const std::vector<TokenId>* const open = tenant.open_sign_ins.find(*take.session_token);
  if (open == nullptr) return choice;
  for (const TokenId& id : *open) {
    const SignInRow* row = tenant.sign_ins.find(id);
    if (row == nullptr || row->at < take.not_before ||
        take.guard.now >= row->state.takeable_until) {
      continue;
    }
    if (choice.row != nullptr) return Choice{TakeOutcome::kAmbiguous, {}, nullptr};
    choice = {TakeOutcome::kTaken, id, row};
  }
  return choice;
}

/// Reads the sign-in and its user into `answer`; kTaken, kUserGone or kUserDisabled.
StorageResult<TakeOutcome> read_taken(const State& state, const TenantSpace& tenant,
                                      const SignInRow& row, TakeResult& answer) {
  auto sign_in = state.read_sign_in(row);
  if (!sign_in) return sign_in.error();
  auto owner = state.find_user(tenant, sign_in->user);
  if (!owner) return owner.error();
  if (!*owner) return TakeOutcome::kUserGone;
  answer.user = std::move((*owner)->user);
  if (!answer.user->enabled) return TakeOutcome::kUserDisabled;
  answer.sign_in = std::move(*sign_in);
  return TakeOutcome::kTaken;
}

/// Answers from the memory of an earlier call with the same key; absent if there was none.
StorageResult<std::optional<TakeResult>> answer_again(const State& state, const TenantSpace& tenant,
                                                      const TakeSignIn& take) {
  using Answer = std::optional<TakeResult>;
  if (!take.idempotency) return Answer();
  const IdempotencyRow* known = tenant.idempotency.find(take.idempotency->key);
  if (known == nullptr || take.guard.now >= known->keep_until) return Answer();
  TakeResult answer;
  const SignInRow* row = tenant.sign_ins.find(known->sign_in);
  if (known->body != take.idempotency->body || row == nullptr) {
    answer.outcome = TakeOutcome::kIdempotencyConflict;
    return Answer(std::move(answer));
  }
  const auto outcome = read_taken(state, tenant, *row, answer);
  if (!outcome) return outcome.error();
  answer.outcome = *outcome == TakeOutcome::kTaken ? TakeOutcome::kTakenBefore : *outcome;
  answer.assertion_id = known->assertion_id;
  return Answer(std::move(answer));
}

StorageResult<TakeResult> take_now(const State& state, const TenantSpace& tenant,
                                   const TakeSignIn& take, MutationList& changes) {
  const StorageResult<Choice> choice = take.sign_in
                                           ? choose_by_id(tenant, *take.sign_in, take.guard.now)
                                           : choose_by_session(state, tenant, take);
  if (!choice) return choice.error();
  TakeResult answer;
  answer.outcome = choice->outcome;
  if (choice->row == nullptr) return answer;
  const auto outcome = read_taken(state, tenant, *choice->row, answer);
  if (!outcome) return outcome.error();
  answer.outcome = *outcome;
  if (*outcome != TakeOutcome::kTaken) return answer;
  SignInState taken = choice->row->state;
  taken.taken = true;
  if (take.idempotency) {
    // It must be there for as long as the answer may be asked for again.
    taken.keep_until = std::max(taken.keep_until, take.idempotency->keep_until);
    changes.put_idempotency(tenant.row.id, take.idempotency->key,
                            {take.idempotency->body, choice->id, take.idempotency->assertion_id,
                             take.idempotency->keep_until});
    answer.assertion_id = take.idempotency->assertion_id;
  }
  changes.put_sign_in_state(tenant.row.id, choice->id, taken);
  return answer;
}

}  // namespace

StorageResult<Standing> FlatfileStorage::read_standing(
    const TenantId& tenant, const std::optional<TokenId>& session_token) {
  return read([&](const State& state) -> StorageResult<Standing> {
    return standing_of(state, state.find_tenant(tenant), session_token);
  });
}

StorageResult<SignInView> FlatfileStorage::read_sign_in(const TenantId& tenant,
                                                        ByteView credential_id,
                                                        const TokenId& session_token) {
  return read([&](const State& state) -> StorageResult<SignInView> {
    const TenantSpace* space = state.find_tenant(tenant);
    SignInView view;
    view.standing = standing_of(state, space, session_token);
    if (space == nullptr) return view;
    auto owner = state.find_owner(*space, credential_id);
    if (!owner) return owner.error();
    if (!*owner) return view;
    for (CredentialRecord& credential : (*owner)->credentials) {
      view.credential_ids.push_back(credential.id);
      if (equal_bytes(credential.id, credential_id)) view.credential = std::move(credential);
    }
    view.user = std::move((*owner)->user);
    return view;
  });
}

StorageResult<Outcome> FlatfileStorage::commit_sign_in(const CommitSignIn& commit) {
  if (!is_valid(commit)) return invalid_argument("commit_sign_in: a field is out of its limits");
  const SignIn& sign_in = commit.sign_in;
  return transact(
      commit.guard.now, [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
        const Outcome standing = check_guard(state, commit.guard);
        if (standing != Outcome::kDone) return standing;
        const TenantSpace& tenant = *state.find_tenant(commit.guard.tenant);
        if (is_ceremony_used(tenant, sign_in.id)) return Outcome::kClaimTaken;
        auto owner = state.find_user(tenant, sign_in.user);
        if (!owner) return owner.error();
        if (!*owner) return Outcome::kUserGone;
        UserDocument& document = **owner;
        if (!document.user.enabled) return Outcome::kUserDisabled;
        const auto credential =
            std::ranges::find_if(document.credentials, [&](const CredentialRecord& candidate) {
              return equal_bytes(candidate.id, sign_in.credential_id);
            });
        if (credential == document.credentials.end()) return Outcome::kNotFound;
        if (commit.update) {
          if (credential->version != commit.update->expected_version) {
            return Outcome::kVersionChanged;
          }
          apply_update(*commit.update, *credential);
          changes.put_user(tenant.row.id, encode_document(document), {});
        }
        if (sign_in.confirmed) {
          if (auto marked = mark_session(state, tenant, sign_in.session_token, sign_in.user,
                                         commit.session_expires_at, changes);
              !marked) {
            return marked.error();
          }
        }
        SignInState row;
        row.confirmed = sign_in.confirmed;
        row.takeable_until = sign_in.takeable_until;
        row.keep_until = std::max(sign_in.keep_until, sign_in.takeable_until);
        row.session_expires_at = commit.session_expires_at;
        changes.put_sign_in(tenant.row.id, sign_in, row);
        changes.append_audit(commit.audit);
        return Outcome::kDone;
      });
}

StorageResult<Outcome> FlatfileStorage::commit_registration(const CommitRegistration& commit) {
  if (!is_valid(commit))
    return invalid_argument("commit_registration: a field is out of its limits");
  return transact(commit.guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, commit.guard);
                    if (standing != Outcome::kDone) return standing;
                    const TenantSpace& tenant = *state.find_tenant(commit.guard.tenant);
                    if (is_ceremony_used(tenant, commit.ceremony.id)) return Outcome::kClaimTaken;
                    if (tenant.claims.find(commit.user_token.id) != nullptr)
                      return Outcome::kTokenUsed;
                    auto owner = state.find_user(tenant, commit.credential.user);
                    if (!owner) return owner.error();
                    if (!*owner) return Outcome::kUserGone;
                    UserDocument& document = **owner;
                    if (!document.user.enabled) return Outcome::kUserDisabled;
                    const auto in_use = state.find_owner(tenant, commit.credential.id);
                    if (!in_use) return in_use.error();
                    if (*in_use) return Outcome::kAlreadyExists;
                    if (document.credentials.size() >= commit.max_credentials)
                      return Outcome::kLimitReached;
                    document.credentials.push_back(commit.credential);
                    document.credentials.back().version = 1;
                    changes.put_claim(tenant.row.id, commit.ceremony);
                    changes.put_claim(tenant.row.id, commit.user_token);
                    changes.put_user(tenant.row.id, encode_document(document), {});
                    changes.append_audit(commit.audit);
                    return Outcome::kDone;
                  });
}

StorageResult<TakeResult> FlatfileStorage::take_sign_in(const TakeSignIn& take) {
  if (!fits(take.audit, take.guard) || take.sign_in.has_value() == take.session_token.has_value()) {
    return invalid_argument("take_sign_in: one of sign_in and session_token, and an audit entry");
  }
  return transact(
      take.guard.now, [&](const State& state, MutationList& changes) -> StorageResult<TakeResult> {
        const Outcome standing = check_guard(state, take.guard);
        if (standing != Outcome::kDone) {
          TakeResult answer;
          answer.outcome = refused_by_guard(standing);
          return answer;
        }
        const TenantSpace& tenant = *state.find_tenant(take.guard.tenant);
        auto again = answer_again(state, tenant, take);
        if (!again) return again.error();
        StorageResult<TakeResult> answer = *again ? StorageResult<TakeResult>(std::move(**again))
                                                  : take_now(state, tenant, take, changes);
        if (answer && answer->outcome == TakeOutcome::kTaken) changes.append_audit(take.audit);
        return answer;
      });
}

StorageResult<Outcome> FlatfileStorage::confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                                        UnixMillis takeable_until,
                                                        const AuditEntry& audit) {
  if (!fits(audit, guard)) return invalid_argument("confirm_sign_in: the audit entry");
  return transact(guard.now,
                  [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
                    const Outcome standing = check_guard(state, guard);
                    if (standing != Outcome::kDone) return standing;
                    const TenantSpace& tenant = *state.find_tenant(guard.tenant);
                    const SignInRow* row = tenant.sign_ins.find(sign_in);
                    if (row == nullptr || guard.now > row->keep_until) return Outcome::kNotFound;
                    if (row->state.confirmed) return Outcome::kAlreadyExists;
                    const auto stored = state.read_sign_in(*row);
                    if (!stored) return stored.error();
                    SignInState confirmed = row->state;
                    confirmed.confirmed = true;
                    confirmed.takeable_until = takeable_until;
                    confirmed.keep_until = std::max(confirmed.keep_until, takeable_until);
                    if (auto marked = mark_session(state, tenant, row->session_token, stored->user,
                                                   row->state.session_expires_at, changes);
                        !marked) {
                      return marked.error();
                    }
                    changes.put_sign_in_state(tenant.row.id, sign_in, confirmed);
                    changes.append_audit(audit);
                    return Outcome::kDone;
                  });
}

}  // namespace masterkey2::flatfile
