// Finishing ceremonies and taking sign-ins: each id is won once (P5).
#include <algorithm>

#include "memory_storage.hpp"

namespace example {
namespace {

bool is_used(const TenantRows& rows, const TokenId& ceremony) {
  return rows.claims.contains(ceremony) || rows.sign_ins.contains(ceremony);
}

void mark_session(TenantRows& rows, const SignIn& sign_in, UnixMillis keep_until) {
  const auto [mark, first] =
      rows.marks.try_emplace(sign_in.session_token, Mark{sign_in.user, false, keep_until});
  mark->second.several_users |= mark->second.user != sign_in.user;
  mark->second.keep_until = std::max(mark->second.keep_until, keep_until);
}

/// Which sign-in is meant: kTaken and the row, or why there is none.
std::pair<TakeOutcome, SignInRow*> choose(TenantRows& rows, const TakeSignIn& request) {
  const UnixMillis now = request.guard.now;
  if (request.sign_in) {
    const auto found = rows.sign_ins.find(*request.sign_in);
    if (found == rows.sign_ins.end() || !found->second.sign_in.confirmed) {
      return {TakeOutcome::kNone, nullptr};
    }
    if (found->second.taken) return {TakeOutcome::kAlreadyTaken, nullptr};
    if (now >= found->second.sign_in.takeable_until) return {TakeOutcome::kNone, nullptr};
    return {TakeOutcome::kTaken, &found->second};
  }
  const auto mark = rows.marks.find(*request.session_token);
  if (mark == rows.marks.end()) return {TakeOutcome::kNone, nullptr};
  if (mark->second.several_users) return {TakeOutcome::kAmbiguous, nullptr};
  SignInRow* open = nullptr;
  for (auto& [id, row] : rows.sign_ins) {
    const SignIn& sign_in = row.sign_in;
    if (sign_in.session_token != *request.session_token || !sign_in.confirmed || row.taken ||
        sign_in.at < request.not_before || now >= sign_in.takeable_until) {
      continue;
    }
    if (open != nullptr) return {TakeOutcome::kAmbiguous, nullptr};
    open = &row;
  }
  return {open == nullptr ? TakeOutcome::kNone : TakeOutcome::kTaken, open};
}

/// With the sign-in and its user: kTaken, kUserGone or kUserDisabled.
TakeResult answer_with(TenantRows& rows, const SignIn& sign_in) {
  TakeResult answer;
  const User* user = find_by_handle(rows, sign_in.user);
  if (user == nullptr) {
    answer.outcome = TakeOutcome::kUserGone;
    return answer;
  }
  answer.user = user->account;
  answer.outcome = user->account.enabled ? TakeOutcome::kTaken : TakeOutcome::kUserDisabled;
  if (user->account.enabled) answer.sign_in = sign_in;
  return answer;
}

}  // namespace

StorageResult<Standing> MemoryStorage::read_standing(const TenantId& tenant,
                                                     const std::optional<TokenId>& session_token) {
  return alone([&]() -> StorageResult<Standing> { return standing(tenant, session_token); });
}

StorageResult<SignInView> MemoryStorage::read_sign_in(const TenantId& tenant,
                                                      ByteView credential_id,
                                                      const TokenId& session_token) {
  return alone([&]() -> StorageResult<SignInView> {
    SignInView view;
    view.standing = standing(tenant, session_token);
    const auto rows = tenants_.find(tenant);
    if (rows == tenants_.end()) return view;
    const auto [user, index] = find_owner(rows->second, credential_id);
    if (user == nullptr) return view;
    view.user = user->account;
    view.credential = user->credentials[index];
    for (const CredentialRecord& each : user->credentials) view.credential_ids.push_back(each.id);
    return view;
  });
}

StorageResult<Outcome> MemoryStorage::commit_sign_in(const CommitSignIn& commit) {
  const SignIn& sign_in = commit.sign_in;
  if (!is_within_limits(sign_in)) return invalid("commit_sign_in");
  return write(commit.guard, commit.audit, [&](TenantRows& rows) {
    if (is_used(rows, sign_in.id)) return Outcome::kClaimTaken;
    User* user = find_by_handle(rows, sign_in.user);
    if (user == nullptr) return Outcome::kUserGone;
    if (!user->account.enabled) return Outcome::kUserDisabled;
    const auto [owner, index] = find_owner(rows, sign_in.credential_id);
    if (owner != user) return Outcome::kNotFound;
    if (commit.update) {
      const CredentialUpdate& update = *commit.update;
      CredentialRecord& credential = user->credentials[index];
      if (credential.version != update.expected_version) return Outcome::kVersionChanged;
      credential.sign_count = update.sign_count;
      credential.backup_state = update.backup_state;
      credential.uv_initialized = update.uv_initialized;
      credential.counter_suspect = update.counter_suspect;
      credential.last_used_at = update.last_used_at;
      ++credential.version;
    }
    if (sign_in.confirmed) mark_session(rows, sign_in, commit.session_expires_at);
    rows.sign_ins[sign_in.id] = {sign_in, false, commit.session_expires_at,
                                 std::max(sign_in.keep_until, sign_in.takeable_until)};
    return Outcome::kDone;
  });
}

StorageResult<Outcome> MemoryStorage::commit_registration(const CommitRegistration& commit) {
  if (!is_within_limits(commit.credential) || commit.max_credentials < 1 ||
      commit.max_credentials > kMaxCredentialsPerUser) {
    return invalid("commit_registration");
  }
  return write(commit.guard, commit.audit, [&](TenantRows& rows) {
    if (is_used(rows, commit.ceremony.id)) return Outcome::kClaimTaken;
    if (rows.claims.contains(commit.user_token.id)) return Outcome::kTokenUsed;
    User* user = find_by_handle(rows, commit.credential.user);
    if (user == nullptr) return Outcome::kUserGone;
    if (!user->account.enabled) return Outcome::kUserDisabled;
    if (find_owner(rows, commit.credential.id).first != nullptr) return Outcome::kAlreadyExists;
    if (user->credentials.size() >= commit.max_credentials) return Outcome::kLimitReached;
    rows.claims[commit.ceremony.id] = commit.ceremony.keep_until;
    rows.claims[commit.user_token.id] = commit.user_token.keep_until;
    user->credentials.push_back(commit.credential);
    user->credentials.back().version = 1;
    return Outcome::kDone;
  });
}

TakeResult MemoryStorage::take(TenantRows& rows, const TakeSignIn& request) {
  if (request.idempotency) {
    const auto known = rows.answered.find(request.idempotency->key);
    if (known != rows.answered.end() && request.guard.now < known->second.request.keep_until) {
      TakeResult answer;
      answer.outcome = TakeOutcome::kIdempotencyConflict;
      const auto row = rows.sign_ins.find(known->second.sign_in);
      if (known->second.request.body != request.idempotency->body || row == rows.sign_ins.end()) {
        return answer;
      }
      answer = answer_with(rows, row->second.sign_in);
      if (answer.outcome == TakeOutcome::kTaken) answer.outcome = TakeOutcome::kTakenBefore;
      answer.assertion_id = known->second.request.assertion_id;
      return answer;
    }
  }
  const auto [outcome, row] = choose(rows, request);
  if (row == nullptr) {
    TakeResult answer;
    answer.outcome = outcome;
    return answer;
  }
  TakeResult answer = answer_with(rows, row->sign_in);
  if (answer.outcome != TakeOutcome::kTaken) return answer;
  row->taken = true;
  if (request.idempotency) {
    rows.answered[request.idempotency->key] = {*request.idempotency, row->sign_in.id};
    row->purge_at = std::max(row->purge_at, request.idempotency->keep_until);
    answer.assertion_id = request.idempotency->assertion_id;
  }
  return answer;
}

StorageResult<TakeResult> MemoryStorage::take_sign_in(const TakeSignIn& request) {
  if (request.sign_in.has_value() == request.session_token.has_value() ||
      !is_within_limits(request.audit) || request.audit.tenant != request.guard.tenant) {
    return invalid("take_sign_in");
  }
  return alone([&]() -> StorageResult<TakeResult> {
    const Outcome standing = check_guard(request.guard);
    if (standing != Outcome::kDone) {
      TakeResult answer;
      answer.outcome = refused_by_guard(standing);
      return answer;
    }
    TakeResult answer = take(tenants_.at(request.guard.tenant), request);
    if (answer.outcome == TakeOutcome::kTaken) put_audit(request.audit);
    return answer;
  });
}

StorageResult<Outcome> MemoryStorage::confirm_sign_in(const Guard& guard, const TokenId& sign_in,
                                                      UnixMillis takeable_until,
                                                      const AuditEntry& audit) {
  return write(guard, audit, [&](TenantRows& rows) {
    const auto found = rows.sign_ins.find(sign_in);
    if (found == rows.sign_ins.end() || guard.now > found->second.purge_at) {
      return Outcome::kNotFound;
    }
    SignInRow& row = found->second;
    if (row.sign_in.confirmed) return Outcome::kAlreadyExists;
    row.sign_in.confirmed = true;
    row.sign_in.takeable_until = takeable_until;
    row.purge_at = std::max(row.purge_at, takeable_until);
    mark_session(rows, row.sign_in, row.session_expires_at);
    return Outcome::kDone;
  });
}

}  // namespace example
