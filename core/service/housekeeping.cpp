#include "service/housekeeping.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "service/free_memory.hpp"
#include "service/rollback_guard.hpp"

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

Housekeeping::Housekeeping(Services& services, Log log, Anchor anchor, StorageWatch watch)
    : services_(services),
      log_(std::move(log)),
      anchor_(std::move(anchor)),
      watch_(std::move(watch)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Housekeeping::~Housekeeping() {
  thread_.request_stop();
  thread_.join();
  seal_audit();
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
    look_for_rollback();
    if (++rounds % kRefreshesAPurge == 0) {
      purge(stop);
      beat_heart();
      seal_audit();
      give_free_memory_back();
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

void Housekeeping::look_for_rollback() {
  if (watch_.anchor_path.empty()) return;
  const auto doubt = storage_doubt(services_.storage, watch_.anchor_path);
  if (doubt && *doubt) watch_.on_rollback(**doubt);
}

void Housekeeping::beat_heart() {
  if (watch_.anchor_path.empty()) return;
  const auto done = beat(services_.storage, watch_.anchor_path, services_.clock.now());
  if (!done) log_(done.error());
}

void Housekeeping::seal_audit() {
  const auto sealed = services_.audit.seal(services_.storage, services_.clock.now());
  if (sealed.error)
    log_("audit entries stay unsealed until the next minute: " + sealed.error->detail);
  if (!anchor_) return;
  for (const AuditHead& head : sealed.heads) anchor_(head);
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
