// Revocations, short-lived records, the audit log, and what has expired.
#include <algorithm>

#include "memory_storage.hpp"

namespace example {
namespace {

/// Removes what is past its time, at most `left`, and counts down.
template <class Map, class Time>
void purge(Map& rows, UnixMillis before, std::uint32_t& left, Time&& keep_until) {
  for (auto row = rows.begin(); row != rows.end() && left > 0;) {
    if (keep_until(row->second) < before) {
      row = rows.erase(row);
      --left;
    } else {
      ++row;
    }
  }
}

Bytes encode(std::uint64_t number) {
  Bytes bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  }
  return bytes;
}

std::uint64_t decode(ByteView bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

StorageResult<std::uint64_t> MemoryStorage::purge_expired(UnixMillis now, std::uint32_t limit) {
  return alone([&]() -> StorageResult<std::uint64_t> {
    std::uint32_t left = limit;
    for (auto& [id, rows] : tenants_) {
      purge(rows.claims, now, left, [](UnixMillis keep_until) { return keep_until; });
      purge(rows.sign_ins, now, left, [](const SignInRow& row) { return row.purge_at; });
      purge(rows.marks, now, left, [](const Mark& row) { return row.keep_until; });
      purge(rows.answered, now, left, [](const Answered& row) { return row.request.keep_until; });
      purge(rows.revocations, now, left, [](const Revocation& row) { return row.keep_until; });
      purge(rows.ephemerals, now, left, [](const Ephemeral& row) { return row.expires_at; });
    }
    return limit - left;
  });
}

StorageResult<Outcome> MemoryStorage::revoke_token(const Guard& guard, const TokenId& token,
                                                   UnixMillis keep_until, const AuditEntry& audit) {
  bool known = false;
  auto outcome = write(guard, audit, [&](TenantRows& rows) {
    known = rows.revocations.contains(token);
    if (known) return Outcome::kAlreadyExists;  // done already: without an audit entry
    rows.revocations[token] = {++revocations_, keep_until};
    return Outcome::kDone;
  });
  if (known) return Outcome::kDone;
  return outcome;
}

/// The cursor is the order of the last one of the page before.
StorageResult<Page<TokenId>> MemoryStorage::list_revocations(const PageRequest& page) {
  if (!is_valid(page) || (!page.after.empty() && page.after.size() != 8)) {
    return invalid("list_revocations");
  }
  return alone([&]() -> StorageResult<Page<TokenId>> {
    std::map<std::uint64_t, TokenId> in_order;
    for (const auto& [id, rows] : tenants_) {
      for (const auto& [token, row] : rows.revocations) in_order[row.order] = token;
    }
    Page<TokenId> answer;
    auto next = in_order.upper_bound(decode(page.after));
    std::uint64_t last = 0;
    for (; next != in_order.end() && answer.items.size() < page.limit; ++next) {
      answer.items.push_back(next->second);
      last = next->first;
    }
    if (next != in_order.end()) answer.next = encode(last);
    return answer;
  });
}

StorageResult<Outcome> MemoryStorage::put_ephemeral(const Guard& guard, ByteView key,
                                                    std::uint64_t expected_version, ByteView value,
                                                    UnixMillis expires_at) {
  if (!size_within(key.size(), 1, kMaxEphemeralKeySize) || value.size() > kMaxEphemeralValueSize) {
    return invalid("put_ephemeral");
  }
  return alone([&]() -> StorageResult<Outcome> {
    const Outcome standing = check_guard(guard);
    if (standing != Outcome::kDone) return standing;
    TenantRows& rows = tenants_.at(guard.tenant);
    const auto known = rows.ephemerals.find(to_bytes(key));
    const bool exists = known != rows.ephemerals.end() && guard.now < known->second.expires_at;
    if (expected_version == 0 && exists) return Outcome::kAlreadyExists;
    if (expected_version > 0 && !exists) return Outcome::kNotFound;
    if (expected_version > 0 && known->second.version != expected_version) {
      return Outcome::kVersionChanged;
    }
    rows.ephemerals[to_bytes(key)] = {expected_version + 1, to_bytes(value), expires_at};
    return Outcome::kDone;
  });
}

StorageResult<std::optional<Storage::Ephemeral>> MemoryStorage::find_ephemeral(
    const TenantId& tenant, ByteView key, UnixMillis now) {
  if (!size_within(key.size(), 1, kMaxEphemeralKeySize)) return invalid("find_ephemeral");
  return alone([&]() -> StorageResult<std::optional<Ephemeral>> {
    const TenantRows* rows = find_rows(tenant);
    if (rows == nullptr) return std::optional<Ephemeral>();
    const auto found = rows->ephemerals.find(to_bytes(key));
    if (found == rows->ephemerals.end() || now >= found->second.expires_at) {
      return std::optional<Ephemeral>();
    }
    return std::optional(found->second);
  });
}

/// One that is there already stays as it is.
void MemoryStorage::put_audit(const AuditEntry& entry) {
  if (!audit_numbers_.insert({entry.tenant, entry.chain, entry.sequence}).second) return;
  audit_[{entry.tenant, entry.at, entry.chain, entry.sequence}] = entry;
}

StorageResult<void> MemoryStorage::append_audit(const std::vector<AuditEntry>& entries) {
  if (entries.size() > kMaxAuditEntriesPerCall ||
      !std::ranges::all_of(entries, [](const AuditEntry& one) { return is_within_limits(one); })) {
    return invalid("append_audit");
  }
  return alone([&]() -> StorageResult<void> {
    for (const AuditEntry& entry : entries) put_audit(entry);
    return {};
  });
}

/// The cursor is at | chain | sequence of the last entry of the page before.
StorageResult<Page<AuditEntry>> MemoryStorage::list_audit(const TenantId& tenant,
                                                          const AuditFilter& filter,
                                                          const PageRequest& page) {
  constexpr std::size_t kCursor = 8 + TokenId::kSize + 8;
  if (!is_valid(page) || (!page.after.empty() && page.after.size() != kCursor)) {
    return invalid("list_audit");
  }
  AuditKey from{tenant, filter.since, {}, 0};
  if (!page.after.empty()) {
    const ByteView cursor(page.after);
    from = {tenant, static_cast<UnixMillis>(decode(cursor.first(8))),
            TokenId::from(cursor.subspan(8, TokenId::kSize)).value_or(TokenId{}),
            decode(cursor.last(8))};
  }
  return alone([&]() -> StorageResult<Page<AuditEntry>> {
    Page<AuditEntry> answer;
    auto next = page.after.empty() ? audit_.lower_bound(from) : audit_.upper_bound(from);
    for (; next != audit_.end(); ++next) {
      const AuditEntry& entry = next->second;
      if (entry.tenant != tenant || entry.at >= filter.until) return answer;
      if (entry.at < filter.since || (!filter.type.empty() && entry.type != filter.type) ||
          (!filter.subject.empty() && entry.subject != filter.subject)) {
        continue;
      }
      if (answer.items.size() == page.limit) {
        const AuditEntry& last = answer.items.back();
        answer.next = encode(static_cast<std::uint64_t>(last.at));
        answer.next.insert(answer.next.end(), last.chain.bytes.begin(), last.chain.bytes.end());
        const Bytes sequence = encode(last.sequence);
        answer.next.insert(answer.next.end(), sequence.begin(), sequence.end());
        return answer;
      }
      answer.items.push_back(entry);
    }
    return answer;
  });
}

}  // namespace example
