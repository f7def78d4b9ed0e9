// FlatfileStorage: the installation.
#include "flatfile_storage.hpp"

#include <utility>

namespace masterkey2::flatfile {

FlatfileStorage::FlatfileStorage(StoreOptions options, HostServices& host)
    : options_(std::move(options)), host_(host) {}

StorageResult<Store*> FlatfileStorage::store() {
  const std::lock_guard lock(open_mutex_);
  if (!store_) {
    auto opened = Store::open(options_, host_);
    if (!opened) return opened.error();
    store_ = std::move(*opened);
  }
  return store_.get();
}

StorageResult<Outcome> FlatfileStorage::initialize(const Installation& installation) {
  try {
    return Store::initialize(options_, installation);
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

StorageResult<void> FlatfileStorage::export_rows(RowSink& sink) {
  return with_store([&](Store& store) { return store.export_rows(sink); });
}

StorageResult<Outcome> FlatfileStorage::import_rows(RowSource& rows) {
  try {
    return Store::import_rows(options_, rows);
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

StorageResult<Storage::Migrated> FlatfileStorage::migrate() {
  try {
    return Store::migrate(options_);
  } catch (const std::exception& error) {
    return StorageError{StorageErrorCode::kInternal, error.what()};
  }
}

StorageResult<Installation> FlatfileStorage::read_installation() {
  return with_store([](Store& store) { return store.read_installation(); });
}

StorageResult<Outcome> FlatfileStorage::raise_epoch(std::uint64_t expected, UnixMillis now) {
  return transact(now, [&](const State& state, MutationList& changes) -> StorageResult<Outcome> {
    if (state.installation.epoch != expected) return Outcome::kEpochChanged;
    Installation raised = state.installation;
    ++raised.epoch;
    raised.epoch_raised_at = now;
    changes.put_installation(raised);
    return Outcome::kDone;
  });
}

StorageResult<void> FlatfileStorage::write_heartbeat(std::uint64_t heartbeat, UnixMillis now) {
  return with_store([&](Store& store) { return store.write_heartbeat(heartbeat, now); });
}

StorageResult<void> FlatfileStorage::check() {
  return with_store([](Store& store) { return store.check(); });
}

StorageResult<std::optional<UnixMillis>> FlatfileStorage::storage_time() {
  return std::optional<UnixMillis>();  // the host's clock is the only one there is
}

StorageResult<std::uint64_t> FlatfileStorage::purge_expired(UnixMillis now, std::uint32_t limit) {
  return with_store([&](Store& store) { return store.purge(now, limit); });
}

}  // namespace masterkey2::flatfile
