#include "plugins/flatfile/scenario.hpp"

#include <stdexcept>

namespace masterkey2::testing {
namespace {

template <class T>
bool acknowledged(const StorageResult<T>& result, StorageErrorCode& error) {
  if (!result) error = result.error().code;
  return result.has_value();
}

void must(StorageResult<void> result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

template <class T>
T must(StorageResult<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

Seen seen(bool there) { return there ? Seen::kThere : Seen::kNotThere; }
/// Two effects of one operation: both or none.
Seen seen(bool first, bool second) {
  if (first != second) return Seen::kHalf;
  return seen(first);
}

UserView user(Storage& storage, std::uint64_t number) {
  return must(storage.find_user(id_of<TenantId>(1), make_user(number).external_id, true));
}

Guard at_generation(std::uint64_t generation) {
  Guard guard = make_guard(1);
  guard.tenant_generation = generation;
  return guard;
}

Tenant renamed_tenant() {
  Tenant tenant = make_tenant(1);
  tenant.name = "Renamed";
  return tenant;
}

std::vector<WriteScenario> make_scenarios() {
  const auto code = [](auto&& operation) {
    return [operation](Storage& storage, StorageErrorCode& error) {
      return acknowledged(operation(storage), error);
    };
  };
  const Bytes key = {7, 7};
  std::vector<WriteScenario> list;
  list.push_back({"insert_tenant",
                  code([](Storage& s) { return s.insert_tenant(make_insert_tenant(2)); }),
                  [](Storage& s) {
                    return seen(must(s.find_tenant(id_of<TenantId>(2))).has_value(),
                                must(s.find_api_key(make_api_key(2, 1).digest, kNow)).has_value());
                  }});
  list.push_back({"update_tenant", code([](Storage& s) {
                    return s.update_tenant(at_generation(1), renamed_tenant(), make_audit(1, 900));
                  }),
                  [](Storage& s) {
                    return seen(must(s.find_tenant(id_of<TenantId>(1)))->name == "Renamed",
                                has_audit(s, 900));
                  }});
  list.push_back({"insert_api_key", code([](Storage& s) {
                    return s.insert_api_key(make_guard(1), make_api_key(1, 2), 20,
                                            make_audit(1, 900));
                  }),
                  [](Storage& s) {
                    return seen(must(s.find_api_key(make_api_key(1, 2).digest, kNow)).has_value(),
                                has_audit(s, 900));
                  }});
  list.push_back({"replace_api_key", code([](Storage& s) {
                    return s.replace_api_key(make_guard(1), make_api_key(1, 1).id, 1, kNow,
                                             make_api_key(1, 2), make_audit(1, 900));
                  }),
                  [](Storage& s) {
                    return seen(must(s.find_api_key(make_api_key(1, 2).digest, kNow)).has_value(),
                                !must(s.find_api_key(make_api_key(1, 1).digest, kNow)).has_value());
                  }});
  list.push_back(
      {"put_user", code([](Storage& s) { return s.put_user(make_put_user(1, 3)); }),
       [](Storage& s) { return seen(user(s, 3).user.has_value(), has_audit(s, 1003)); }});
  list.push_back({"set_user_enabled", code([](Storage& s) {
                    return s.set_user_enabled(make_guard(1), "user-1", false, make_audit(1, 900));
                  }),
                  [](Storage& s) { return seen(!user(s, 1).user->enabled, has_audit(s, 900)); }});
  list.push_back({"erase_user", code([](Storage& s) {
                    return s.erase_user(make_guard(1), "user-2", make_audit(1, 900));
                  }),
                  [](Storage& s) {
                    const auto sign_in =
                        must(s.read_sign_in(id_of<TenantId>(1), make_credential(2, 2).id, {}));
                    return seen(!user(s, 2).user, !sign_in.credential);
                  }});
  list.push_back(
      {"erase_credential", code([](Storage& s) {
         return s.erase_credential(make_guard(1), "user-2", make_credential(2, 2).id,
                                   make_audit(1, 900));
       }),
       [](Storage& s) { return seen(user(s, 2).credentials.empty(), has_audit(s, 900)); }});
  list.push_back(
      {"commit_registration",
       code([](Storage& s) { return s.commit_registration(make_registration(1, 1, 3)); }),
       [](Storage& s) { return seen(user(s, 1).credentials.size() == 2, has_audit(s, 10'003)); }});
  list.push_back({"commit_sign_in", code([](Storage& s) {
                    CommitSignIn commit = make_sign_in(1, 1, 1, 51, 61);
                    commit.update.emplace();
                    commit.update->expected_version = 1;
                    commit.update->sign_count = 8;
                    return s.commit_sign_in(commit);
                  }),
                  [](Storage& s) {
                    return seen(user(s, 1).credentials[0].sign_count == 8, has_audit(s, 100'051));
                  }});
  list.push_back({"take_sign_in", code([](Storage& s) { return s.take_sign_in(make_take(1, 50)); }),
                  [](Storage& s) { return seen(has_audit(s, 200'050)); }});
  list.push_back({"confirm_sign_in", code([](Storage& s) {
                    return s.confirm_sign_in(make_guard(1), id_of<TokenId>(52), kNow + 120'000,
                                             make_audit(1, 900));
                  }),
                  [](Storage& s) {
                    const bool audited = has_audit(s, 900);
                    const auto taken = must(s.take_sign_in(make_take(1, 52))).outcome;
                    return seen(taken != TakeOutcome::kNone, audited);
                  }});
  list.push_back(
      {"revoke_token", code([](Storage& s) {
         return s.revoke_token(make_guard(1), id_of<TokenId>(70), kLater, make_audit(1, 900));
       }),
       [](Storage& s) {
         return seen(must(s.read_standing(id_of<TenantId>(1), id_of<TokenId>(70))).token_revoked,
                     has_audit(s, 900));
       }});
  list.push_back({"put_ephemeral", code([key](Storage& s) {
                    return s.put_ephemeral(make_guard(1), key, 0, key, kLater);
                  }),
                  [key](Storage& s) {
                    return seen(must(s.find_ephemeral(id_of<TenantId>(1), key, kNow)).has_value());
                  }});
  list.push_back({"append_audit", code([](Storage& s) {
                    return s.append_audit({make_audit(1, 901), make_audit(1, 902)});
                  }),
                  [](Storage& s) { return seen(has_audit(s, 901), has_audit(s, 902)); }});
  list.push_back({"purge_expired", code([](Storage& s) { return s.purge_expired(kLater + 1, 1); }),
                  [](Storage&) { return Seen::kNotThere; }});
  list.push_back({"raise_epoch", code([](Storage& s) { return s.raise_epoch(1, kNow); }),
                  [](Storage& s) { return seen(must(s.read_installation()).epoch == 2); }});
  list.push_back({"write_heartbeat", code([](Storage& s) { return s.write_heartbeat(5, kNow); }),
                  [](Storage& s) { return seen(must(s.read_installation()).heartbeat == 5); }});
  list.push_back(
      {"erase_tenant",
       code([](Storage& s) { return s.erase_tenant(make_guard(1), make_audit(1, 900)); }),
       [](Storage& s) {
         return seen(!must(s.find_tenant(id_of<TenantId>(1))).has_value(), has_audit(s, 900));
       }});
  return list;
}

}  // namespace

bool has_audit(Storage& storage, std::uint64_t sequence) {
  PageRequest page;
  page.limit = 1000;
  for (const AuditEntry& entry : must(storage.list_audit(id_of<TenantId>(1), {}, page)).items) {
    if (entry.sequence == sequence) return true;
  }
  return false;
}

void prepare_scenarios(Storage& storage) {
  must(storage.initialize(make_installation()));
  must(storage.insert_tenant(make_insert_tenant(1)));
  for (const std::uint64_t number : {1U, 2U}) {
    must(storage.put_user(make_put_user(1, number)));
    must(storage.commit_registration(make_registration(1, number, number)));
  }
  must(storage.write_heartbeat(4, kNow));
  must(storage.commit_sign_in(make_sign_in(1, 1, 1, 50, 60)));
  CommitSignIn unconfirmed = make_sign_in(1, 1, 1, 52, 62);
  unconfirmed.sign_in.confirmed = false;
  must(storage.commit_sign_in(unconfirmed));
  // Two users under one session token, nothing left to take: its mark may leave memory.
  for (const std::uint64_t user : {1U, 2U}) {
    must(storage.commit_sign_in(make_sign_in(1, user, user, 52 + user, 63)));
    must(storage.take_sign_in(make_take(1, 52 + user)));
  }
  AuditEntry large = make_audit(1, 40);
  large.body = Bytes(4096, 1);
  must(storage.append_audit({large}));
}

bool is_prepared_state_there(Storage& storage, const std::string& scenario) {
  if (scenario == "erase_tenant") return has_audit(storage, 1);
  const UserView first = user(storage, 1);
  const UserView second = user(storage, 2);
  if (!first.user || first.credentials.empty() ||
      first.credentials[0].id != make_credential(1, 1).id) {
    return false;
  }
  if (!scenario.starts_with("erase_") && (!second.user || second.credentials.size() != 1)) {
    return false;
  }
  if (must(storage.read_installation()).heartbeat < 4 || !has_audit(storage, 1002)) return false;
  if (scenario == "purge_expired") return true;
  if (must(storage.take_sign_in(make_take_by_session(1, 63))).outcome != TakeOutcome::kAmbiguous) {
    return false;
  }
  // The claims are there: the same registration is refused.
  return must(storage.commit_registration(make_registration(1, 1, 1))) == Outcome::kClaimTaken;
}

const std::vector<WriteScenario>& write_scenarios() {
  static const std::vector<WriteScenario> scenarios = make_scenarios();
  return scenarios;
}

}  // namespace masterkey2::testing
