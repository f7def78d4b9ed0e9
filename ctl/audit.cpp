// masterkey2ctl audit …
#include <fstream>

#include "ctl/command_table.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/tenant_listing.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/time_text.hpp"
#include "service/audit_check.hpp"
#include "service/clock.hpp"
#include "service/tenant_service.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::uint32_t kPageSize = 1'000;

Json entry_json(const AuditEntry& entry) {
  auto details = parse_json(as_text(entry.body));
  return {{"at", rfc3339_text(entry.at)},
          {"type", entry.type},
          {"chain", base64url_encode(entry.chain.view())},
          {"sequence", entry.sequence},
          {"subject", entry.subject.empty() ? Json() : Json(base64url_encode(entry.subject))},
          {"details", details ? std::move(*details) : Json()}};
}

Result<Storage::AuditFilter, CommandError> filter_of(const Arguments& arguments) {
  Storage::AuditFilter filter;
  for (const auto& [name, target] :
       {std::pair{"since", &filter.since}, std::pair{"until", &filter.until}}) {
    if (!arguments.has(name)) continue;
    const auto time = parse_rfc3339(arguments.value(name));
    if (!time) {
      return CommandError{
          EX_USAGE, "`--" + std::string(name) + "` takes a time such as 2026-01-31T23:59:59Z"};
    }
    *target = *time;
  }
  filter.type = arguments.value("type");
  return filter;
}

CommandResult list(const Arguments& arguments) {
  const auto filter = filter_of(arguments);
  if (!filter) return filter.error();
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto tenant = find_tenant(access->storage(), arguments.operands.front());
  if (!tenant) return tenant.error();
  Json entries = Json::array();
  std::vector<std::vector<std::string>> rows;
  PageRequest request{.after = {}, .limit = kPageSize};
  for (;;) {
    auto page = access->storage().list_audit(tenant->id, *filter, request);
    if (!page) return storage_failure(page.error());
    for (const AuditEntry& entry : page->items) {
      Json json = entry_json(entry);
      if (entry.type == kAuditSealType && !arguments.has("type")) continue;
      rows.push_back({rfc3339_text(entry.at), entry.type, json["details"].dump()});
      entries.push_back(std::move(json));
    }
    if (page->next.empty()) break;
    request.after = std::move(page->next);
  }
  return Report{Json{{"entries", std::move(entries)}}.dump(),
                rows.empty() ? "There is no entry.\n" : text_columns(rows)};
}

template <class Id>
std::optional<Id> id_member(const Json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end() || !found->is_string()) return std::nullopt;
  const auto bytes = base64url_decode(found->get_ref<const std::string&>());
  return bytes ? Id::from(*bytes) : std::nullopt;
}

/// An `audit_head` line of the server's log that is young enough to count; absent for other lines.
std::optional<AuditHead> anchor_of(const std::string& text, UnixMillis now) {
  const auto line = parse_json(text);
  if (!line || !line->is_object() || line->value("event", Json()) != "audit_head") {
    return std::nullopt;
  }
  const auto tenant = id_member<TenantId>(*line, "tenant");
  const auto chain = id_member<TokenId>(*line, "chain");
  const auto head = id_member<Digest>(*line, "head");
  const Json sequence = line->value("sequence", Json());
  const Json time = line->value("time", Json());
  const auto at = time.is_string() ? parse_rfc3339(time.get<std::string>()) : std::nullopt;
  if (!tenant || !chain || !head || !sequence.is_string() || !at) return std::nullopt;
  if (now - *at >= kAuditRetention) return std::nullopt;
  const std::string digits = sequence.get<std::string>();
  if (digits.empty() || digits.size() > 18 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return AuditHead{*tenant, *chain, std::stoull(digits), *head};
}

Result<std::vector<AuditHead>, CommandError> read_anchors(const std::string& path, UnixMillis now) {
  std::vector<AuditHead> anchors;
  if (path.empty()) return anchors;
  std::ifstream file(path);
  if (!file) return CommandError{EX_NOINPUT, "`" + path + "` cannot be read"};
  for (std::string line; std::getline(file, line);) {
    if (auto anchor = anchor_of(line, now)) anchors.push_back(*anchor);
  }
  if (anchors.empty()) {
    return CommandError{EX_DATAERR,
                        "`" + path + "` holds no `audit_head` line of the server's log"};
  }
  return anchors;
}

Json report_json(const Tenant& tenant, const AuditReport& report) {
  Json bad;
  if (report.bad) {
    bad = {{"chain", base64url_encode(report.bad->chain.view())},
           {"sequence", report.bad->sequence},
           {"at", report.bad->at ? Json(rfc3339_text(*report.bad->at)) : Json()},
           {"fault", report.bad->fault}};
  }
  return {
      {"tenant", tenant_id_text(tenant.id)}, {"good", !report.bad},     {"chains", report.chains},
      {"entries", report.entries},           {"sealed", report.sealed}, {"anchors", report.anchors},
      {"first_bad_entry", std::move(bad)}};
}

std::string report_text(const Tenant& tenant, const AuditReport& report) {
  std::string text = tenant_id_text(tenant.id) + " " + tenant.name + ": ";
  if (!report.bad) {
    return text + "good, " + std::to_string(report.entries) + " entries, " +
           std::to_string(report.sealed) + " of them sealed, " + std::to_string(report.anchors) +
           " anchors\n";
  }
  const BadAuditEntry& bad = *report.bad;
  return text + "NOT GOOD: entry " + std::to_string(bad.sequence) + " of chain " +
         base64url_encode(bad.chain.view()) + " (" + (bad.at ? rfc3339_text(*bad.at) : "no time") +
         ") " + bad.fault + "\n";
}

CommandResult verify(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const UnixMillis now = system_clock().now();
  const auto anchors = read_anchors(arguments.value("anchors"), now);
  if (!anchors) return anchors.error();
  std::vector<Tenant> tenants;
  if (arguments.has("tenant")) {
    auto tenant = find_tenant(access->storage(), arguments.value("tenant"));
    if (!tenant) return tenant.error();
    tenants.push_back(std::move(*tenant));
  } else {
    auto all = all_tenants(access->storage());
    if (!all) return all.error();
    tenants = std::move(*all);
  }
  Report answer;
  Json reports = Json::array();
  for (const Tenant& tenant : tenants) {
    const auto report = check_audit(access->storage(), tenant.id, *anchors, now);
    if (!report) return storage_failure(report.error());
    reports.push_back(report_json(tenant, *report));
    answer.text += report_text(tenant, *report);
    if (report->bad) answer.exit_code = EX_DATAERR;
  }
  answer.json = Json{{"tenants", std::move(reports)}}.dump();
  if (tenants.empty()) answer.text = "There is no tenant yet.\n";
  return answer;
}

}  // namespace

std::vector<Command> audit_commands() {
  return {
      {.noun = "audit",
       .verb = "list",
       .operand = "ID|NAME",
       .summary = "List a tenant's audit log, oldest entry first, seals left out",
       .options = {{.name = "since", .value = "TIME", .help = "RFC 3339, inclusive"},
                   {.name = "until", .value = "TIME", .help = "exclusive"},
                   {.name = "type", .value = "TYPE", .help = "such as user.disabled"}},
       .run = list},
      {.noun = "audit",
       .verb = "verify",
       .operand = "",
       .summary = "Say whether audit entries were changed, removed or added, and name the first",
       .options = {{.name = "tenant", .value = "ID|NAME", .help = "this one; without it all"},
                   {.name = "anchors",
                    .value = "FILE",
                    .help = "lines of the server's log: shows what was cut off at the end"}},
       .run = verify},
  };
}

}  // namespace masterkey2::ctl
