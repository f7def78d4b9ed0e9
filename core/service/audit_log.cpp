#include "service/audit_log.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "crypto/sha256.hpp"
#include "encoding/json.hpp"

namespace masterkey2 {
namespace {

constexpr UnixMillis kKeepFor = 400LL * 86'400'000;
constexpr std::size_t kMostAtOnce = 64;  // that append_audit takes

}  // namespace

AuditDraft::~AuditDraft() {
  if (!stored_) log_.give_back(entry_);
}

void AuditDraft::note(const StorageResult<Outcome>& outcome) {
  const bool unknown = !outcome && outcome.error().code == StorageErrorCode::kOutcomeUnknown;
  if (unknown || (outcome && *outcome == Outcome::kDone)) stored_ = true;
}

AuditDraft AuditLog::draft(const TenantId& tenant, const Call& call, UnixMillis now,
                           const AuditEvent& event) {
  Json body = Json::object();
  if (const std::string address = cut_address(call.address); !address.empty()) {
    body["address"] = address;
  }
  body["request_id"] = call.request_id;
  for (const auto& [name, text] : event.members) body[std::string(name)] = text;
  const std::string text = body.dump();

  AuditEntry entry = make_entry(tenant, now, event.type);
  if (event.user != nullptr) entry.subject = audit_subject(tenant, *event.user);
  entry.body = to_bytes(as_bytes(text));
  {
    const std::lock_guard lock(mutex_);
    Sequence& sequence = sequences_[tenant];
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
  if (!stored && stored.error().code != StorageErrorCode::kOutcomeUnknown) {
    for (const AuditEntry& entry : entries) give_back(entry);
  }
  return stored;
}

AuditEntry AuditLog::make_entry(const TenantId& tenant, UnixMillis now,
                                std::string_view type) const {
  AuditEntry entry;
  entry.tenant = tenant;
  entry.chain = chain_;
  entry.at = now;
  entry.type = type;
  entry.keep_until = now + kKeepFor;
  return entry;
}

void AuditLog::give_back(const AuditEntry& entry) {
  const std::lock_guard lock(mutex_);
  Sequence& sequence = sequences_[entry.tenant];
  sequence.returned.insert(entry.sequence);
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
