// masterkey2ctl doctor …
#include <unistd.h>

#include <cstdlib>

#include "ctl/command_table.hpp"
#include "ctl/doctor/local_checks.hpp"
#include "ctl/doctor/web_checks.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "encoding/json.hpp"
#include "service/clock.hpp"

namespace masterkey2::ctl {
namespace {

constexpr UnixMillis kMaxClockDifference = 5'000;
constexpr const char* kServerGroup = "masterkey2";

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Finding check_key_ring(const InstallationAccess& installation) {
  const std::string& path = installation.config().keyring;
  const auto ring = installation.key_ring();
  if (ring) return {"key ring", Grade::kGood, path, ""};
  const bool missing = access(path.c_str(), F_OK) != 0;
  return {"key ring", Grade::kTrouble, ring.error().sentence,
          missing ? "bring " + path +
                        " back from its copy; for a new installation: masterkey2ctl storage init"
                  : "chown --reference=" + folder_of(path) + " " + path + " && chmod 0600 " + path};
}

std::string mend_storage(const StorageError& error) {
  switch (error.code) {
    case StorageErrorCode::kNotInitialized:
      return "masterkey2ctl storage init && systemctl restart masterkey2";
    case StorageErrorCode::kUnavailable:
    case StorageErrorCode::kConflict:
      return "start the database; see that its account has the rights that the plugin's README.md "
             "lists (GRANT), and look at the options of storage; then: masterkey2ctl storage check";
    case StorageErrorCode::kIncompatible:
      return "masterkey2ctl storage migrate; if the store is of a later version of masterkey2, "
             "install the later version";
    case StorageErrorCode::kCorrupt:
      return "stop the server and bring the store back from a copy";
    default:
      return "journalctl -u masterkey2";
  }
}

Findings check_storage(Storage& storage) {
  const auto failed = [](const StorageError& error) {
    return Findings{
        {"storage", Grade::kTrouble, storage_failure(error).sentence, mend_storage(error)}};
  };
  if (const auto checked = storage.check(); !checked) return failed(checked.error());
  if (const auto installation = storage.read_installation(); !installation) {
    return failed(installation.error());
  }
  const auto time = storage.storage_time();
  if (!time) return failed(time.error());
  if (time->has_value() && std::abs(**time - system_clock().now()) > kMaxClockDifference) {
    return {{"storage", Grade::kTrouble, "the database's clock is more than 5 s off this system's",
             "timedatectl set-ntp true, on both"}};
  }
  return {{"storage", Grade::kGood, "it can be read", ""}};
}

std::string_view word(Grade grade) {
  return grade == Grade::kGood ? "good" : grade == Grade::kWarning ? "warning" : "trouble";
}

Report report(const Findings& findings) {
  Json list = Json::array();
  std::string text;
  long troubles = 0;
  for (const Finding& finding : findings) {
    Json entry = {{"check", finding.check}, {"grade", word(finding.grade)}, {"text", finding.text}};
    if (!finding.mend.empty()) entry["mend"] = finding.mend;
    list.push_back(std::move(entry));
    std::string grade(word(finding.grade));
    grade.resize(9, ' ');
    text += grade + std::string(finding.check) + ": " + finding.text + "\n";
    if (!finding.mend.empty()) text += "         mend: " + finding.mend + "\n";
    if (finding.grade == Grade::kTrouble) ++troubles;
  }
  const Json json = {{"findings", list}, {"troubles", troubles}};
  return {json.dump(-1, ' ', false, Json::error_handler_t::replace), text,
          troubles == 0 ? EX_OK : EX_UNAVAILABLE};
}

CommandResult doctor(const Arguments& arguments) {
  Findings findings;
  const auto config = open_config(arguments.config);
  if (!config) {
    findings.push_back({"configuration", Grade::kTrouble, config.error().sentence,
                        "edit " + arguments.config + ", then: masterkey2ctl config check"});
    return report(findings);
  }
  findings.push_back({"configuration", Grade::kGood, arguments.config, ""});
  findings.push_back(check_base_url(*config, arguments.config));
  findings.push_back(check_proxies(*config, arguments.config));
  findings.push_back(check_clock());
  findings.push_back(check_socket(*config));
  findings.push_back(check_group(kServerGroup));
  findings.push_back(check_owner(*config));
  findings.push_back(check_plugin(*config));
  if (findings.back().grade != Grade::kTrouble) {
    const auto access = InstallationAccess::open(arguments.config);
    if (!access) {
      findings.push_back(
          {"storage", Grade::kTrouble, access.error().sentence,
           "masterkey2ctl plugin list shows the plugins; mend the options of storage in " +
               arguments.config});
    } else {
      findings.push_back(check_key_ring(*access));
      findings.push_back(check_space(folder_of(config->keyring)));
      for (Finding& finding : check_storage(access->storage()))
        findings.push_back(std::move(finding));
      if (findings.back().grade == Grade::kGood && !arguments.has("offline")) {
        if (const auto tenants = all_tenants(access->storage())) {
          for (Finding& finding :
               check_related_origins(*tenants, config->base_url, ask_real_web())) {
            findings.push_back(std::move(finding));
          }
        }
      }
    }
  }
  if (!arguments.has("offline")) {
    for (Finding& finding : check_web_server(config->base_url, ask_real_web())) {
      findings.push_back(std::move(finding));
    }
  }
  return report(findings);
}

}  // namespace

std::vector<Command> doctor_commands() {
  return {{.noun = "doctor",
           .verb = "",
           .operand = "",
           .summary = "Find what is wrong with the installation, each trouble with what mends it",
           .options = {{.name = "offline", .value = "", .help = "ask no web server"}},
           .run = doctor}};
}

}  // namespace masterkey2::ctl
