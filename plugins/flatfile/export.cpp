// Store: all rows of one moment, in the order of StoredRow.
#include <algorithm>
#include <map>
#include <utility>

#include "small_files.hpp"
#include "store.hpp"

namespace masterkey2::flatfile {
namespace {

class Exporter {
 public:
  Exporter(const State& state, RowSink& sink) : state_(state), sink_(sink) {}

  StorageResult<void> run(const Installation& installation) {
    put(installation);
    each_tenant([this](const TenantSpace& tenant) {
      put(StoredTenant{tenant.row, tenant.rp_id_exclusive});
    });
    each_tenant([this](const TenantSpace& tenant) {
      for (const auto& [id, key] : tenant.keys) put(key);
    });
    each_tenant([this](const TenantSpace& tenant) { put_users(tenant); });
    each_tenant([this](const TenantSpace& tenant) {
      for (const auto& [id, row] : sorted<TokenId, ClaimRow>(tenant.claims)) {
        put(StoredClaim{tenant.row.id, id, row->keep_until});
      }
    });
    each_tenant([this](const TenantSpace& tenant) { put_sign_ins(tenant); });
    put_marks();
    each_tenant([this](const TenantSpace& tenant) { put_idempotency(tenant); });
    each_tenant([this](const TenantSpace& tenant) {
      for (const auto& [key, row] : sorted<std::string, EphemeralRow>(tenant.ephemerals)) {
        put(StoredEphemeral{tenant.row.id, to_bytes(as_bytes(key)), row->version, row->value,
                            row->keep_until});
      }
    });
    put_revocations();
    put_audit();
    return result_;
  }

 private:
  /// Who has signed in under a session token, as the sign-ins tell it.
  struct Seen {
    UserHandle user;
    bool several_users = false;
    UnixMillis keep_until = 0;
  };

  void put(const StoredRow& row) {
    if (result_) result_ = sink_.put(row);
  }
  void put_or_report(const StorageError& error) {
    if (error.code == StorageErrorCode::kCorrupt) {
      sink_.damaged(error.detail);
    } else {
      result_ = error;
    }
  }
  template <class Visit>
  void each_tenant(Visit&& visit) {
    for (const auto& [id, tenant] : state_.tenants()) {
      if (result_) visit(tenant);
    }
  }
  template <class Key, class Row, class Table>
  static std::vector<std::pair<Key, const Row*>> sorted(const Table& table) {
    std::vector<std::pair<Key, const Row*>> rows;
    rows.reserve(table.size());
    table.for_each([&](const Key& key, const Row& row) { rows.emplace_back(key, &row); });
    std::ranges::sort(rows, {}, &std::pair<Key, const Row*>::first);
    return rows;
  }

  void put_users(const TenantSpace& tenant) {
    std::vector<std::pair<UserHandle, std::uint32_t>> slots;
    for (const auto& [external_id, slot] : tenant.users.by_external_id()) {
      auto document = state_.read_document(tenant.users.location(slot));
      if (!document) {
        put_or_report(document.error());
        if (!result_) return;
        continue;
      }
      check_index(tenant, *document, external_id);
      slots.emplace_back(document->user.handle, slot);
    }
    std::ranges::sort(slots);
    for (const auto& [handle, slot] : slots) {
      auto document = state_.read_document(tenant.users.location(slot));
      if (!document) return put_or_report(document.error());
      put(StoredUser{tenant.row.id, std::move(document->user)});
      for (CredentialRecord& credential : document->credentials) {
        put(StoredCredential{tenant.row.id, std::move(credential)});
      }
      if (!result_) return;
    }
  }

  /// Is the user found by all its names?
  void check_index(const TenantSpace& tenant, const UserDocument& document,
                   std::string_view external_id) {
    const auto leads_here = [&](const StorageResult<std::optional<UserDocument>>& found) {
      return found && *found && (*found)->user.handle == document.user.handle;
    };
    if (document.user.external_id != external_id ||
        !leads_here(state_.find_user(tenant, document.user.handle))) {
      sink_.damaged("the index of users leads elsewhere for external id " +
                    std::string(external_id));
    }
    for (const CredentialRecord& credential : document.credentials) {
      if (leads_here(state_.find_owner(tenant, credential.id))) continue;
      sink_.damaged("the index of credentials leads elsewhere for a credential of external id " +
                    std::string(external_id));
    }
  }

  void put_sign_ins(const TenantSpace& tenant) {
    auto& seen = seen_[tenant.row.id];
    for (const auto& [id, row] : sorted<TokenId, SignInRow>(tenant.sign_ins)) {
      auto sign_in = state_.read_sign_in(*row);
      if (!sign_in) {
        put_or_report(sign_in.error());
        if (!result_) return;
        continue;
      }
      if (sign_in->confirmed) {
        const auto [mark, first] = seen.try_emplace(sign_in->session_token, Seen{sign_in->user});
        mark->second.several_users |= mark->second.user != sign_in->user;
        mark->second.keep_until = std::max(mark->second.keep_until, row->state.session_expires_at);
      }
      put(StoredSignIn{tenant.row.id, std::move(*sign_in), row->state.taken,
                       row->state.session_expires_at});
    }
  }

  void put_marks() {
    SortedStreams<MarkRows> streams;
    streams.push_back(state_.stream_recent_marks());
    for (auto run = state_.mark_runs.rbegin(); run != state_.mark_runs.rend(); ++run) {
      streams.push_back((*run)->stream({}));
    }
    put_all(*merge(std::move(streams)), [this](const StoredMark& mark) {
      if (state_.find_tenant(mark.tenant) != nullptr && !is_told_by_sign_ins(mark)) {
        put(StoredSessionMark{mark.tenant, mark.session, mark.several_users,
                              mark.several_users ? UserHandle{} : mark.user, mark.keep_until});
      }
    });
  }

  [[nodiscard]] bool is_told_by_sign_ins(const StoredMark& mark) {
    const auto& seen = seen_[mark.tenant];
    const auto known = seen.find(mark.session);
    return known != seen.end() && known->second.several_users == mark.several_users &&
           (mark.several_users || known->second.user == mark.user) &&
           known->second.keep_until >= mark.keep_until;
  }

  template <class Rows, class Put>
  void put_all(SortedStream<Rows>& rows, Put&& put_one) {
    for (; result_; rows.next()) {
      const auto row = rows.peek();
      // What stands behind a damaged block cannot be told from it.
      if (!row) return put_or_report(row.error());
      if (*row == nullptr) return;
      put_one(**row);
    }
  }

  void put_idempotency(const TenantSpace& tenant) {
    for (const auto& [key, row] : sorted<Digest, IdempotencyRow>(tenant.idempotency)) {
      if (tenant.sign_ins.find(row->sign_in) == nullptr) continue;  // both have expired
      put(StoredIdempotency{tenant.row.id, key, row->body, row->sign_in, row->assertion_id,
                            row->keep_until});
    }
  }

  void put_revocations() {
    std::map<std::uint64_t, StoredRevocation> rows;
    each_tenant([&](const TenantSpace& tenant) {
      tenant.revocations.for_each([&](const TokenId& token, const RevocationRow& row) {
        rows[row.order] = {tenant.row.id, token, row.keep_until};
      });
    });
    for (const auto& [order, row] : rows) put(row);
  }

  void put_audit() {
    SortedStreams<AuditRows> streams;
    streams.push_back(state_.stream_recent_audit({}));
    for (const auto& run : state_.audit_runs) streams.push_back(run->stream({}));
    put_all(*merge(std::move(streams)), [this](const StoredAudit& entry) { put(entry_of(entry)); });
  }

  const State& state_;
  RowSink& sink_;
  StorageResult<void> result_;
  std::map<TenantId, std::map<TokenId, Seen>> seen_;
};

}  // namespace

StorageResult<void> Store::export_rows(RowSink& sink) {
  const auto heartbeat =
      flatfile::read_heartbeat(heartbeat_file_.get(), folder_.name_of(kHeartbeatName));
  if (!heartbeat) return heartbeat.error();
  const auto view = load_judged();
  if (!view) return view.error();
  Installation installation = view->state->installation;
  installation.heartbeat = heartbeat->count;
  installation.heartbeat_at = heartbeat->at;
  return Exporter(*view->state, sink).run(installation);
}

}  // namespace masterkey2::flatfile
