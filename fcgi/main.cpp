// masterkey2-fcgi: configuration → plugin → services → router → workers.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/base_url.hpp"
#include "config/config.hpp"
#include "encoding/base64url.hpp"
#include "fcgi/arguments.hpp"
#include "fcgi/event_log.hpp"
#include "fcgi/fcgi_server.hpp"
#include "fcgi/listen_socket.hpp"
#include "fcgi/metrics.hpp"
#include "fcgi/ready_queue.hpp"
#include "fcgi/request_checks.hpp"
#include "fcgi/routes.hpp"
#include "fcgi/service_manager.hpp"
#include "service/fair_share.hpp"
#include "service/free_memory.hpp"
#include "service/housekeeping.hpp"
#include "service/rate_limiter.hpp"
#include "service/rollback_guard.hpp"
#include "service/services.hpp"
#include "storage/plugin_loader.hpp"

namespace masterkey2 {
namespace {

/// Ends the start with a sentence and a code of sysexits.h.
struct StartFailure {
  int code;
  std::string sentence;
};

class PluginLog final : public HostServices {
 public:
  explicit PluginLog(EventLog& log) : log_(log) {}
  void log(PluginLogLevel level, std::string_view text) override {
    constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning,
                                    LogLevel::kError};
    log_.event(kLevels[static_cast<std::size_t>(level) % std::size(kLevels)], "storage",
               {{"detail", text}});
  }

 private:
  EventLog& log_;
};

Config config_or_throw(const std::string& path) {
  auto config = read_config(path);
  if (config) return std::move(*config);
  std::string sentences;
  for (const ConfigMistake& mistake : config.error()) sentences += mistake.message() + "\n";
  sentences.pop_back();
  throw StartFailure{EX_CONFIG, sentences};
}

/// `masterkey2ctl audit verify --anchors` reads these lines.
void log_audit_head(EventLog& log, const AuditHead& head) {
  log.event(LogLevel::kInfo, "audit_head",
            {{"tenant", base64url_encode(head.tenant.view())},
             {"chain", base64url_encode(head.chain.view())},
             {"sequence", std::to_string(head.sequence)},
             {"head", base64url_encode(head.head.view())}});
}

ListenSocket listen_or_throw(const Arguments& arguments, const Config& config,
                             std::optional<ListenSocket> inherited) {
  if (arguments.listen.empty() && inherited) return *std::move(inherited);
  const std::string& where = arguments.listen.empty() ? config.listen : arguments.listen;
  if (where.empty()) {
    throw StartFailure{EX_USAGE,
                       "nowhere to listen: file descriptor 0 is no listening socket, and neither "
                       "--listen nor `listen` in the configuration says where"};
  }
  const auto address = parse_listen_address(where);
  if (!address) throw StartFailure{EX_USAGE, address.error()};
  auto socket =
      bind_socket(*address, static_cast<mode_t>(std::stoul(config.listen_mode, nullptr, 8)));
  if (!socket) throw StartFailure{EX_OSERR, socket.error()};
  return std::move(*socket);
}

LoadedStorage storage_or_throw(const Config& config, HostServices& host,
                               StorageMeter* meter = nullptr) {
  auto loaded = load_storage({.plugin_dir = config.plugin_dir,
                              .name = config.storage.plugin,
                              .options = config.storage.options,
                              .allow_own_plugins = config.allow_own_plugins,
                              .required_capabilities = 0,
                              .meter = meter},
                             host);
  if (!loaded) throw StartFailure{EX_CONFIG, loaded.error().detail};
  return std::move(*loaded);
}

KeyRing ring_or_throw(const std::string& path) {
  auto ring = read_key_ring(path);
  if (!ring) {
    throw StartFailure{EX_CONFIG, ring.error().detail +
                                      " (`masterkey2ctl storage init` makes key ring and store)"};
  }
  return std::move(*ring);
}

ServiceOptions service_options(const Config& config, const StoragePlugin& plugin) {
  return {.base_url = config.base_url,
          .session_ttl = config.tokens.session_ttl_seconds * 1'000,
          .auth_ttl = config.tokens.auth_ttl_seconds * 1'000,
          .ceremony_ttl = config.tokens.ceremony_ttl_seconds * 1'000,
          .local_reads = (plugin.capabilities & kLocalReads) != 0,
          .attestation = {.trust_anchors = config.attestation.trust_anchors,
                          .metadata = config.attestation.metadata,
                          .metadata_root = config.attestation.metadata_root,
                          .metadata_host = config.attestation.metadata_host},
          .anchor_path = storage_anchor_path(config.keyring),
          .provider_names = config.provider_names};
}

std::vector<AddressRange> ranges(const std::vector<std::string>& texts) {
  std::vector<AddressRange> list;
  list.reserve(texts.size());
  for (const std::string& text : texts) list.push_back(AddressRange::parse(text).value());
  return list;
}

RateLimits rate_limits(const Config& config) {
  const auto limit = [](std::int64_t count, UnixMillis period) {
    return RateLimit{.count = static_cast<std::uint32_t>(count), .period = period};
  };
  constexpr UnixMillis kSecond = 1'000;
  constexpr UnixMillis kMinute = 60'000;
  RateLimits limits;
  limits.by_kind = {limit(config.rate_limits.address_per_minute, kMinute),
                    limit(config.rate_limits.token_per_minute, kMinute),
                    limit(config.rate_limits.tenant_per_second, kSecond),
                    limit(config.rate_limits.key_per_second, kSecond),
                    limit(config.rate_limits.claim_address_per_minute, kMinute),
                    limit(config.rate_limits.claim_tenant_per_minute, kMinute)};
  return limits;
}

/// Without the shared file each process counts for itself, which is better than not at all.
SharedCells limit_cells(const Config& config, EventLog& log) {
  auto cells = SharedCells::open(config.rate_limits.file, system_random());
  if (cells) return std::move(*cells);
  log.event(LogLevel::kWarning, "rate_limits_not_shared", {{"detail", cells.error()}});
  return SharedCells::in_memory(system_random());
}

ServerOptions server_options(const Config& config, Metrics& metrics, const Services& services) {
  ServerOptions options;
  options.workers = config.workers;
  options.gate.on_request = [&metrics](const HttpRequest& request, int status,
                                       const RequestLog& line, std::int64_t us) {
    metrics.request({.route = line.route,
                     .method = request.method,
                     .status = status,
                     .code = line.code,
                     .reason = line.reason,
                     .tenant = line.tenant,
                     .duration_us = us});
  };
  options.gate.line_of = [&services](const HttpRequest& request) {
    const auto token = read_bearer(request);
    return fair_share(services, token ? *token : std::string_view(), request.remote_address);
  };
  options.gate.peers = {.trusted_proxies = ranges(config.trusted_proxies),
                        .operators = ranges(config.metrics.allow)};
  return options;
}

/// A storage that does not answer is no reason to end: it may come back, and begin calls go on.
StorageResult<Installation> look_at_storage(Storage& storage) {
  auto checked = storage.check();
  if (!checked) return checked.error();
  return storage.read_installation();
}

sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// What can change live: the log level here, the key ring by housekeeping. A broken file changes
/// nothing.
void reload(const std::string& path, EventLog& log, Housekeeping& housekeeping) {
  notify_service_manager("RELOADING=1");
  const auto config = read_config(path);
  if (config) {
    log.set_level(parse_log_level(config->log.level).value_or(LogLevel::kInfo));
    log.event(LogLevel::kInfo, "reload");
  } else {
    for (const ConfigMistake& mistake : config.error()) {
      log.event(LogLevel::kError, "reload_refused", {{"detail", mistake.message()}});
    }
  }
  housekeeping.hurry();
  notify_service_manager("READY=1");
}

/// The next of the blocked signals. Meanwhile the service manager hears that the server is alive,
/// as long as it is: one that stands still is replaced.
int next_signal(const sigset_t& signals, FcgiServer& server) {
  const auto patience = service_manager_patience();
  // One look that comes at a bad moment may fail.
  const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(
      patience.value_or(std::chrono::hours(24)) / 4);
  const timespec time{.tv_sec = static_cast<time_t>(pause.count() / 1'000'000'000),
                      .tv_nsec = static_cast<long>(pause.count() % 1'000'000'000)};
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &time);
    if (signal > 0) return signal;
    if (patience && !server.stands_still()) notify_service_manager("WATCHDOG=1");
  }
}

int check(const Config& config) {
  EventLog log(STDERR_FILENO, LogLevel::kWarning);
  PluginLog plugin_log(log);
  const LoadedStorage loaded = storage_or_throw(config, plugin_log);
  static_cast<void>(ring_or_throw(config.keyring));
  const auto installation = look_at_storage(loaded.storage());
  if (!installation) {
    const bool missing = installation.error().code == StorageErrorCode::kNotInitialized;
    throw StartFailure{EX_UNAVAILABLE, installation.error().detail +
                                           (missing ? " (run `masterkey2ctl storage init`)" : "")};
  }
  std::cout << "masterkey2-fcgi: configuration, key ring and storage are good\n";
  return EX_OK;
}

/// Each connection is a descriptor, and shells and service managers start programs with 1,024.
void raise_descriptor_limit() {
  constexpr rlim_t kEnough = 65'536;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
  limit.rlim_cur = std::min(limit.rlim_max, kEnough);
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const Arguments& arguments, const Config& config, std::optional<ListenSocket> inherited) {
  const sigset_t signals = block_signals();
  bound_free_memory();
  raise_descriptor_limit();
  initialize_fastcgi_library();
  const BaseUrl base_url = parse_base_url(config.base_url).value();
  ListenSocket socket = listen_or_throw(arguments, config, std::move(inherited));
  const std::string listening = socket.name;

  EventLog log(STDERR_FILENO, parse_log_level(config.log.level).value_or(LogLevel::kInfo));
  PluginLog plugin_log(log);
  // Of the workers that a tenant may have, one stays free to tell that storage does not answer.
  StorageMeter meter(workers_of_a_line(config.workers) - 1);
  const LoadedStorage loaded = storage_or_throw(config, plugin_log, &meter);
  Services services(
      loaded.storage(), ring_or_throw(config.keyring),
      [path = config.keyring] { return read_key_ring(path); }, system_clock(), system_random(),
      service_options(config, loaded.descriptor()));
  const std::string& anchor_path = services.options.anchor_path;
  std::atomic<bool> rolled_back = false;  // then the process ends, and starts again only on request
  std::optional<RateLimiter> limiter;
  if (config.rate_limits.enabled) limiter.emplace(limit_cells(config, log), rate_limits(config));
  services.limits = limiter ? &*limiter : nullptr;
  Metrics metrics({.version = MASTERKEY2_VERSION,
                   .tenants = config.metrics.tenants,
                   .workers = config.workers,
                   .storage = &meter,
                   .limits = services.limits,
                   .attestation = &services.attestation,
                   .clock = &services.clock});
  if (const auto installation = look_at_storage(loaded.storage()); !installation) {
    log.event(LogLevel::kError, "storage_unavailable", {{"detail", installation.error().detail}});
  } else if (const auto doubt = storage_doubt(loaded.storage(), anchor_path); doubt && *doubt) {
    throw StartFailure{EX_CONFIG, **doubt};
  } else {
    static_cast<void>(services.installation.refresh());  // else housekeeping will
  }
  for (const std::string& sentence : reload_files(services)) {
    log.event(LogLevel::kInfo, "files", {{"detail", sentence}});
  }
  const Router router(make_routes(services, &metrics), base_url.path);
  {
    Housekeeping housekeeping(
        services,
        [&log](std::string_view text) {
          log.event(LogLevel::kWarning, "housekeeping", {{"detail", text}});
        },
        [&log](const AuditHead& head) { log_audit_head(log, head); },
        {.anchor_path = anchor_path, .on_rollback = [&](const std::string& sentence) {
           if (rolled_back.exchange(true)) return;
           log.event(LogLevel::kError, "storage_rolled_back", {{"detail", sentence}});
           kill(getpid(), SIGTERM);
         }});
    FcgiServer server(std::move(socket), router, log, server_options(config, metrics, services));
    log.event(
        LogLevel::kInfo, "start",
        {{"version", MASTERKEY2_VERSION}, {"listen", listening}, {"base_url", config.base_url}});
    notify_service_manager("READY=1");
    while (next_signal(signals, server) == SIGHUP) {
      reload(arguments.config, log, housekeeping);
    }
    notify_service_manager("STOPPING=1");
    log.event(LogLevel::kInfo, "stop");
    server.drain();
    if (!server.wait()) {
      // Threads are stuck in requests and still use everything here: only the process can end.
      std::cerr << "{\"level\":\"error\",\"event\":\"stop_incomplete\"}\n" << std::flush;
      _exit(EX_TEMPFAIL);
    }
  }
  return rolled_back ? EX_CONFIG : EX_OK;
}

int run(std::span<const std::string_view> words) {
  const auto arguments = parse_arguments(words);
  if (!arguments) throw StartFailure{EX_USAGE, arguments.error()};
  if (arguments->help) {
    std::cout << usage_text();
    return EX_OK;
  }
  if (arguments->version) {
    std::cout << "masterkey2-fcgi " MASTERKEY2_VERSION "\n";
    return EX_OK;
  }
  // Before anything is printed: the socket may be our stdout, too.
  std::optional<ListenSocket> inherited = take_inherited_socket();
  umask(0077);
  const Config config = config_or_throw(arguments->config);
  return arguments->check ? check(config) : serve(*arguments, config, std::move(inherited));
}

}  // namespace
}  // namespace masterkey2

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  try {
    return masterkey2::run(words);
  } catch (const masterkey2::StartFailure& failure) {
    std::cerr << "masterkey2-fcgi: " + failure.sentence + "\n";
    return failure.code;
  } catch (const std::exception& error) {
    std::cerr << "masterkey2-fcgi: " + std::string(error.what()) + "\n";
    return EX_SOFTWARE;
  }
}
