// FlatfileStorage: the audit log.
#include <algorithm>
#include <memory>
#include <utility>

#include "flatfile_storage.hpp"
#include "guards.hpp"

namespace masterkey2::flatfile {
namespace {

/// Entries that one call looks at: a filter that matches little gives short pages, not long calls.
constexpr std::size_t kMaxLookedAt = 10'000;

/// The tenant is known.
Bytes encode_cursor(const AuditKey& key) {
  Bytes bytes;
  Encoder out(bytes);
  out.millis(key.at);
  out.identifier(key.chain);
  out.integer(key.sequence);
  return bytes;
}

bool matches(const AuditEntry& entry, const Storage::AuditFilter& filter) {
  return (filter.type.empty() || entry.type == filter.type) &&
         (filter.subject.empty() || entry.subject == filter.subject);
}

}  // namespace

StorageResult<void> FlatfileStorage::append_audit(const std::vector<AuditEntry>& entries) {
  if (entries.size() > kMaxAuditEntriesPerCall ||
      !std::ranges::all_of(entries,
                           [](const AuditEntry& entry) { return is_within_limits(entry); })) {
    return invalid_argument("append_audit: entries out of their limits");
  }
  auto done = transact(entries.empty() ? 0 : entries.back().at,
                       [&](const State&, MutationList& changes) -> StorageResult<Outcome> {
                         for (const AuditEntry& entry : entries) changes.append_audit(entry);
                         return Outcome::kDone;
                       });
  if (!done) return done.error();
  return {};
}

StorageResult<Page<AuditEntry>> FlatfileStorage::list_audit(const TenantId& tenant,
                                                            const AuditFilter& filter,
                                                            const PageRequest& page) {
  Decoder in(page.after);
  AuditKey from{tenant, filter.since, {}, 0};
  if (!page.after.empty()) {
    from = {tenant, in.millis(), in.identifier<TokenId>(), in.integer<std::uint64_t>()};
  }
  if (!is_valid(page) || !in.complete() || from.at < filter.since)
    return invalid_argument("list_audit: the page");
  return read([&](const State& state) -> StorageResult<Page<AuditEntry>> {
    SortedStreams<AuditRows> streams;
    streams.push_back(state.stream_recent_audit(from));
    for (const auto& run : state.audit_runs) streams.push_back(run->stream(from));
    const auto entries = merge(std::move(streams));
    Page<AuditEntry> answer;
    AuditKey last;
    std::size_t looked_at = 0;
    for (;; entries->next()) {
      const auto stored = entries->peek();
      if (!stored) return stored.error();
      if (*stored == nullptr) break;
      const AuditKey& key = key_of(**stored);
      if (key.tenant != tenant || key.at >= filter.until) break;
      if (!page.after.empty() && key == from) continue;  // the last of the page before
      if (answer.items.size() == page.limit || looked_at == kMaxLookedAt) {
        answer.next = encode_cursor(last);
        break;
      }
      ++looked_at;
      last = key;
      AuditEntry entry = entry_of(**stored);
      if (matches(entry, filter)) answer.items.push_back(std::move(entry));
    }
    return answer;
  });
}

}  // namespace masterkey2::flatfile
