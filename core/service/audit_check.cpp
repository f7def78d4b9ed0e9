#include "service/audit_check.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace masterkey2 {
namespace {

constexpr std::uint32_t kPageSize = 1'000;
/// Of a tenant that is younger than this retention has removed nothing.
constexpr UnixMillis kMayHaveExpired = kAuditRetention - 2LL * 86'400'000;

struct Row {
  UnixMillis at = 0;
  Digest hash;
};

struct Chain {
  std::map<std::uint64_t, Row> rows;
  std::vector<AuditSeal> seals;
};

class ChainCheck {
 public:
  ChainCheck(const TenantId& tenant, const TokenId& id, Chain& chain, bool may_have_expired)
      : tenant_(tenant), id_(id), chain_(chain), may_have_expired_(may_have_expired) {}

  std::optional<BadAuditEntry> run() {
    std::sort(chain_.seals.begin(), chain_.seals.end(),
              [](const AuditSeal& a, const AuditSeal& b) { return a.to < b.to; });
    if (auto bad = check_beginning()) return bad;
    for (const AuditSeal& seal : chain_.seals) {
      if (auto bad = check(seal)) return bad;
    }
    return std::nullopt;
  }

  std::optional<BadAuditEntry> check(const AuditHead& anchor) {
    if (anchor.sequence < next_ && !heads_.contains(anchor.sequence))
      return std::nullopt;  // expired
    if (const auto bad = walk_to(anchor.sequence)) {
      return BadAuditEntry{bad->chain, bad->sequence, bad->at,
                           "is missing, and the anchor of entry " +
                               std::to_string(anchor.sequence) + " says that it was there"};
    }
    if (heads_.at(anchor.sequence) == anchor.head) return std::nullopt;
    return bad(anchor.sequence, "leads to another head than its anchor: the chain was rewritten");
  }

  [[nodiscard]] std::uint64_t sealed() const { return sealed_; }

 private:
  [[nodiscard]] BadAuditEntry bad(std::uint64_t sequence, std::string fault) const {
    auto row = chain_.rows.upper_bound(sequence);
    std::optional<UnixMillis> at;
    if (row != chain_.rows.begin()) at = std::prev(row)->second.at;
    return {id_, sequence, at, std::move(fault)};
  }

  /// Where the chain begins: at its first entry, or behind what retention has removed.
  std::optional<BadAuditEntry> check_beginning() {
    head_ = audit_chain_start(tenant_, id_);
    const std::uint64_t first = chain_.rows.begin()->first;
    if (first == 1) return std::nullopt;
    const auto covering = std::find_if(chain_.seals.begin(), chain_.seals.end(),
                                       [&](const AuditSeal& seal) { return seal.to + 1 >= first; });
    if (!may_have_expired_) {
      if (covering == chain_.seals.end()) return std::nullopt;  // not sealed: a gap may be open
      return bad(1, "is missing");
    }
    if (covering == chain_.seals.end()) return std::nullopt;
    // The oldest seal that reaches what is left is believed about the head.
    for (std::uint64_t n = std::max(first, covering->from); n <= covering->to; ++n) {
      if (auto wrong = compare(*covering, n)) return wrong;
    }
    next_ = covering->to + 1;
    head_ = covering->head;
    heads_[covering->to] = head_;
    chain_.seals.erase(chain_.seals.begin(), std::next(covering));
    return std::nullopt;
  }

  std::optional<BadAuditEntry> compare(const AuditSeal& seal, std::uint64_t n) {
    const auto row = chain_.rows.find(n);
    if (row == chain_.rows.end()) return bad(n, "is missing");
    if (audit_fingerprint(row->second.hash) != seal.entries.at(n - seal.from)) {
      return bad(n, "is not the entry that was sealed");
    }
    ++sealed_;
    return std::nullopt;
  }

  std::optional<BadAuditEntry> check(const AuditSeal& seal) {
    if (seal.to < next_) return std::nullopt;  // covered by another seal over more
    for (std::uint64_t n = std::max(seal.from, next_); n <= seal.to; ++n) {
      if (auto wrong = compare(seal, n)) return wrong;
    }
    if (auto wrong = walk_to(seal.to)) return wrong;
    if (head_ != seal.head) return bad(seal.to, "leads to another head than its seal says");
    return std::nullopt;
  }

  std::optional<BadAuditEntry> walk_to(std::uint64_t sequence) {
    for (; next_ <= sequence; ++next_) {
      const auto row = chain_.rows.find(next_);
      if (row == chain_.rows.end()) return bad(next_, "is missing");
      head_ = audit_chain_next(head_, row->second.hash);
      heads_[next_] = head_;
    }
    return std::nullopt;
  }

  const TenantId& tenant_;
  const TokenId& id_;
  Chain& chain_;
  const bool may_have_expired_;
  std::uint64_t next_ = 1;  ///< the head is that before this entry
  Digest head_;
  std::map<std::uint64_t, Digest> heads_;
  std::uint64_t sealed_ = 0;
};

using Chains = std::map<TokenId, Chain>;

StorageResult<Chains> read_chains(Storage& storage, const TenantId& tenant, AuditReport& report) {
  Chains chains;
  PageRequest request{.after = {}, .limit = kPageSize};
  for (;;) {
    auto page = storage.list_audit(tenant, {}, request);
    if (!page) return page.error();
    for (const AuditEntry& entry : page->items) {
      Chain& chain = chains[entry.chain];
      chain.rows[entry.sequence] = {entry.at, audit_entry_hash(entry)};
      ++report.entries;
      if (entry.type != kAuditSealType) continue;
      if (auto seal = parse_audit_seal(entry.body)) {
        chain.seals.push_back(*std::move(seal));
      } else if (!report.bad) {
        report.bad = BadAuditEntry{entry.chain, entry.sequence, entry.at, "is no readable seal"};
      }
    }
    if (page->next.empty()) break;
    request.after = std::move(page->next);
  }
  report.chains = chains.size();
  return chains;
}

void note(AuditReport& report, const BadAuditEntry& found) {
  if (!report.bad || found.at.value_or(INT64_MIN) < report.bad->at.value_or(INT64_MIN)) {
    report.bad = found;
  }
}

}  // namespace

StorageResult<AuditReport> check_audit(Storage& storage, const TenantId& tenant,
                                       std::span<const AuditHead> anchors, UnixMillis now) {
  AuditReport report;
  auto chains = read_chains(storage, tenant, report);
  if (!chains) return chains.error();
  const auto row = storage.find_tenant(tenant);
  if (!row) return row.error();
  const bool may_have_expired = !row->has_value() || now - (*row)->created_at >= kMayHaveExpired;
  for (auto& [id, chain] : *chains) {
    ChainCheck check(tenant, id, chain, may_have_expired);
    if (const auto bad = check.run()) {
      note(report, *bad);
    } else {
      for (const AuditHead& anchor : anchors) {
        if (anchor.tenant != tenant || anchor.chain != id) continue;
        ++report.anchors;
        if (const auto wrong = check.check(anchor)) {
          note(report, *wrong);
          break;
        }
      }
    }
    report.sealed += check.sealed();
  }
  for (const AuditHead& anchor : anchors) {
    if (anchor.tenant != tenant || chains->contains(anchor.chain)) continue;
    ++report.anchors;
    note(report, {anchor.chain, 1, std::nullopt,
                  "is missing with its whole chain, and the anchor of entry " +
                      std::to_string(anchor.sequence) + " says that it was there"});
  }
  return report;
}

}  // namespace masterkey2
