// MysqlStorage: the audit log.
#include <algorithm>

#include "guards.hpp"
#include "rows.hpp"
#include "run.hpp"

namespace masterkey2::mysql {
namespace {

/// Entries that one call with a filter looks at: one that matches little gives short pages, not
/// long calls.
constexpr std::uint32_t kMaxLookedAt = 5'000;

constexpr std::size_t kCursorSize = 8 + TokenId::kSize + 8;

struct AuditCursor {
  UnixMillis at = INT64_MIN;
  TokenId chain;
  std::uint64_t sequence = 0;
};

Bytes encode_cursor(const AuditEntry& entry) {
  Bytes bytes;
  const auto append = [&bytes](std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(number >> shift));
    }
  };
  append(static_cast<std::uint64_t>(entry.at));
  bytes.insert(bytes.end(), entry.chain.bytes.begin(), entry.chain.bytes.end());
  append(entry.sequence);
  return bytes;
}

std::optional<AuditCursor> decode_cursor(ByteView bytes) {
  AuditCursor cursor;
  if (bytes.empty()) return cursor;
  if (bytes.size() != kCursorSize) return std::nullopt;
  const auto number = [](ByteView piece) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : piece) value = value << 8 | byte;
    return value;
  };
  cursor.at = static_cast<UnixMillis>(number(bytes.first(8)));
  cursor.chain = *TokenId::from(bytes.subspan(8, TokenId::kSize));
  cursor.sequence = number(bytes.last(8));
  return cursor;
}

// The body of what does not match stays where it is.
constexpr std::string_view kListAudit =
    "SELECT a.at, a.chain, a.sequence, a.type, a.subject, IF(a.type = COALESCE(?, a.type) AND "
    "a.subject = COALESCE(?, a.subject), a.body, NULL), a.purge_at "
    "FROM audit a FORCE INDEX (listing) WHERE a.tenant = ? AND a.at >= ? AND a.at < ? "
    "AND a.chain IS NOT NULL AND (a.at > ? OR (a.at = ? AND (a.chain > ? OR "
    "(a.chain = ? AND a.sequence > ?)))) ORDER BY a.at, a.chain, a.sequence LIMIT ?";

bool matches(const AuditEntry& entry, const Storage::AuditFilter& filter) {
  return (filter.type.empty() || entry.type == filter.type) &&
         (filter.subject.empty() || entry.subject == filter.subject);
}

}  // namespace

StorageResult<void> MysqlStorage::append_audit(const std::vector<AuditEntry>& entries) {
  if (entries.size() > kMaxAuditEntriesPerCall ||
      !std::ranges::all_of(entries,
                           [](const AuditEntry& entry) { return is_within_limits(entry); })) {
    return invalid_argument("append_audit: entries out of their limits");
  }
  const auto done = transact<Outcome>(Unsettled::kRepeat, [&](Transaction& transaction) {
    for (const AuditEntry& entry : entries) transaction.append_audit(entry);
    return Outcome::kDone;
  });
  if (!done) return done.error();
  return {};
}

StorageResult<Page<AuditEntry>> MysqlStorage::list_audit(const TenantId& tenant,
                                                         const AuditFilter& filter,
                                                         const PageRequest& page) {
  const auto after = decode_cursor(page.after);
  if (!is_valid(page) || !after) return invalid_argument("list_audit: the page");
  const bool filtered = !filter.type.empty() || !filter.subject.empty();
  const std::uint32_t window = filtered ? std::max(kMaxLookedAt, page.limit) : page.limit;
  const auto type = filter.type.empty() ? std::nullopt : std::optional(filter.type);
  const auto subject = filter.subject.empty() ? std::nullopt : std::optional(filter.subject);
  return read<Page<AuditEntry>>([&](Connection& connection) {
    Rows rows =
        connection.query(kListAudit, {type, subject, tenant, std::max(filter.since, after->at),
                                      filter.until, after->at, after->at, after->chain,
                                      after->chain, after->sequence, window + 1});
    Page<AuditEntry> answer;
    AuditEntry last;
    for (std::uint32_t looked_at = 0; rows.next(); ++looked_at) {
      if (answer.items.size() == page.limit || looked_at == window) {
        answer.next = encode_cursor(last);
        break;
      }
      last = read_audit_entry(rows, tenant);
      if (matches(last, filter)) answer.items.push_back(last);
    }
    return answer;
  });
}

}  // namespace masterkey2::mysql
