// MysqlStorage: all rows of one moment, in the order of StoredRow.
#include <algorithm>
#include <utility>

#include "export_cursor.hpp"
#include "rows.hpp"
#include "run.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::uint32_t kPage = 500;
constexpr std::uint32_t kPageOfSignIns = 50;  // up to 140 KiB each

// Rows of an erased tenant only wait to be removed.
#define MASTERKEY2_ALIVE(x) \
  " AND NOT EXISTS (SELECT 1 FROM erased_tenants e WHERE e.id = " x ".tenant) "
/// Past (tenant, column).
#define MASTERKEY2_PAST(x, column) \
  " (" x ".tenant > ? OR (" x ".tenant = ? AND " x "." column " > ?)) "

class Exporter {
 public:
  Exporter(Connection& connection, RowSink& sink) : connection_(connection), sink_(sink) {}

  StorageResult<void> run() {
    put_installation();
    for (const auto put_table :
         {&Exporter::put_tenants, &Exporter::put_api_keys, &Exporter::put_users,
          &Exporter::put_claims, &Exporter::put_sign_ins, &Exporter::put_marks,
          &Exporter::put_idempotency, &Exporter::put_ephemerals, &Exporter::put_revocations,
          &Exporter::put_audit}) {
      if (!result_) break;
      // A table that the server itself cannot read does not hide what is wrong with the others.
      report_damage([&] { (this->*put_table)(); },
                    [&](const std::string& what) { sink_.damaged(what); });
    }
    return result_;
  }

 private:
  void put(const StoredRow& row) {
    if (result_) result_ = sink_.put(row);
  }

  template <class Work, class Report>
  static void report_damage(Work&& work, Report&& report) {
    try {
      work();
    } catch (const SqlError& error) {
      if (error.error().code != StorageErrorCode::kCorrupt) throw;
      report(error.error().detail);
    }
  }

  /// `read_key` reads the first columns, by which the rows go on; `read_rest` those after them.
  template <class Row, class ReadKey, class ReadRest>
  std::vector<Line<Row>> read_all(std::string_view sql, const Params& params, ReadKey&& read_key,
                                  ReadRest&& read_rest) {
    std::vector<Line<Row>> lines;
    Rows rows = connection_.query(sql, params);
    while (rows.next()) {
      Line<Row>& line = lines.emplace_back();
      read_key(rows, line.row);
      report_damage([&] { read_rest(rows, line.row); },
                    [&](const std::string& what) { line.damage = what; });
    }
    return lines;
  }
  template <class Row>
  void put_all(Cursor<Row> cursor) {
    for (; result_ && cursor.peek() != nullptr; cursor.next()) put(*cursor.peek());
  }

  void put_installation() {
    Rows rows = connection_.query(
        "SELECT i.id, i.epoch, i.created_at, i.epoch_raised_at, h.count, h.at "
        "FROM installation i JOIN heartbeat h ON h.one = i.one",
        {});
    if (!rows.next()) {
      throw SqlError({StorageErrorCode::kNotInitialized, "the database holds no installation"});
    }
    Installation installation;
    installation.id = rows.id<Digest>();
    installation.epoch = rows.unsigned_integer();
    installation.created_at = rows.integer();
    installation.epoch_raised_at = rows.integer();
    installation.heartbeat = rows.unsigned_integer();
    installation.heartbeat_at = rows.integer();
    put(installation);
  }

  void put_tenants() {
    put_all(Cursor<StoredTenant>(sink_,
                                 [this, begun = false](const StoredTenant& last) mutable {
                                   // Also an id of zeros comes after nothing.
                                   const ByteView after = std::exchange(begun, true)
                                                              ? last.tenant.id.view()
                                                              : ByteView();
                                   return read_all<StoredTenant>(
          "SELECT t.id, t.exclusive_rp_id IS NOT NULL," MASTERKEY2_TENANT_COLUMNS(
              "t") "FROM tenants t WHERE t.id > ? ORDER BY t.id LIMIT ?",
          {after, kPage},
          [](Rows& rows, StoredTenant& row) { row.tenant.id = rows.id<TenantId>(); },
          [](Rows& rows, StoredTenant& row) {
            row.rp_id_exclusive = rows.boolean();
            row.tenant = read_tenant(rows);
          });
                                 }));
  }

  /// Params of MASTERKEY2_PAST, and the page's size.
  template <class Key>
  static Params past(bool begun, const TenantId& tenant, const Key& key, std::uint32_t limit) {
    if (!begun) return {ByteView(), ByteView(), ByteView(), limit};
    return {tenant, tenant, key, limit};
  }

  void put_api_keys() {
    put_all(Cursor<ApiKey>(sink_, [this, begun = false](const ApiKey& last) mutable {
      return read_all<ApiKey>(
          "SELECT k.tenant, k.id," MASTERKEY2_API_KEY_COLUMNS(
              "k") "FROM api_keys k WHERE" MASTERKEY2_PAST("k", "id")
              MASTERKEY2_ALIVE("k") "ORDER BY k.tenant, k.id LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.id, kPage),
          [](Rows& rows, ApiKey& row) {
            row.tenant = rows.id<TenantId>();
            row.id = rows.id<ApiKeyId>();
          },
          [](Rows& rows, ApiKey& row) { row = read_api_key(rows); });
    }));
  }

  Cursor<StoredUser> users() {
    return {sink_, [this, begun = false](const StoredUser& last) mutable {
              return read_all<StoredUser>(
                  "SELECT u.tenant, u.handle," MASTERKEY2_USER_COLUMNS(
                      "u") "FROM users u WHERE" MASTERKEY2_PAST("u", "handle")
                      MASTERKEY2_ALIVE("u") "ORDER BY u.tenant, u.handle LIMIT ?",
                  past(std::exchange(begun, true), last.tenant, last.user.handle, kPage),
                  [](Rows& rows, StoredUser& row) {
                    row.tenant = rows.id<TenantId>();
                    row.user.handle = rows.id<UserHandle>();
                  },
                  [](Rows& rows, StoredUser& row) {
                    row.user = read_user(rows).value_or(UserAccount{});
                  });
            }};
  }

  Cursor<PlacedCredential> credentials() {
    return {sink_, [this, begun = false](const PlacedCredential& last) mutable {
              const StoredCredential& row = last.row;
              const bool first = !std::exchange(begun, true);
              const ByteView tenant = first ? ByteView() : row.tenant.view();
              const ByteView user = first ? ByteView() : row.credential.user.view();
              return read_all<PlacedCredential>(
          "SELECT c.tenant, c.position, c.user, c.id," MASTERKEY2_CREDENTIAL_COLUMNS(
              "c") "FROM credentials c WHERE (c.tenant > ? OR (c.tenant = ? AND (c.user > ? OR "
                   "(c.user = ? AND (c.position > ? OR (c.position = ? AND c.id > ?))))))"
              MASTERKEY2_ALIVE("c") "ORDER BY c.tenant, c.user, c.position, c.id LIMIT ?",
          {tenant, tenant, user, user, last.position, last.position, row.credential.id, kPage},
          [](Rows& rows, PlacedCredential& placed) {
            placed.row.tenant = rows.id<TenantId>();
            placed.position = rows.unsigned_integer();
            placed.row.credential.user = rows.id<UserHandle>();
            placed.row.credential.id = rows.bytes();
          },
          [](Rows& rows, PlacedCredential& placed) {
            placed.row.credential = read_credential(rows).value_or(CredentialRecord{});
          });
            }};
  }

  /// Each user followed by its credentials. One that belongs to nobody stands where its user would.
  void put_users() {
    Cursor<StoredUser> users_left = users();
    Cursor<PlacedCredential> credentials_left = credentials();
    while (result_) {
      const StoredUser* user = users_left.peek();
      const PlacedCredential* credential = credentials_left.peek();
      if (user == nullptr && credential == nullptr) return;
      const bool user_first = credential == nullptr ||
                              (user != nullptr && std::tie(user->tenant, user->user.handle) <=
                                                      std::tie(credential->row.tenant,
                                                               credential->row.credential.user));
      if (user_first) {
        put(*user);
        users_left.next();
      } else {
        put(credential->row);
        credentials_left.next();
      }
    }
  }

  void put_claims() {
    put_all(Cursor<StoredClaim>(sink_, [this, begun = false](const StoredClaim& last) mutable {
      return read_all<StoredClaim>(
          "SELECT c.tenant, c.id, c.keep_until FROM claims c WHERE c.kind = 0 AND" MASTERKEY2_PAST(
              "c", "id") MASTERKEY2_ALIVE("c") "ORDER BY c.tenant, c.id LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.id, kPage),
          [](Rows& rows, StoredClaim& row) {
            row.tenant = rows.id<TenantId>();
            row.id = rows.id<TokenId>();
          },
          [](Rows& rows, StoredClaim& row) { row.keep_until = rows.integer(); });
    }));
  }

  void put_sign_ins() {
    put_all(Cursor<StoredSignIn>(sink_, [this, begun = false](const StoredSignIn& last) mutable {
      return read_all<StoredSignIn>(
          "SELECT s.tenant, s.id, s.session_until, EXISTS (SELECT 1 FROM audit a WHERE a.tenant = "
          "s.tenant AND a.taking = s.id)," MASTERKEY2_SIGN_IN_COLUMNS(
              "s") "FROM claims s WHERE s.kind = 1 AND" MASTERKEY2_PAST("s", "id")
              MASTERKEY2_ALIVE("s") "ORDER BY s.tenant, s.id LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.sign_in.id, kPageOfSignIns),
          [](Rows& rows, StoredSignIn& row) {
            row.tenant = rows.id<TenantId>();
            row.sign_in.id = rows.id<TokenId>();
          },
          [](Rows& rows, StoredSignIn& row) {
            row.session_expires_at = rows.integer();
            row.taken = rows.boolean();
            row.sign_in = read_sign_in(rows).value_or(SignIn{});
          });
    }));
  }

  /// What marks and sign-ins under one token say together, if that is more than the sign-ins say.
  void put_marks() {
    Cursor<StoredSessionMark> cursor(sink_,
                                     [this, begun = false](const StoredSessionMark& last) mutable {
                                       return read_all<StoredSessionMark>(
          "SELECT m.tenant, m.session_token, MAX(m.purge_at) FROM session_marks m "
          "WHERE" MASTERKEY2_PAST("m", "session_token") MASTERKEY2_ALIVE(
              "m") "GROUP BY m.tenant, m.session_token ORDER BY m.tenant, m.session_token LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.session_token, kPage),
          [](Rows& rows, StoredSessionMark& row) {
            row.tenant = rows.id<TenantId>();
            row.session_token = rows.id<TokenId>();
          },
          [](Rows& rows, StoredSessionMark& row) { row.keep_until = rows.integer(); });
                                     });
    for (; result_ && cursor.peek() != nullptr; cursor.next()) {
      StoredSessionMark mark = *cursor.peek();
      if (adds_to_sign_ins(mark)) put(mark);
    }
  }

  /// Completes `mark`.
  bool adds_to_sign_ins(StoredSessionMark& mark) {
    Rows rows = connection_.query(
        "SELECT (SELECT COUNT(DISTINCT user) FROM claims WHERE tenant = ? AND session_token = ? "
        "AND confirmed = 1), (SELECT MAX(session_until) FROM claims WHERE tenant = ? AND "
        "session_token = ? AND confirmed = 1), COUNT(*), MIN(user) FROM (SELECT user FROM claims "
        "WHERE tenant = ? AND session_token = ? AND confirmed = 1 UNION SELECT user FROM "
        "session_marks WHERE tenant = ? AND session_token = ?) everybody",
        {mark.tenant, mark.session_token, mark.tenant, mark.session_token, mark.tenant,
         mark.session_token, mark.tenant, mark.session_token});
    if (!rows.next()) return false;
    const std::uint64_t users_of_sign_ins = rows.unsigned_integer();
    const bool without_sign_ins = rows.is_null();
    const UnixMillis known_until = rows.integer();
    mark.several_users = rows.unsigned_integer() > 1;
    mark.user = rows.id<UserHandle>();
    if (mark.several_users) mark.user = {};
    if (without_sign_ins) return true;
    const bool later = mark.keep_until > known_until;
    mark.keep_until = std::max(mark.keep_until, known_until);
    return later || mark.several_users != (users_of_sign_ins > 1);
  }

  void put_idempotency() {
    put_all(Cursor<StoredIdempotency>(sink_,
                                      [this, begun = false](const StoredIdempotency& last) mutable {
                                        return read_all<StoredIdempotency>(
          "SELECT a.tenant, a.idempotency_key, a.idempotency_body, a.taking, a.assertion_id, "
          "a.idempotency_until FROM audit a JOIN claims c ON c.tenant = a.tenant AND "
          "c.id = a.taking AND c.kind = 1 WHERE a.idempotency_key IS NOT NULL AND" MASTERKEY2_PAST(
              "a", "idempotency_key")
              MASTERKEY2_ALIVE("a") "ORDER BY a.tenant, a.idempotency_key LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.key, kPage),
          [](Rows& rows, StoredIdempotency& row) {
            row.tenant = rows.id<TenantId>();
            row.key = rows.id<Digest>();
          },
          [](Rows& rows, StoredIdempotency& row) {
            row.body = rows.id<Digest>();
            row.sign_in = rows.id<TokenId>();
            row.assertion_id = rows.id<TokenId>();
            row.keep_until = rows.integer();
          });
                                      }));
  }

  void put_ephemerals() {
    put_all(
        Cursor<StoredEphemeral>(sink_, [this, begun = false](const StoredEphemeral& last) mutable {
          return read_all<StoredEphemeral>(
          "SELECT x.tenant, x.name, x.version, x.value, x.purge_at FROM ephemerals x "
          "WHERE" MASTERKEY2_PAST("x", "name") MASTERKEY2_ALIVE("x") "ORDER BY x.tenant, x.name "
          "LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.key, kPage),
          [](Rows& rows, StoredEphemeral& row) {
            row.tenant = rows.id<TenantId>();
            row.key = rows.bytes();
          },
          [](Rows& rows, StoredEphemeral& row) {
            row.version = rows.unsigned_integer();
            row.value = rows.bytes();
            row.expires_at = rows.integer();
          });
        }));
  }

  void put_revocations() {
    Cursor<PlacedRevocation> cursor(sink_, [this](const PlacedRevocation& last) {
      return read_all<PlacedRevocation>(
          "SELECT r.tenant, r.token, r.position, r.purge_at FROM revocations r "
          "WHERE r.position > ?" MASTERKEY2_ALIVE("r") "ORDER BY r.position LIMIT ?",
          {last.position, kPage},
          [](Rows& rows, PlacedRevocation& placed) {
            placed.row.tenant = rows.id<TenantId>();
            placed.row.token = rows.id<TokenId>();
            placed.position = rows.unsigned_integer();
          },
          [](Rows& rows, PlacedRevocation& placed) { placed.row.keep_until = rows.integer(); });
    });
    for (; result_ && cursor.peek() != nullptr; cursor.next()) put(cursor.peek()->row);
  }

  void put_audit() {
    put_all(Cursor<AuditEntry>(sink_, [this, begun = false](const AuditEntry& last) mutable {
      const bool first = !std::exchange(begun, true);
      const ByteView tenant = first ? ByteView() : last.tenant.view();
      const ByteView chain = first ? ByteView() : last.chain.view();
      return read_all<AuditEntry>(
          "SELECT tenant, at, chain, sequence, type, subject, body, purge_at FROM audit "
          "WHERE chain IS NOT NULL AND (tenant > ? OR (tenant = ? AND (at > ? OR (at = ? AND "
          "(chain > ? OR (chain = ? AND sequence > ?)))))) "
          "ORDER BY tenant, at, chain, sequence LIMIT ?",
          {tenant, tenant, last.at, last.at, chain, chain, last.sequence, kPage},
          [](Rows& rows, AuditEntry& row) {
            const auto id = rows.id<TenantId>();
            row = read_audit_entry(rows, id);
          },
          [](Rows&, AuditEntry&) {});
    }));
  }

  Connection& connection_;
  RowSink& sink_;
  StorageResult<void> result_;
};

}  // namespace

StorageResult<void> MysqlStorage::export_rows(RowSink& sink) {
  try {
    Pool::Lease lease = lease_at_leisure(false);
    Connection& connection = lease.connection();
    connection.command("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    connection.command("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    return Exporter(connection, sink).run();
  } catch (const SqlError& error) {
    return error.error();
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

}  // namespace masterkey2::mysql
