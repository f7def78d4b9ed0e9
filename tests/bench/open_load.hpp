// Visitors who come at a fixed rate, whatever the answers are: more than the server can serve, if
// so wished.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/visitors.hpp"
#include "encoding/json.hpp"

namespace masterkey2::bench {

struct OpenLoad {
  double per_second = 0;  ///< visitors
  double seconds = 0;
  /// Visits at a time. Who comes while all are under way is not offered to the server, but counted.
  std::size_t sockets = 800;
};

/// A visitor begins to sign in, finishes if he may, and leaves at the first refusal.
struct OpenLoadResult {
  double seconds = 0;
  std::size_t due = 0;                        ///< visitors that the rate asks for
  std::size_t not_offered = 0;                ///< of these: all sockets were in use
  std::size_t signed_in = 0;                  ///< within `seconds`
  std::size_t begin_refused = 0;              ///< 503 `overloaded`
  std::size_t finish_refused = 0;             ///< 503 `overloaded`, after a begin that was served
  std::size_t limited = 0;                    ///< 429
  std::size_t without_retry_after = 0;        ///< of the refused and limited
  std::map<std::string, std::size_t> others;  ///< by status and code: what nobody should get
  std::vector<double> refusals;               ///< how long a 503 or 429 took, in s, sorted
  std::vector<double> visits;                 ///< how long a whole sign-in took, in s, sorted
  std::vector<double> late;  ///< how much later than due a visitor was sent, in s, sorted
};

/// One thread does it all.
[[nodiscard]] OpenLoadResult offer(const Door& door, const Members& members,
                                   const std::vector<std::string>& session_tokens,
                                   const OpenLoad& load);

/// As report.py reads it: durations by their percentiles.
[[nodiscard]] Json as_json(const OpenLoadResult& result);

}  // namespace masterkey2::bench
