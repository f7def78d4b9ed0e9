#include "pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "schema.hpp"

namespace masterkey2::mysql {

Pool::Pool(MysqlOptions options, HostServices& host) : options_(std::move(options)), host_(host) {}

Pool::Lease::Lease(Pool& pool, Place place)
    : pool_(&pool),
      connection_(std::move(place.known)),
      reused_(connection_ != nullptr),
      mode_(place.mode) {}

Pool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      connection_(std::move(other.connection_)),
      reused_(other.reused_),
      mode_(other.mode_),
      healthy_(other.healthy_) {}

Pool::Lease::~Lease() {
  if (pool_ == nullptr) return;
  if (!healthy_) connection_.reset();
  pool_->leave(std::move(connection_));
}

Pool::Place Pool::take_place(Clock::time_point last_start, Mode mode, bool fresh) {
  std::vector<std::unique_ptr<Connection>> dead;  // closed without the lock
  std::unique_lock lock(mutex_);
  if (!place_free_.wait_until(lock, last_start, [this] { return in_use_ < options_.pool_size; })) {
    throw SqlError(
        {StorageErrorCode::kUnavailable, "no connection to the database is free: see pool_size"});
  }
  if (fresh) dead.swap(idle_);
  Place place = choose(mode);
  ++in_use_;
  return place;
}

Pool::Place Pool::choose(Mode mode) {
  auto chosen = std::find_if(idle_.rbegin(), idle_.rend(),
                             [mode](const auto& idle) { return idle->mode() == mode; });
  if (chosen == idle_.rend()) {
    if (in_use_ + idle_.size() < options_.pool_size) return {nullptr, mode};
    // It would change to and fro all the time. START TRANSACTION costs as much, and once.
    if (idle_.size() == 1) mode = Mode::kStatements;
    chosen = idle_.rbegin();
  }
  Place place{std::move(*chosen), mode};
  idle_.erase(std::next(chosen).base());
  return place;
}

Pool::Lease Pool::acquire(Clock::time_point last_start, Mode mode, bool fresh) {
  Lease lease(*this, take_place(last_start, mode, fresh));
  if (lease.reused()) {
    lease.connection().set_last_start(last_start);
    return lease;
  }
  if (Clock::now() > last_start) {
    throw SqlError({StorageErrorCode::kUnavailable, "no time left to connect to the database"});
  }
  lease.fill(Connection::open(options_));
  lease.connection().set_last_start(last_start);
  require_served(read_schema_state(lease.connection()));
  note(lease.connection());
  return lease;
}

Pool::Lease Pool::acquire_patient(Clock::time_point last_start, bool any_schema,
                                  std::chrono::seconds patience) {
  Lease lease(*this, take_place(last_start, Mode::kStatements, true));
  MysqlOptions patient = options_;
  patient.timeout = patience;
  lease.fill(Connection::open(patient));
  lease.connection().set_last_start(last_start);
  if (!any_schema) require_served(read_schema_state(lease.connection()));
  note(lease.connection());
  return lease;
}

void Pool::leave(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }
  place_free_.notify_one();
}

void Pool::note(const Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(noted_, true)) return;
  }
  const Connection::Facts& facts = connection.facts();
  host_.log(PluginLogLevel::kInfo,
            "connected to database server " + facts.version + (facts.galera ? " (Galera)" : ""));
  if (!facts.flushes_at_commit && !facts.galera) {
    host_.log(PluginLogLevel::kWarning,
              "innodb_flush_log_at_trx_commit is not 1 on the database server: what was "
              "acknowledged may be lost with its power");
  }
}

}  // namespace masterkey2::mysql
