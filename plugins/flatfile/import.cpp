// Store: a new store from rows. All go into the first segment, which gets its name when it is
// whole: until then there is no store, and afterwards all of it.
#include <map>
#include <type_traits>
#include <utility>

#include "record_writer.hpp"
#include "store.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kTransactionBytes = 64U << 10;

/// The host has checked the rows: each finds what it names.
class Importer {
 public:
  explicit Importer(RecordWriter writer) : writer_(std::move(writer)) {}

  StorageResult<void> put(const StoredRow& row) {
    if (document_ && !std::holds_alternative<StoredCredential>(row)) finish_user();
    std::visit([this](const auto& one) { add(one); }, row);
    return changes_.bytes().size() < kTransactionBytes ? StorageResult<void>() : flush();
  }

  StorageResult<void> publish() {
    finish_user();
    if (auto flushed = flush(); !flushed) return flushed;
    return writer_.publish();
  }

 private:
  StorageResult<void> flush() {
    if (changes_.empty()) return {};
    // Of time 0: what has expired is left to the next purge.
    const Bytes payload = encode_transaction(sequence_++, 0, changes_);
    changes_.clear();
    return writer_.append(payload);
  }

  void finish_user() {
    if (!document_) return;
    changes_.put_user(tenant_, encode_document(*document_), {});
    document_.reset();
  }

  void add(const Installation& row) { changes_.put_installation(row); }
  void add(const StoredTenant& row) { changes_.put_tenant(row.tenant, row.rp_id_exclusive); }
  void add(const ApiKey& row) { changes_.put_api_key(row); }
  void add(const StoredUser& row) {
    tenant_ = row.tenant;
    document_.emplace().user = row.user;
  }
  void add(const StoredCredential& row) { document_->credentials.push_back(row.credential); }
  void add(const StoredClaim& row) { changes_.put_claim(row.tenant, {row.id, row.keep_until}); }

  void add(const StoredSignIn& row) {
    const SignIn& sign_in = row.sign_in;
    SignInState state;
    state.confirmed = sign_in.confirmed;
    state.taken = row.taken;
    state.takeable_until = sign_in.takeable_until;
    state.keep_until = std::max(sign_in.keep_until, sign_in.takeable_until);
    state.session_expires_at = row.session_expires_at;
    if (sign_in.confirmed) {
      mark({row.tenant, sign_in.session_token}, {sign_in.user, false, row.session_expires_at});
    }
    changes_.put_sign_in(row.tenant, sign_in, state);
    if (row.taken) taken_[{row.tenant, sign_in.id}] = state;
  }

  void mark(const std::pair<TenantId, TokenId>& session, const SessionMark& more) {
    const auto [known, first] = marks_.try_emplace(session, more);
    SessionMark& mark = known->second;
    if (!first) {
      mark.several_users |= more.several_users || mark.user != more.user;
      mark.keep_until = std::max(mark.keep_until, more.keep_until);
    }
    changes_.put_session_mark(session.first, session.second, mark);
  }

  void add(const StoredSessionMark& row) {
    mark({row.tenant, row.session_token}, {row.user, row.several_users, row.keep_until});
  }

  void add(const StoredIdempotency& row) {
    SignInState& state = taken_[{row.tenant, row.sign_in}];
    state.keep_until = std::max(state.keep_until, row.keep_until);
    changes_.put_sign_in_state(row.tenant, row.sign_in, state);
    changes_.put_idempotency(row.tenant, row.key,
                             {row.body, row.sign_in, row.assertion_id, row.keep_until});
  }

  void add(const StoredEphemeral& row) {
    changes_.put_ephemeral(row.tenant, row.key, row.version, row.expires_at, row.value);
  }
  void add(const StoredRevocation& row) {
    changes_.put_revocation(row.tenant, row.token, revocation_++, row.keep_until);
  }
  void add(const AuditEntry& row) { changes_.append_audit(row); }

  RecordWriter writer_;
  MutationList changes_;
  std::uint64_t sequence_ = 1;
  std::uint64_t revocation_ = 1;
  TenantId tenant_;
  std::optional<UserDocument> document_;  ///< the user whose credentials are coming
  std::map<std::pair<TenantId, TokenId>, SessionMark> marks_;
  std::map<std::pair<TenantId, TokenId>, SignInState> taken_;
};

}  // namespace

StorageResult<Outcome> Store::import_rows(const StoreOptions& options, RowSource& rows) {
  const auto fresh = claim_folder(options);
  if (!fresh) return fresh.error();
  if (!*fresh) return Outcome::kAlreadyExists;
  StoredRow row;
  auto more = rows.next(row);
  if (!more) return more.error();
  const auto* installation = std::get_if<Installation>(&row);
  if (!*more || installation == nullptr) {
    return StorageError{StorageErrorCode::kInvalidArgument, "the first row is no installation"};
  }
  if (auto ok = write_first_heartbeat(**fresh, *installation); !ok) return ok.error();
  FileHeader header;
  header.kind = FileKind::kLog;
  header.number = 1;
  header.installation = installation->id;
  header.first_sequence = 1;
  auto writer = RecordWriter::create((*fresh)->folder, header);
  if (!writer) return writer.error();
  Importer importer(std::move(*writer));
  while (*more) {
    if (auto put = importer.put(row); !put) return put.error();
    more = rows.next(row);
    if (!more) return more.error();
  }
  if (auto published = importer.publish(); !published) return published.error();
  return Outcome::kDone;
}

}  // namespace masterkey2::flatfile
