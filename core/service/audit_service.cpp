#include "service/audit_service.hpp"

#include <utility>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/byte_codec.hpp"
#include "encoding/time_text.hpp"
#include "service/cursor.hpp"
#include "service/failure.hpp"
#include "service/user_service.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint32_t kDefaultLimit = 50;
constexpr std::uint32_t kMaxLimit = 200;
constexpr std::size_t kMaxType = 64;

ApiResult<UnixMillis> read_time(const std::string& text) {
  const auto time = parse_rfc3339(text);
  if (!time) return invalid_request("", "a time such as 2026-01-31T23:59:59Z");
  return *time;
}

ApiResult<Storage::AuditFilter> make_filter(Services& services, const ApiKeyAccess& access,
                                            const AuditQuery& query) {
  Storage::AuditFilter filter;
  if (query.since) {
    const auto since = read_time(*query.since);
    if (!since) return since.error();
    filter.since = *since;
  }
  if (query.until) {
    const auto until = read_time(*query.until);
    if (!until) return until.error();
    filter.until = *until;
  }
  if (query.type) {
    if (query.type->empty() || query.type->size() > kMaxType) {
      return invalid_request("", "a type such as user.disabled");
    }
    filter.type = *query.type;
  }
  if (query.external_id) {
    const auto view = find_user(services, access, *query.external_id, false);
    if (!view) return view.error();
    filter.subject = audit_subject(access.key.tenant, *view->user);
  }
  return filter;
}

/// A cursor goes on with the filter that it was made for alone.
std::string list_name(const Storage::AuditFilter& filter) {
  ByteWriter writer;
  writer.millis(filter.since);
  writer.millis(filter.until);
  writer.string(filter.type);
  writer.string(filter.subject);
  return "audit " + base64url_encode(sha256(writer.bytes()).view());
}

}  // namespace

ApiResult<AuditList> list_audit(Services& services, const ApiKeyAccess& access,
                                const AuditQuery& query) {
  PageRequest page;
  page.limit = query.limit.value_or(kDefaultLimit);
  if (page.limit < 1 || page.limit > kMaxLimit) {
    return invalid_request("", "a limit from 1 to 200");
  }
  const auto filter = make_filter(services, access, query);
  if (!filter) return filter.error();
  const std::string name = list_name(*filter);
  if (query.cursor) {
    auto after = open_cursor(services, access.key.tenant, name, *query.cursor);
    if (!after) return invalid_request("", "a cursor that this list answered");
    page.after = *std::move(after);
  }
  auto read = services.storage.list_audit(access.key.tenant, *filter, page);
  if (!read) return storage_failure(read.error());
  AuditList list{std::move(read->items), {}};
  if (!read->next.empty()) {
    list.next_cursor = seal_cursor(services, access.key.tenant, name, read->next);
  }
  return list;
}

}  // namespace masterkey2
