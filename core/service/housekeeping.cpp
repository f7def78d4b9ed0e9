#include "service/housekeeping.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace masterkey2 {
namespace {

constexpr std::chrono::seconds kRefreshEvery{5};
constexpr int kRefreshesAPurge = 12;
constexpr std::uint32_t kPurgeAtOnce = 10'000;

}  // namespace

std::vector<std::string> reload_files(Services& services) {
  std::vector<std::string> sentences = services.attestation.reload(services.clock.now());
  for (std::string& sentence : services.provider_names.reload()) {
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

Housekeeping::Housekeeping(Services& services, Log log)
    : services_(services),
      log_(std::move(log)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Housekeeping::~Housekeeping() {
  thread_.request_stop();
  thread_.join();
  fill_audit_gaps();
}

void Housekeeping::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurried_ = true;
  }
  wake_.notify_all();
}

void Housekeeping::run(const std::stop_token& stop) {
  int rounds = 0;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kRefreshEvery, [this] { return hurried_; });
      hurried_ = false;
    }
    if (stop.stop_requested()) return;
    refresh();
    if (++rounds % kRefreshesAPurge == 0) {
      purge(stop);
      fill_audit_gaps();
    }
  }
}

void Housekeeping::refresh() {
  const auto reloaded = services_.keys.reload();
  if (!reloaded) {
    log_("the key ring in use stays: " + reloaded.error().detail);
  } else if (*reloaded) {
    log_("another key ring is in use now");
  }
  for (const auto& sentence : reload_files(services_)) log_(sentence);
  const auto epoch = services_.installation.refresh();
  if (!epoch && !storage_was_down_) log_("storage: " + epoch.error().detail);
  storage_was_down_ = !epoch;
}

void Housekeeping::fill_audit_gaps() {
  const auto filled = services_.audit.fill_gaps(services_.storage, services_.clock.now());
  if (!filled) log_("unused audit numbers stay open: " + filled.error().detail);
}

void Housekeeping::purge(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto purged = services_.storage.purge_expired(services_.clock.now(), kPurgeAtOnce);
    if (!purged) {
      log_("expired rows stay for now: " + purged.error().detail);
      return;
    }
    if (*purged < kPurgeAtOnce) return;
  }
}

}  // namespace masterkey2
