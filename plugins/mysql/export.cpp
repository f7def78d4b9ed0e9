// MysqlStorage: all rows of one moment, in the order of StoredRow.
#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

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

/// Rows that are asked for a page at a time, by what the last one was.
template <class Row>
class Cursor {
 public:
  using Fill = std::function<std::vector<Row>(const Row& last)>;
  explicit Cursor(Fill fill) : fill_(std::move(fill)) {}

  /// Null at the end; lives until the next call.
  [[nodiscard]] const Row* peek() {
    if (page_.empty() && !ended_) {
      auto rows = fill_(last_);
      ended_ = rows.empty();
      page_.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
    return page_.empty() ? nullptr : &page_.front();
  }
  void next() {
    last_ = std::move(page_.front());
    page_.pop_front();
  }

 private:
  Fill fill_;
  Row last_{};
  std::deque<Row> page_;
  bool ended_ = false;
};

struct PlacedCredential {
  StoredCredential row;
  std::uint64_t position = 0;
};

struct PlacedRevocation {
  StoredRevocation row;
  std::uint64_t position = 0;
};

class Exporter {
 public:
  Exporter(Connection& connection, RowSink& sink) : connection_(connection), sink_(sink) {}

  StorageResult<void> run() {
    put_installation();
    put_tenants();
    put_api_keys();
    put_users();
    put_claims();
    put_sign_ins();
    put_marks();
    put_idempotency();
    put_ephemerals();
    put_revocations();
    put_audit();
    return result_;
  }

 private:
  void put(const StoredRow& row) {
    if (result_) result_ = sink_.put(row);
  }

  template <class Read>
  auto read_all(std::string_view sql, const Params& params, Read&& read) {
    std::vector<std::invoke_result_t<Read, Rows&>> items;
    Rows rows = connection_.query(sql, params);
    while (rows.next()) items.push_back(read(rows));
    return items;
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
    bool begun = false;
    put_all(Cursor<StoredTenant>([&, this](const StoredTenant& last) {
      // Also an id of zeros comes after nothing.
      const ByteView after = std::exchange(begun, true) ? last.tenant.id.view() : ByteView();
      return read_all("SELECT t.exclusive_rp_id IS NOT NULL," MASTERKEY2_TENANT_COLUMNS(
                          "t") "FROM tenants t WHERE t.id > ? ORDER BY t.id LIMIT ?",
                      {after, kPage}, [](Rows& rows) {
                        StoredTenant row;
                        row.rp_id_exclusive = rows.boolean();
                        row.tenant = read_tenant(rows);
                        return row;
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
    bool begun = false;
    put_all(Cursor<ApiKey>([&, this](const ApiKey& last) {
      return read_all(
          "SELECT" MASTERKEY2_API_KEY_COLUMNS("k") "FROM api_keys k WHERE" MASTERKEY2_PAST(
              "k", "id") MASTERKEY2_ALIVE("k") "ORDER BY k.tenant, k.id LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.id, kPage),
          [](Rows& rows) { return read_api_key(rows); });
    }));
  }

  Cursor<StoredUser> users() {
    return Cursor<StoredUser>([this, begun = false](const StoredUser& last) mutable {
      return read_all(
          "SELECT u.tenant," MASTERKEY2_USER_COLUMNS("u") "FROM users u WHERE" MASTERKEY2_PAST(
              "u", "handle") MASTERKEY2_ALIVE("u") "ORDER BY u.tenant, u.handle LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.user.handle, kPage), [](Rows& rows) {
            StoredUser row;
            row.tenant = rows.id<TenantId>();
            row.user = read_user(rows).value_or(UserAccount{});
            return row;
          });
    });
  }

  Cursor<PlacedCredential> credentials() {
    return Cursor<PlacedCredential>([this, begun = false](const PlacedCredential& last) mutable {
      const StoredCredential& row = last.row;
      const bool first = !std::exchange(begun, true);
      const ByteView tenant = first ? ByteView() : row.tenant.view();
      const ByteView user = first ? ByteView() : row.credential.user.view();
      return read_all(
          "SELECT c.tenant, c.position," MASTERKEY2_CREDENTIAL_COLUMNS(
              "c") "FROM credentials c WHERE (c.tenant > ? OR (c.tenant = ? AND (c.user > ? OR "
                   "(c.user = ? AND (c.position > ? OR (c.position = ? AND c.id > ?))))))"
              MASTERKEY2_ALIVE("c") "ORDER BY c.tenant, c.user, c.position, c.id LIMIT ?",
          {tenant, tenant, user, user, last.position, last.position, row.credential.id, kPage},
          [](Rows& rows) {
            PlacedCredential placed;
            placed.row.tenant = rows.id<TenantId>();
            placed.position = rows.unsigned_integer();
            placed.row.credential = read_credential(rows).value_or(CredentialRecord{});
            return placed;
          });
    });
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
    put_all(Cursor<StoredClaim>([this, begun = false](const StoredClaim& last) mutable {
      return read_all(
          "SELECT c.tenant, c.id, c.keep_until FROM claims c WHERE c.kind = 0 AND" MASTERKEY2_PAST(
              "c", "id") MASTERKEY2_ALIVE("c") "ORDER BY c.tenant, c.id LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.id, kPage), [](Rows& rows) {
            StoredClaim row;
            row.tenant = rows.id<TenantId>();
            row.id = rows.id<TokenId>();
            row.keep_until = rows.integer();
            return row;
          });
    }));
  }

  void put_sign_ins() {
    put_all(Cursor<StoredSignIn>([this, begun = false](const StoredSignIn& last) mutable {
      return read_all(
          "SELECT s.tenant, s.session_until, EXISTS (SELECT 1 FROM audit a WHERE a.tenant = "
          "s.tenant AND a.taking = s.id)," MASTERKEY2_SIGN_IN_COLUMNS(
              "s") "FROM claims s WHERE s.kind = 1 AND" MASTERKEY2_PAST("s", "id")
              MASTERKEY2_ALIVE("s") "ORDER BY s.tenant, s.id LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.sign_in.id, kPageOfSignIns),
          [](Rows& rows) {
            StoredSignIn row;
            row.tenant = rows.id<TenantId>();
            row.session_expires_at = rows.integer();
            row.taken = rows.boolean();
            row.sign_in = read_sign_in(rows).value_or(SignIn{});
            return row;
          });
    }));
  }

  /// What marks and sign-ins under one token say together, if that is more than the sign-ins say.
  void put_marks() {
    Cursor<StoredSessionMark> cursor(
        [this, begun = false](const StoredSessionMark& last) mutable {
          return read_all(
          "SELECT m.tenant, m.session_token, MAX(m.purge_at) FROM session_marks m "
          "WHERE" MASTERKEY2_PAST("m", "session_token") MASTERKEY2_ALIVE(
              "m") "GROUP BY m.tenant, m.session_token ORDER BY m.tenant, m.session_token LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.session_token, kPage), [](Rows& rows) {
            StoredSessionMark row;
            row.tenant = rows.id<TenantId>();
            row.session_token = rows.id<TokenId>();
            row.keep_until = rows.integer();
            return row;
          });
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
    put_all(Cursor<StoredIdempotency>([this, begun = false](const StoredIdempotency& last) mutable {
      return read_all(
          "SELECT a.tenant, a.idempotency_key, a.idempotency_body, a.taking, a.assertion_id, "
          "a.idempotency_until FROM audit a JOIN claims c ON c.tenant = a.tenant AND "
          "c.id = a.taking AND c.kind = 1 WHERE a.idempotency_key IS NOT NULL AND" MASTERKEY2_PAST(
              "a", "idempotency_key")
              MASTERKEY2_ALIVE("a") "ORDER BY a.tenant, a.idempotency_key LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.key, kPage), [](Rows& rows) {
            StoredIdempotency row;
            row.tenant = rows.id<TenantId>();
            row.key = rows.id<Digest>();
            row.body = rows.id<Digest>();
            row.sign_in = rows.id<TokenId>();
            row.assertion_id = rows.id<TokenId>();
            row.keep_until = rows.integer();
            return row;
          });
    }));
  }

  void put_ephemerals() {
    put_all(Cursor<StoredEphemeral>([this, begun = false](const StoredEphemeral& last) mutable {
      return read_all(
          "SELECT x.tenant, x.name, x.version, x.value, x.purge_at FROM ephemerals x "
          "WHERE" MASTERKEY2_PAST("x", "name") MASTERKEY2_ALIVE("x") "ORDER BY x.tenant, x.name "
          "LIMIT ?",
          past(std::exchange(begun, true), last.tenant, last.key, kPage), [](Rows& rows) {
            StoredEphemeral row;
            row.tenant = rows.id<TenantId>();
            row.key = rows.bytes();
            row.version = rows.unsigned_integer();
            row.value = rows.bytes();
            row.expires_at = rows.integer();
            return row;
          });
    }));
  }

  void put_revocations() {
    Cursor<PlacedRevocation> cursor([this](const PlacedRevocation& last) {
      return read_all(
          "SELECT r.tenant, r.token, r.purge_at, r.position FROM revocations r "
          "WHERE r.position > ?" MASTERKEY2_ALIVE("r") "ORDER BY r.position LIMIT ?",
          {last.position, kPage}, [](Rows& rows) {
            PlacedRevocation placed;
            placed.row.tenant = rows.id<TenantId>();
            placed.row.token = rows.id<TokenId>();
            placed.row.keep_until = rows.integer();
            placed.position = rows.unsigned_integer();
            return placed;
          });
    });
    for (; result_ && cursor.peek() != nullptr; cursor.next()) put(cursor.peek()->row);
  }

  void put_audit() {
    put_all(Cursor<AuditEntry>([this, begun = false](const AuditEntry& last) mutable {
      const bool first = !std::exchange(begun, true);
      const ByteView tenant = first ? ByteView() : last.tenant.view();
      const ByteView chain = first ? ByteView() : last.chain.view();
      return read_all(
          "SELECT tenant, at, chain, sequence, type, subject, body, purge_at FROM audit "
          "WHERE chain IS NOT NULL AND (tenant > ? OR (tenant = ? AND (at > ? OR (at = ? AND "
          "(chain > ? OR (chain = ? AND sequence > ?)))))) "
          "ORDER BY tenant, at, chain, sequence LIMIT ?",
          {tenant, tenant, last.at, last.at, chain, chain, last.sequence, kPage}, [](Rows& rows) {
            const auto id = rows.id<TenantId>();
            return read_audit_entry(rows, id);
          });
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
