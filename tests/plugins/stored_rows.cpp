#include "plugins/stored_rows.hpp"

#include <optional>

namespace masterkey2::testing {
namespace {

/// Remembers the first step that did not do what it should.
class Steps {
 public:
  void done(const char* step, const StorageResult<Outcome>& outcome) {
    expect(step, outcome && *outcome == Outcome::kDone, outcome ? "" : outcome.error().detail);
  }
  void expect(const char* step, bool fine, const std::string& why = "") {
    if (!fine && failure_.empty()) failure_ = std::string(step) + " failed: " + why;
  }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  std::string failure_;
};

CommitSignIn sign_in_with(std::uint64_t user, std::uint64_t number, std::uint64_t session) {
  CommitSignIn commit = make_sign_in(1, user, user, number, session);
  commit.sign_in.counter_suspect = number % 2 == 0;
  return commit;
}

void add_users(Storage& storage, Steps& steps) {
  for (std::uint64_t user = 1; user <= 4; ++user) {
    PutUser put = make_put_user(1, user);
    if (user == 2) put.user.external_id = std::string("Zoe \0\xFF", 6);
    if (user == 3) put.user.display_name = "Zo\xC3\xAB \"quoted\" \\";
    steps.expect("put_user", storage.put_user(put).has_value());
    if (user == 4) continue;  // has no credential
    steps.done("commit_registration",
               storage.commit_registration(make_registration(1, user, user)));
  }
  CommitRegistration second = make_registration(1, 1, 100);
  second.credential.id = Bytes(1023, 0);  // before the first in byte order, after it by age
  second.credential.discoverable.reset();
  second.credential.algorithm = -257;
  steps.done("commit_registration", storage.commit_registration(second));
  steps.expect("put_user", storage.put_user(make_put_user(2, 1)).has_value());
  steps.done("commit_registration", storage.commit_registration(make_registration(2, 1, 1)));
  steps.done("set_user_enabled",
             storage.set_user_enabled(make_guard(1), "user-4", false, make_audit(1, 50)));
}

void add_sign_ins(Storage& storage, Steps& steps) {
  CommitSignIn full = sign_in_with(1, 500, 600);  // open, with everything
  full.sign_in.proof = SignInProof{Bytes(37, 1), Bytes(100, 2), Bytes(70, 3), -7, Bytes(32, 4)};
  full.sign_in.binding = id_of<Digest>(8);
  full.update = CredentialUpdate{1, 77, true, true, true, kNow + 5};
  steps.done("commit_sign_in", storage.commit_sign_in(full));
  steps.done("commit_sign_in", storage.commit_sign_in(sign_in_with(2, 501, 601)));
  const auto taken = storage.take_sign_in(make_take(1, 501));
  steps.expect("take_sign_in", taken && taken->outcome == TakeOutcome::kTaken);
  steps.done("commit_sign_in", storage.commit_sign_in(sign_in_with(3, 502, 602)));
  TakeSignIn remembered = make_take(1, 502);
  remembered.idempotency =
      Idempotency{id_of<Digest>(90), id_of<Digest>(91), id_of<TokenId>(92), kNow + 900'000};
  const auto answered = storage.take_sign_in(remembered);
  steps.expect("take_sign_in", answered && answered->outcome == TakeOutcome::kTaken);
  CommitSignIn waiting = sign_in_with(1, 503, 603);  // never confirmed
  waiting.sign_in.confirmed = false;
  waiting.sign_in.channel = Channel::kCrossDevice;
  steps.done("commit_sign_in", storage.commit_sign_in(waiting));
  waiting.sign_in.id = id_of<TokenId>(504);  // confirmed later
  waiting.sign_in.session_token = id_of<TokenId>(604);
  waiting.audit = make_audit(1, 60);
  steps.done("commit_sign_in", storage.commit_sign_in(waiting));
  steps.done("confirm_sign_in", storage.confirm_sign_in(make_guard(1), id_of<TokenId>(504),
                                                        kNow + 400'000, make_audit(1, 62)));
  // Two users under one session token, the sign-in of one of them forgotten.
  CommitSignIn early = sign_in_with(1, 505, 605);
  early.sign_in.keep_until = early.sign_in.takeable_until = kNow + 1'000;
  steps.done("commit_sign_in", storage.commit_sign_in(early));
  CommitSignIn other = sign_in_with(2, 506, 605);
  other.session_expires_at = kNow + 80'000'000;
  steps.done("commit_sign_in", storage.commit_sign_in(other));
  // One user, whose sign-in is forgotten before the session token.
  early = sign_in_with(3, 507, 607);
  early.sign_in.keep_until = early.sign_in.takeable_until = kNow + 1'000;
  steps.done("commit_sign_in", storage.commit_sign_in(early));
  steps.expect("purge_expired", storage.purge_expired(kNow + 2'000, 1000).has_value());
  steps.done("erase_user", storage.erase_user(make_guard(1), "user-3", make_audit(1, 65)));
}

}  // namespace

std::string fill_store(Storage& storage) {
  Steps steps;
  for (const std::uint64_t tenant : {1U, 2U, 3U}) {
    InsertTenant insert = make_insert_tenant(tenant);
    if (tenant == 2) {
      insert.tenant.rp_id = "tenant1.example";
      insert.rp_id_exclusive = false;
      insert.tenant.signing_keys.clear();
    }
    steps.done("insert_tenant", storage.insert_tenant(insert));
  }
  steps.done("erase_tenant", storage.erase_tenant(make_guard(3), make_audit(3, 9)));
  ApiKey key = make_api_key(1, 2);
  key.expires_at = kNow + 5'000;
  key.scopes = 2;
  steps.done("insert_api_key", storage.insert_api_key(make_guard(1), key, 20, make_audit(1, 40)));
  add_users(storage, steps);
  add_sign_ins(storage, steps);
  for (const std::uint64_t token : {9U, 3U, 7U}) {
    steps.done("revoke_token",
               storage.revoke_token(make_guard(token == 3 ? 2 : 1), id_of<TokenId>(token), kLater,
                                    make_audit(token == 3 ? 2 : 1, 70 + token)));
  }
  const Bytes name = {0, 0xFF, 'a'};
  steps.done("put_ephemeral", storage.put_ephemeral(make_guard(1), name, 0, Bytes{1}, kLater));
  steps.done("put_ephemeral", storage.put_ephemeral(make_guard(1), name, 1, Bytes{2, 0}, kLater));
  steps.done("put_ephemeral", storage.put_ephemeral(make_guard(1), Bytes{0}, 0, {}, kLater));
  steps.done("raise_epoch", storage.raise_epoch(1, kNow + 7));
  steps.expect("write_heartbeat", storage.write_heartbeat(12, kNow + 8).has_value());
  return steps.failure();
}

}  // namespace masterkey2::testing
