// What a site's visitors and its operator do all day, with the answer that each call must get.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "bench/http_connection.hpp"
#include "bench/visitors.hpp"
#include "encoding/json.hpp"

namespace masterkey2::bench {

/// Of all workers together.
struct SoakCounts {
  std::atomic<std::size_t> rounds = 0;
  std::atomic<std::size_t> sign_ins = 0;
  std::atomic<std::size_t> unavailable = 0;  ///< 502, 503, 504 or no answer while `disturbed`
  std::atomic<std::size_t> unexplained = 0;  ///< the same at other times
  std::atomic<bool> disturbed = false;       ///< somebody restarts something
  std::mutex mutex;
  std::map<std::string, std::size_t> wrong;  ///< by call and answer; guarded by `mutex`
};

/// One thread's work, with users of its own. What a call that got no answer has done is not known:
/// its user is not looked at again.
class SoakWorker {
 public:
  SoakWorker(const Door& door, unsigned number, SoakCounts& counts)
      : door_(door), connection_(door.port), number_(number), counts_(counts) {}

  /// The `index`th round: mostly a sign-in.
  void round(std::size_t index);

 private:
  struct Member {
    std::string external_id;
    support::VirtualCredential credential;
  };

  Json expect(const std::string& method, const std::string& path, const std::string& headers,
              const std::string& body, int status, const std::string& code = "");
  std::string session();
  void join();
  void leave();
  /// finish_authentication by a member, which must end so.
  Json sign_in(const Member& member, int status = 200, const std::string& code = "");
  void sign_in_and_verify();
  void be_disabled();
  void be_refused();
  void show_code();

  const Door door_;
  HttpConnection connection_;
  const unsigned number_;
  SoakCounts& counts_;
  std::size_t joined_ = 0;
  std::string session_token_;
  std::deque<Member> members_;  ///< the oldest first
};

}  // namespace masterkey2::bench
