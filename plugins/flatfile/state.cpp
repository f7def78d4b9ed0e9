// State: reading rows, in memory and on disk.
#include "state.hpp"

#include <algorithm>
#include <utility>

namespace masterkey2::flatfile {
namespace {

/// Entries of the log. Their places are known in the order of time: those of one time are read
/// together, and put in order.
class RecentStream final : public AuditStream {
 public:
  RecentStream(const State& state, const AuditKey& from)
      : state_(state), from_(from), tenant_(state.recent_audit().lower_bound(from.tenant)) {
    enter_tenant();
  }

  StorageResult<const StoredAudit*> peek() override {
    while (at_ == entries_.size()) {
      if (unread_.empty()) to_next_time();
      if (unread_.empty()) return nullptr;
      if (auto read = read_entries(); !read) return read.error();
    }
    return &entries_[at_];
  }
  void next() override {
    if (at_ < entries_.size()) ++at_;
  }

 private:
  void enter_tenant() {
    places_.reset();
    if (tenant_ == state_.recent_audit().end()) return;
    const auto& [id, recent] = *tenant_;
    places_.emplace(recent, id == from_.tenant ? from_.at : INT64_MIN);
  }
  void to_next_time() {
    while (places_) {
      unread_ = places_->next();
      if (!unread_.empty()) return;
      ++tenant_;
      enter_tenant();
    }
  }
  StorageResult<void> read_entries() {
    entries_.clear();
    at_ = 0;
    if (auto read = read_together(); !read) {
      entries_.clear();
      return read;
    }
    std::ranges::stable_sort(entries_, {}, &StoredAudit::key);
    unread_.clear();
    return {};
  }
  /// One behind the other in `bytes_`, which so must have room for all before the first is
  /// borrowed.
  StorageResult<void> read_together() {
    std::size_t size = 0;
    for (const Location& location : unread_) size += location.size;
    if (bytes_.size() < size) bytes_.resize(size);
    auto place = bytes_.begin();
    for (const Location& location : unread_) {
      const auto read = state_.read(location, reader_);
      if (!read) return read.error();
      const auto start = place;
      place = std::ranges::copy(*read, start).out;
      const auto entry = AuditRows::decode({start, place});
      if (!entry) return state_.damaged(location);
      if (entry->key >= from_) entries_.push_back(*entry);
    }
    return {};
  }

  const State& state_;
  AuditKey from_;
  std::map<TenantId, RecentAudit>::const_iterator tenant_;
  std::optional<PlacesByTime> places_;
  std::vector<Location> unread_;  ///< all of one time
  BlockReader reader_;
  Bytes bytes_;  ///< what `entries_` are of
  std::vector<StoredAudit> entries_;
  std::size_t at_ = 0;
};

}  // namespace

StorageError State::damaged(const Location& location) const {
  return {StorageErrorCode::kCorrupt, files_[location.file]->name + ": what stands at offset " +
                                          std::to_string(location.offset) + " is damaged"};
}

std::uint32_t State::add_file(std::shared_ptr<DataFile> file) {
  files_.push_back(std::move(file));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

const TenantSpace* State::find_tenant(const TenantId& id) const {
  const auto found = tenants_.find(id);
  return found == tenants_.end() ? nullptr : &found->second;
}

const ApiKey* State::find_api_key(const Digest& digest) const {
  const auto found = keys_by_digest_.find(digest);
  if (found == keys_by_digest_.end()) return nullptr;
  return &tenants_.at(found->second.first).keys.at(found->second.second);
}

bool State::has_expired(UnixMillis before) const {
  for (const auto& [id, tenant] : tenants_) {
    if (tenant.claims.has_expired(before) || tenant.sign_ins.has_expired(before) ||
        tenant.marks.has_expired(before) || tenant.idempotency.has_expired(before) ||
        tenant.revocations.has_expired(before) || tenant.ephemerals.has_expired(before)) {
      return true;
    }
  }
  return false;
}

StorageResult<Bytes> State::read(const Location& location) const {
  const DataFile& file = *files_[location.file];
  auto bytes = read_at(file.fd.get(), location.offset, location.size, file.name);
  if (!bytes) return bytes;
  if (bytes->size() != location.size) return damaged(location);
  return bytes;
}

StorageResult<ByteView> State::read(const Location& location, BlockReader& reader) const {
  auto bytes = reader.read(*files_[location.file], location.offset, location.size);
  if (!bytes) return bytes;
  if (bytes->size() != location.size) return damaged(location);
  return bytes;
}

StorageResult<UserDocument> State::read_document(const Location& location) const {
  const auto bytes = read(location);
  if (!bytes) return bytes.error();
  std::optional<UserDocument> document = decode_document(*bytes);
  if (!document) return damaged(location);
  return std::move(*document);
}

StorageResult<std::optional<UserDocument>> State::find_user(const TenantSpace& tenant,
                                                            std::string_view external_id) const {
  const Location* location = tenant.users.find(external_id);
  if (location == nullptr) return std::optional<UserDocument>();
  auto document = read_document(*location);
  if (!document) return document.error();
  if (document->user.external_id != external_id) {
    return damaged(*location);
  }
  return std::optional(std::move(*document));
}

StorageResult<std::optional<UserDocument>> State::find_user(const TenantSpace& tenant,
                                                            const UserHandle& handle) const {
  for (const Location& location : tenant.users.candidates(handle)) {
    auto document = read_document(location);
    if (!document) return document.error();
    if (document->user.handle == handle) return std::optional(std::move(*document));
  }
  return std::optional<UserDocument>();
}

StorageResult<std::optional<UserDocument>> State::find_owner(const TenantSpace& tenant,
                                                             ByteView credential_id) const {
  for (const Location& location : tenant.users.candidates_of_credential(credential_id)) {
    auto document = read_document(location);
    if (!document) return document.error();
    for (const CredentialRecord& credential : document->credentials) {
      if (equal_bytes(credential.id, credential_id)) return std::optional(std::move(*document));
    }
  }
  return std::optional<UserDocument>();
}

StorageResult<SignIn> State::read_sign_in(const SignInRow& row) const {
  const auto bytes = read(row.location);
  if (!bytes) return bytes.error();
  std::optional<SignIn> sign_in = decode_sign_in(*bytes);
  if (!sign_in) return damaged(row.location);
  sign_in->confirmed = row.state.confirmed;
  sign_in->takeable_until = row.state.takeable_until;
  return std::move(*sign_in);
}

std::unique_ptr<AuditStream> State::stream_recent_audit(const AuditKey& from) const {
  return std::make_unique<RecentStream>(*this, from);
}

}  // namespace masterkey2::flatfile
