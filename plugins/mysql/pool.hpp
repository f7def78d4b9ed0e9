// The connections of this process.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "connection.hpp"
#include "masterkey2/plugin.hpp"

namespace masterkey2::mysql {

/// Thread-safe. At most `pool_size` connections at once, in use or idle; opened when they are
/// needed, and kept in the mode in which they served last: one thread alone comes to have two.
class Pool {
  struct Place {
    std::unique_ptr<Connection> known;  ///< none: a new one is due
    Mode mode;
  };

 public:
  Pool(MysqlOptions options, HostServices& host);

  /// A connection for one call. Goes back to the pool at its end if it is `give_back` then.
  class Lease {
   public:
    Lease(Pool& pool, Place place);
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();

    [[nodiscard]] Connection& connection() { return *connection_; }
    /// It has served before: it may have died since without our knowing.
    [[nodiscard]] bool reused() const { return reused_; }
    /// To be set before it serves.
    [[nodiscard]] Mode mode() const { return mode_; }
    /// Without this the connection is closed: nobody knows what state it is in.
    void give_back() { healthy_ = true; }

   private:
    friend class Pool;
    void fill(std::unique_ptr<Connection> connection) { connection_ = std::move(connection); }

    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    bool reused_;
    Mode mode_;
    bool healthy_ = false;
  };

  /// An idle one in `mode`, or a new one, or, with `pool_size` of them, an idle one of the other
  /// mode that is to change it; the last idle one does that for Mode::kStatements alone. Throws
  /// SqlError: kUnavailable when there is none until `last_start` or the database is down. `fresh`:
  /// one of those that are known has died, and so, it is assumed, have the others. The database
  /// holds a schema and an installation that we can serve.
  [[nodiscard]] Lease acquire(Clock::time_point last_start, Mode mode, bool fresh);
  /// A new connection, never to be given back, on which a statement may take `patience`.
  /// `any_schema`: whatever the database holds.
  [[nodiscard]] Lease acquire_patient(Clock::time_point last_start, bool any_schema,
                                      std::chrono::seconds patience);

  [[nodiscard]] const MysqlOptions& options() const { return options_; }

 private:
  /// Waits for one of the `pool_size` places and takes an idle connection, unless a new one is due.
  [[nodiscard]] Place take_place(Clock::time_point last_start, Mode mode, bool fresh);
  [[nodiscard]] Place choose(Mode mode);
  void leave(std::unique_ptr<Connection> connection);
  void note(const Connection& connection);

  MysqlOptions options_;
  HostServices& host_;
  std::mutex mutex_;
  std::condition_variable place_free_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::uint32_t in_use_ = 0;
  bool noted_ = false;
};

}  // namespace masterkey2::mysql
