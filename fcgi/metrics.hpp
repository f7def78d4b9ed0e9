// Counts what this process does, for Prometheus.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "service/attestation_files.hpp"
#include "service/clock.hpp"
#include "service/rate_limiter.hpp"
#include "storage/storage_meter.hpp"

namespace masterkey2 {

/// One answered request.
struct RequestFacts {
  std::string_view route;   ///< pattern of the route table; empty: none matched
  std::string_view method;  ///< as sent
  int status = 0;
  std::string_view code;    ///< of a problem or of a verdict; empty: success
  std::string_view reason;  ///< of a failed verification
  std::string_view tenant;  ///< id as text, if it is known
  std::int64_t duration_us = 0;
};

/// Thread-safe. Bounded: routes, codes and reasons come from tables, tenants are counted up to
/// kMostTenants, methods beyond HTTP's usual ones are `other`. Never an id of a user.
class Metrics {
 public:
  static constexpr std::size_t kMostTenants = 1'000;

  struct Options {
    std::string version;
    bool tenants = false;  ///< ceremonies are counted for each tenant
    unsigned workers = 0;
    const StorageMeter* storage = nullptr;          ///< may be null
    const RateLimiter* limits = nullptr;            ///< may be null
    const AttestationFiles* attestation = nullptr;  ///< may be null
    const Clock* clock = nullptr;                   ///< of `attestation`
  };
  explicit Metrics(Options options);

  void request(const RequestFacts& facts);

  /// Prometheus text format 0.0.4. Every series has the label `process`: the processes behind one
  /// socket answer in turn, and each counts for itself.
  [[nodiscard]] std::string text() const;

 private:
  /// kind, outcome, reason, tenant
  using Ceremony = std::tuple<std::string, std::string, std::string, std::string>;
  /// route, method, status
  using Request = std::tuple<std::string, std::string, int>;

  [[nodiscard]] std::string_view tenant_label(std::string_view tenant);

  const Options options_;
  mutable std::mutex mutex_;
  std::map<Request, std::uint64_t, std::less<>> requests_;
  std::map<std::string, LatencyHistogram, std::less<>> durations_;  ///< by route
  std::map<Ceremony, std::uint64_t, std::less<>> ceremonies_;
  std::map<std::string, bool, std::less<>> tenants_;  ///< seen
};

}  // namespace masterkey2
