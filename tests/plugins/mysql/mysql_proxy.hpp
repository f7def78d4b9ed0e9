// Stands between the plugin and the server: counts round trips, and cuts connections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/temporary_folder.hpp"

namespace masterkey2::testing {

class MysqlProxy {
 public:
  enum class Cut {
    kNone,
    kBefore,  ///< the server never sees the command
    kAfter,   ///< the server has carried it out, its answer gets lost
    kDelay,   ///< the server sees the command when it is released, long after the client has gone
  };

  explicit MysqlProxy(std::string upstream);
  MysqlProxy(const MysqlProxy&) = delete;
  MysqlProxy& operator=(const MysqlProxy&) = delete;
  ~MysqlProxy();

  [[nodiscard]] std::string socket() const { return folder_ / "proxy"; }
  /// Commands that the server must answer, since the last call.
  [[nodiscard]] std::uint64_t take_count() { return count_.exchange(0); }
  /// Cuts the connection around the next COMMIT.
  void cut_commit(Cut cut);
  /// From now on each command waits so long on its way to the server.
  void set_delay(std::chrono::milliseconds delay) { delay_ms_ = static_cast<int>(delay.count()); }
  /// Compound statements cannot be prepared from now on, as on MySQL.
  void refuse_compound_statements() { refuses_compound_ = true; }
  /// New connections go there from now on.
  void set_upstream(const std::string& upstream);
  /// Called between the client's loss of its connection, by kDelay, and its hearing of that.
  void call_at_delay(std::function<void()> work) { at_delay_ = std::move(work); }
  /// The server gets the command that was delayed, and has answered it.
  void release();
  /// The same, just before the next command that holds `text`.
  void release_before(const std::string& text);
  /// Cuts the connection around the `number`th command from now on, 1 being the next.
  void cut_command(std::uint64_t number, Cut cut);

 private:
  struct Link;
  void accept_all();
  void serve(int client);
  /// False: the connection is cut.
  bool forward_command(Link& link);
  [[nodiscard]] Cut cut_for(const std::string& command);
  [[nodiscard]] bool releases(const std::string& command);

  std::string upstream_;
  TemporaryFolder folder_;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<int> delay_ms_ = 0;
  std::atomic<bool> refuses_compound_ = false;
  std::mutex mutex_;
  Cut cut_ = Cut::kNone;
  int delayed_ = -1;  ///< the connection to the server that the delayed command belongs to
  std::string delayed_command_;
  std::string release_before_;
  std::function<void()> at_delay_;
  std::uint64_t cut_at_ = 0;  ///< commands until the cut; 0: the next COMMIT
  std::vector<std::thread> links_;
  std::thread acceptor_;
};

}  // namespace masterkey2::testing
