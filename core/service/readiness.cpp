#include "service/readiness.hpp"

#include <cstdlib>

namespace masterkey2 {
namespace {

constexpr UnixMillis kMaxClockDifference = 5'000;

}  // namespace

std::vector<std::string> reasons_not_ready(Services& services) {
  std::vector<std::string> reasons;
  if (const auto checked = services.storage.check(); !checked) {
    reasons.push_back("storage: " + checked.error().detail);
    return reasons;
  }
  if (const auto installation = services.storage.read_installation()) {
    services.installation.observe(installation->epoch);
  } else {
    reasons.push_back("installation record: " + installation.error().detail);
  }
  if (const auto time = services.storage.storage_time(); !time) {
    reasons.push_back("storage clock: " + time.error().detail);
  } else if (time->has_value() && std::abs(**time - services.clock.now()) > kMaxClockDifference) {
    reasons.emplace_back("the clock is more than 5 s off the storage's");
  }
  if (const auto reloaded = services.keys.reload(); !reloaded) {
    reasons.push_back("key ring: " + reloaded.error().detail);
  }
  return reasons;
}

std::vector<std::string> readiness_warnings(const Services& services) {
  return services.attestation.warnings(services.clock.now());
}

}  // namespace masterkey2
