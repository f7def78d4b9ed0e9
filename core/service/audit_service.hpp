// The audit log, as a site's server reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/access.hpp"

namespace masterkey2 {

struct AuditQuery {
  std::optional<std::string> since;        ///< RFC 3339, inclusive
  std::optional<std::string> until;        ///< RFC 3339, exclusive
  std::optional<std::string> type;         ///< such as `user.disabled`
  std::optional<std::string> external_id;  ///< of a user who is there still
  std::optional<std::uint32_t> limit;      ///< 1–200, 50 unless given
  std::optional<std::string> cursor;       ///< as the list before it answered
};

struct AuditList {
  std::vector<AuditEntry> entries;  ///< oldest first
  std::string next_cursor;          ///< empty at the end; a page before it may be short
};

/// invalid_request, invalid_external_id, user_not_found.
[[nodiscard]] ApiResult<AuditList> list_audit(Services& services, const ApiKeyAccess& access,
                                              const AuditQuery& query);

}  // namespace masterkey2
