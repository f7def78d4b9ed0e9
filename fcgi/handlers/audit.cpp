#include "fcgi/handlers/audit.hpp"

#include <optional>

#include "encoding/base64url.hpp"
#include "encoding/time_text.hpp"
#include "fcgi/handlers/answers.hpp"
#include "fcgi/handlers/call_scope.hpp"
#include "fcgi/handlers/query.hpp"
#include "service/audit_chain.hpp"
#include "service/audit_service.hpp"

namespace masterkey2 {
namespace {

Json event_json(const AuditEntry& entry) {
  auto details = parse_json(as_text(entry.body));
  Json json = {{"at", rfc3339_text(entry.at)},
               {"type", entry.type},
               {"chain", base64url_encode(entry.chain.view())},
               {"sequence", entry.sequence},
               {"hash", base64url_encode(audit_entry_hash(entry).view())},
               {"details", details && details->is_object() ? *std::move(details) : Json::object()}};
  if (!entry.subject.empty()) json["subject"] = base64url_encode(entry.subject);
  return json;
}

}  // namespace

ApiResult<HttpResponse> get_audit(Services& services, RouteRequest& request) {
  CallScope scope(request);
  const auto access = admit_api_key(services, request.api_key, KeyScope::kAudit, scope.call);
  if (!access) return access.error();
  const auto query =
      read_query(request.query, {"since", "until", "type", "external_id", "limit", "cursor"});
  if (!query) return query.error();
  const auto limit = read_limit(*query);
  if (!limit) return limit.error();
  const auto list = list_audit(services, *access,
                               {.since = find_value(*query, "since"),
                                .until = find_value(*query, "until"),
                                .type = find_value(*query, "type"),
                                .external_id = find_value(*query, "external_id"),
                                .limit = *limit,
                                .cursor = find_value(*query, "cursor")});
  if (!list) return list.error();
  Json events = Json::array();
  for (const AuditEntry& entry : list->entries) events.push_back(event_json(entry));
  Json answer = {{"events", std::move(events)}};
  if (!list->next_cursor.empty()) answer["next_cursor"] = list->next_cursor;
  return json_answer(answer);
}

}  // namespace masterkey2
