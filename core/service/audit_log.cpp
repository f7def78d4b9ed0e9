#include "service/audit_log.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/sha256.hpp"
#include "encoding/json_text.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMostAtOnce = 64;  // that append_audit takes
constexpr std::uint32_t kLookUpPage = 1'000;
constexpr int kMostLookUpPages = 1'000;

}  // namespace

AuditDraft::~AuditDraft() {
  if (fate_ == Fate::kNotStored) {
    log_.give_back(entry_.tenant, entry_.sequence);
  } else {
    log_.keep(entry_, fate_ == Fate::kStored);
  }
}

void AuditDraft::note(const StorageResult<Outcome>& outcome) {
  if (!outcome && outcome.error().code == StorageErrorCode::kOutcomeUnknown) maybe_stored();
  if (outcome && *outcome == Outcome::kDone) stored();
}

AuditDraft AuditLog::draft(const TenantId& tenant, const Call& call, UnixMillis now,
                           const AuditEvent& event) {
  JsonObjectText body;
  body.text_if("address", cut_address(call.address)).text_if("request_id", call.request_id);
  for (const auto& [name, text] : event.members) body.text(name, text);
  const std::string text = std::move(body).take();

  AuditEntry entry = make_entry(tenant, now, event.type);
  if (event.user != nullptr) entry.subject = audit_subject(tenant, *event.user);
  entry.body = to_bytes(as_bytes(text));
  {
    const std::lock_guard lock(mutex_);
    Sequence& sequence = sequence_of(tenant);
    if (sequence.returned.empty()) {
      entry.sequence = sequence.next++;
    } else {
      entry.sequence = *sequence.returned.begin();
      sequence.returned.erase(sequence.returned.begin());
    }
  }
  return {*this, std::move(entry)};
}

StorageResult<void> AuditLog::fill_gaps(Storage& storage, UnixMillis now) {
  std::vector<AuditEntry> entries;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [tenant, sequence] : sequences_) {
      while (!sequence.returned.empty() && entries.size() < kMostAtOnce) {
        entries.push_back(make_entry(tenant, now, "audit.unused"));
        entries.back().sequence = *sequence.returned.begin();
        sequence.returned.erase(sequence.returned.begin());
      }
    }
  }
  if (entries.empty()) return {};
  auto stored = storage.append_audit(entries);
  const bool unknown = !stored && stored.error().code == StorageErrorCode::kOutcomeUnknown;
  for (const AuditEntry& entry : entries) {
    if (stored || unknown) {
      keep(entry, !unknown);
    } else {
      give_back(entry.tenant, entry.sequence);
    }
  }
  return stored;
}

AuditLog::Sealed AuditLog::seal(Storage& storage, UnixMillis now) {
  Sealed sealed;
  for (const TenantId& tenant : tenants_with_news()) {
    if (auto settled = settle_unknown(storage, tenant); !settled) sealed.error = settled.error();
  }
  if (auto filled = fill_gaps(storage, now); !filled) sealed.error = filled.error();
  for (const TenantId& tenant : tenants_with_news()) {
    std::optional<AuditHead> head;
    while (auto draft = next_seal(tenant, now)) {
      const auto stored = storage.append_audit({draft->entry});
      if (!stored) {
        sealed.error = stored.error();
        if (stored.error().code == StorageErrorCode::kOutcomeUnknown) {
          keep(draft->entry, false);
        } else {
          give_back(tenant, draft->entry.sequence);
        }
        break;
      }
      keep(draft->entry, true);
      const std::lock_guard lock(mutex_);
      Sequence& sequence = sequence_of(tenant);
      sequence.open.erase(sequence.open.begin(), sequence.open.upper_bound(draft->seal.to));
      sequence.sealed = draft->seal.to;
      sequence.head = draft->seal.head;
      head = AuditHead{tenant, chain_, sequence.sealed, sequence.head};
    }
    if (head) sealed.heads.push_back(*head);
  }
  return sealed;
}

std::vector<TenantId> AuditLog::tenants_with_news() {
  const std::lock_guard lock(mutex_);
  std::vector<TenantId> tenants;
  for (const auto& [tenant, sequence] : sequences_) {
    if (!sequence.open.empty()) tenants.push_back(tenant);
  }
  return tenants;
}

/// Entries whose fate is unknown: those that storage lists count, the numbers of the others go
/// back.
StorageResult<void> AuditLog::settle_unknown(Storage& storage, const TenantId& tenant) {
  std::set<std::uint64_t> wanted;
  Storage::AuditFilter filter{.since = INT64_MAX, .until = INT64_MIN, .type = {}, .subject = {}};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, open] : sequence_of(tenant).open) {
      if (open.hash) continue;
      wanted.insert(number);
      filter.since = std::min(filter.since, open.at);
      filter.until = std::max(filter.until, open.at + 1);
    }
  }
  if (wanted.empty()) return {};
  PageRequest request{.after = {}, .limit = kLookUpPage};
  for (int pages = 0; pages < kMostLookUpPages; ++pages) {
    auto page = storage.list_audit(tenant, filter, request);
    if (!page) return page.error();
    for (const AuditEntry& entry : page->items) {
      if (entry.chain != chain_ || wanted.erase(entry.sequence) == 0) continue;
      keep(entry, true);
    }
    if (wanted.empty()) return {};
    if (page->next.empty()) break;
    request.after = std::move(page->next);
  }
  for (const std::uint64_t number : wanted) {
    {
      const std::lock_guard lock(mutex_);
      sequence_of(tenant).open.erase(number);
    }
    give_back(tenant, number);
  }
  return {};
}

/// Absent if nothing but seals came since the last one, or if the next number is still under way.
std::optional<AuditLog::SealDraft> AuditLog::next_seal(const TenantId& tenant, UnixMillis now) {
  const std::lock_guard lock(mutex_);
  Sequence& sequence = sequence_of(tenant);
  AuditSeal seal{
      .from = sequence.sealed + 1, .to = sequence.sealed, .head = sequence.head, .entries = {}};
  bool news = false;
  for (const auto& [number, open] : sequence.open) {
    if (number != seal.to + 1 || !open.hash || seal.entries.size() == AuditSeal::kMaxEntries) break;
    seal.to = number;
    seal.head = audit_chain_next(seal.head, *open.hash);
    seal.entries.push_back(audit_fingerprint(*open.hash));
    news = news || !open.is_seal;
  }
  if (!news) return std::nullopt;
  AuditEntry entry = make_entry(tenant, now, kAuditSealType);
  entry.sequence = sequence.next++;
  entry.body = encode_audit_seal(seal);
  return SealDraft{std::move(entry), std::move(seal)};
}

AuditEntry AuditLog::make_entry(const TenantId& tenant, UnixMillis now,
                                std::string_view type) const {
  AuditEntry entry;
  entry.tenant = tenant;
  entry.chain = chain_;
  entry.at = now;
  entry.type = type;
  entry.keep_until = now + kAuditRetention;
  return entry;
}

AuditLog::Sequence& AuditLog::sequence_of(const TenantId& tenant) {
  const auto [place, is_new] = sequences_.try_emplace(tenant);
  if (is_new) place->second.head = audit_chain_start(tenant, chain_);
  return place->second;
}

void AuditLog::keep(const AuditEntry& entry, bool certain) {
  Open open{.hash = std::nullopt, .at = entry.at, .is_seal = entry.type == kAuditSealType};
  if (certain) open.hash = audit_entry_hash(entry);
  const std::lock_guard lock(mutex_);
  sequence_of(entry.tenant).open[entry.sequence] = open;
}

void AuditLog::give_back(const TenantId& tenant, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  Sequence& sequence = sequence_of(tenant);
  sequence.returned.insert(number);
  // The highest numbers are simply not given out yet.
  while (!sequence.returned.empty() && *sequence.returned.rbegin() + 1 == sequence.next) {
    sequence.returned.erase(std::prev(sequence.returned.end()));
    --sequence.next;
  }
}

Bytes audit_subject(const TenantId& tenant, const UserAccount& user) {
  const Digest digest = sha256({as_bytes("masterkey2 audit subject 1"), tenant.view(),
                                user.handle.view(), as_bytes(user.external_id)});
  return to_bytes(digest.view());
}

std::string cut_address(std::string_view address) {
  const std::string text(address);
  std::array<char, INET6_ADDRSTRLEN> cut{};
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    bytes[3] = 0;
    inet_ntop(AF_INET, bytes.data(), cut.data(), cut.size());
    return std::string(cut.data()) + "/24";
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    std::fill(bytes.begin() + 6, bytes.end(), std::uint8_t{0});
    inet_ntop(AF_INET6, bytes.data(), cut.data(), cut.size());
    return std::string(cut.data()) + "/48";
  }
  return {};
}

}  // namespace masterkey2
