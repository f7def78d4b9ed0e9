// FlatfileStorage: the audit log.
#include <algorithm>
#include <tuple>
#include <utility>

#include "flatfile_storage.hpp"
#include "guards.hpp"

namespace masterkey2::flatfile {
namespace {

/// Entries that one call looks at: a filter that matches little gives short pages, not long calls.
constexpr std::size_t kMaxLookedAt = 10'000;

struct AuditCursor {
  UnixMillis at = 0;
  TokenId chain;
  std::uint64_t sequence = 0;
};

Bytes encode_cursor(const AuditPlace& place) {
  Bytes bytes;
  Encoder out(bytes);
  out.millis(place.at);
  out.identifier(place.chain);
  out.integer(place.sequence);
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
  AuditCursor after;
  if (!page.after.empty()) {
    after = {in.millis(), in.identifier<TokenId>(), in.integer<std::uint64_t>()};
  }
  if (!is_valid(page) || !in.complete()) return invalid_argument("list_audit: the page");
  return read([&](const State& state) -> StorageResult<Page<AuditEntry>> {
    Page<AuditEntry> answer;
    const auto found = state.recent_audit().find(tenant);
    if (found == state.recent_audit().end()) return answer;
    const std::vector<AuditPlace>& places = found->second;
    auto next = std::ranges::partition_point(places, [&](const AuditPlace& place) {
      if (place.at < filter.since) return true;
      return !page.after.empty() && std::tie(place.at, place.chain, place.sequence) <=
                                        std::tie(after.at, after.chain, after.sequence);
    });
    for (std::size_t looked_at = 0; next != places.end() && next->at < filter.until; ++next) {
      if (answer.items.size() == page.limit || looked_at == kMaxLookedAt) {
        answer.next = encode_cursor(*std::prev(next));
        break;
      }
      ++looked_at;
      auto entry = state.read_audit(next->location);
      if (!entry) return entry.error();
      if (matches(*entry, filter)) answer.items.push_back(std::move(*entry));
    }
    return answer;
  });
}

}  // namespace masterkey2::flatfile
