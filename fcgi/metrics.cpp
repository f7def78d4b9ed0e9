#include "fcgi/metrics.hpp"

#include <unistd.h>

#include <array>
#include <initializer_list>
#include <utility>

namespace masterkey2 {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Builds the text; every series gets the process's label first.
class Exposition {
 public:
  explicit Exposition(std::string process) : process_(std::move(process)) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += "# HELP " + name_ + ' ' + std::string(help) + "\n# TYPE " + name_ + ' ' +
             std::string(type) + '\n';
  }
  void sample(Labels labels, const std::string& value, std::string_view suffix = "") {
    text_ += name_ + std::string(suffix) + "{process=\"" + process_ + '"';
    for (const auto& [name, label] : labels) {
      text_ += ',' + std::string(name) + "=\"" + escaped(label) + '"';
    }
    text_ += "} " + value + '\n';
  }
  void sample(Labels labels, std::uint64_t value) { sample(labels, std::to_string(value)); }

  void histogram(std::string_view label, std::string_view value,
                 const LatencyHistogram& histogram) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < histogram.buckets.size(); ++i) {
      sum += histogram.buckets.at(i);
      const std::string bound =
          i < kLatencyBounds.size() ? seconds(kLatencyBounds.at(i)) : std::string("+Inf");
      sample({{label, value}, {"le", bound}}, std::to_string(sum), "_bucket");
    }
    sample({{label, value}}, seconds(histogram.total_us), "_sum");
    sample({{label, value}}, std::to_string(sum), "_count");
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  static std::string seconds(std::int64_t us) {
    std::string digits = std::to_string(us % 1'000'000 + 1'000'000).substr(1);
    while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
    return std::to_string(us / 1'000'000) + '.' + digits;
  }
  static std::string escaped(std::string_view label) {
    std::string text;
    for (const char c : label) {
      if (c == '\\' || c == '"') text += '\\';
      text += c == '\n' ? ' ' : c;
    }
    return text;
  }

  const std::string process_;
  std::string name_;
  std::string text_;
};

std::string_view method_label(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "other";
}

/// The kind of ceremony that a route finishes; empty: none.
std::string_view ceremony_kind(std::string_view route) {
  if (route.ends_with("/finish_registration")) return "registration";
  if (route.ends_with("/finish_authentication")) return "authentication";
  if (route.ends_with("/cross_device/finish")) return "cross_device";
  if (route.ends_with("/verify-auth")) return "verification";
  return {};
}

/// The entry of `key`, which is copied only where it is new.
template <class Map, class Key>
typename Map::mapped_type& entry(Map& map, const Key& key) {
  const auto there = map.find(key);
  if (there != map.end()) return there->second;
  return map.emplace(key, typename Map::mapped_type{}).first->second;
}

std::string_view error_word(StorageErrorCode code) {
  constexpr std::array<std::string_view, 10> kWords = {
      "conflict", "unavailable",     "outcome_unknown",  "not_initialized", "incompatible",
      "corrupt",  "invalid_options", "invalid_argument", "internal",        "unsupported"};
  return kWords.at(static_cast<std::size_t>(code));
}

/// What of attestation needs an operator, before registrations fail for it.
void expose(const AttestationFiles& files, UnixMillis now, Exposition& out) {
  out.family("masterkey2_attestation_warnings", "gauge",
             "What /readyz warns of: files of attestation that cannot be used, stale metadata.");
  out.sample({}, files.warnings(now).size());
  const auto trust = files.current();
  if (!trust->metadata) return;
  out.family("masterkey2_metadata_next_update_seconds", "gauge",
             "When newer FIDO metadata is due, in Unix time.");
  out.sample({}, static_cast<std::uint64_t>(trust->metadata->next_update() / 1'000));
}

}  // namespace

Metrics::Metrics(Options options) : options_(std::move(options)) {}

void Metrics::request(const RequestFacts& facts) {
  const std::lock_guard lock(mutex_);
  const std::string_view route = facts.route.empty() ? "none" : facts.route;
  ++entry(requests_, std::tuple(route, method_label(facts.method), facts.status));
  entry(durations_, route).add(facts.duration_us);
  if (const std::string_view kind = ceremony_kind(facts.route); !kind.empty()) {
    const std::string_view outcome = facts.code.empty() ? "success" : facts.code;
    ++entry(ceremonies_, std::tuple(kind, outcome, facts.reason, tenant_label(facts.tenant)));
  }
}

std::string_view Metrics::tenant_label(std::string_view tenant) {
  if (!options_.tenants || tenant.empty()) return {};
  if (!tenants_.contains(tenant)) {
    if (tenants_.size() >= kMostTenants) return "other";
    tenants_.emplace(tenant, true);
  }
  return tenant;
}

std::string Metrics::text() const {
  Exposition out(std::to_string(::getpid()));
  out.family("masterkey2_build_info", "gauge", "What runs here.");
  out.sample({{"version", options_.version}}, 1);
  out.family("masterkey2_workers", "gauge", "Threads that answer requests.");
  out.sample({}, options_.workers);
  {
    const std::lock_guard lock(mutex_);
    out.family("masterkey2_requests_total", "counter", "Answered requests.");
    for (const auto& [key, count] : requests_) {
      const auto& [route, method, status] = key;
      out.sample({{"route", route}, {"method", method}, {"status", std::to_string(status)}}, count);
    }
    out.family("masterkey2_request_duration_seconds", "histogram",
               "From the arrival of a request to its answer.");
    for (const auto& [route, histogram] : durations_) out.histogram("route", route, histogram);
    out.family("masterkey2_ceremonies_total", "counter",
               "Finished ceremonies and verifications, by how they ended.");
    for (const auto& [key, count] : ceremonies_) {
      const auto& [kind, outcome, reason, tenant] = key;
      if (options_.tenants) {
        out.sample({{"kind", kind}, {"outcome", outcome}, {"reason", reason}, {"tenant", tenant}},
                   count);
      } else {
        out.sample({{"kind", kind}, {"outcome", outcome}, {"reason", reason}}, count);
      }
    }
  }
  if (options_.limits != nullptr) {
    out.family("masterkey2_rate_limited_total", "counter", "Requests beyond a rate limit.");
    for (std::size_t i = 0; i < kLimitWords.size(); ++i) {
      out.sample({{"limit", kLimitWords.at(i)}},
                 options_.limits->refused(static_cast<LimitKind>(i)));
    }
  }
  if (options_.attestation != nullptr) {
    expose(*options_.attestation, options_.clock->now(), out);
  }
  if (options_.storage != nullptr) {
    const StorageMeter::Snapshot storage = options_.storage->snapshot();
    out.family("masterkey2_storage_duration_seconds", "histogram", "Calls of the storage plugin.");
    for (const auto& [operation, histogram] : storage.latency) {
      out.histogram("operation", operation, histogram);
    }
    out.family("masterkey2_storage_errors_total", "counter", "Failed calls of the storage plugin.");
    for (const auto& [key, count] : storage.errors) {
      out.sample({{"operation", key.first}, {"error", error_word(key.second)}}, count);
    }
    out.family("masterkey2_storage_refused_total", "counter",
               "Calls refused because too many were stuck.");
    out.sample({}, storage.refused);
    out.family("masterkey2_storage_calls_under_way", "gauge", "Calls that have not come back.");
    out.sample({}, storage.under_way);
  }
  return std::move(out).take();
}

}  // namespace masterkey2
