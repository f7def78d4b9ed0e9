#include "storage/row_verifier.hpp"

#include <functional>
#include <random>
#include <utility>

#include "masterkey2/limits.hpp"

namespace masterkey2 {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<StoredRow>> kKinds = {
    "installation", "tenant",       "api_key",     "user",      "credential", "claim",
    "sign_in",      "session_mark", "idempotency", "ephemeral", "revocation", "audit"};
constexpr std::size_t kUserKind = 3;
constexpr std::size_t kCredentialKind = 4;

std::string hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

template <class Tag, std::size_t N>
std::string hex(const Identifier<Tag, N>& id) {
  return hex(id.view());
}

/// Big-endian, so that keys compare as bytes; times before 1970 come first.
void append(Bytes& key, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes all;
  for (const ByteView part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::string in_tenant(const TenantId& tenant) { return " of tenant " + hex(tenant); }

}  // namespace

std::string_view kind_word(std::size_t kind) { return kKinds.at(kind); }

RowVerifier::RowVerifier() : secret_((std::uint64_t{std::random_device{}()} << 32) | 1) {}

std::vector<std::string> RowVerifier::look_at(const StoredRow& row) {
  found_.clear();
  const std::size_t kind = row.index();
  // Credentials stand behind their users.
  const bool user_again = kind_ == kCredentialKind && kind == kUserKind;
  if (counts_[0] == 0 && kind != 0) complain("the first row is not the installation");
  if (kind < kind_ && !user_again) {
    complain("a row of kind " + std::string(kind_word(kind)) + " comes after one of kind " +
             std::string(kind_word(kind_)));
  }
  if (kind != kind_ && !user_again && kind != kCredentialKind) last_.clear();
  kind_ = kind;
  ++counts_[kind];
  std::visit([this](const auto& one) { check(one); }, row);
  return std::exchange(found_, {});
}

std::vector<std::string> RowVerifier::finish() const {
  if (counts_[0] == 1) return {};
  return {"the installation's row is missing"};
}

RowVerifier::Fingerprint RowVerifier::fingerprint(Space space, ByteView tenant,
                                                  ByteView key) const {
  std::string text(1, static_cast<char>(space));
  text += as_text(tenant);
  text += as_text(key);
  const std::hash<std::string> hash;
  Fingerprint value;
  value.first = hash(text) ^ secret_;
  text.insert(0, std::to_string(secret_));
  value.second = hash(text);
  return value;
}

void RowVerifier::expect_unique(Space space, ByteView tenant, ByteView key,
                                const std::string& what) {
  if (!known_.insert(fingerprint(space, tenant, key)).second) complain(what + " is there twice");
}

void RowVerifier::expect_tenant(const TenantId& tenant, const std::string& what) {
  if (!tenants_.contains(tenant))
    complain(what + " names tenant " + hex(tenant) + ", who is not there");
}

void RowVerifier::expect_order(Bytes key, const std::string& what) {
  if (!last_.empty() && key == last_) complain(what + " is there twice");
  if (key < last_) complain(what + " is out of order");
  last_ = std::move(key);
}

void RowVerifier::check(const Installation& row) {
  if (counts_[0] > 1) complain("there is a second installation");
  if (row.epoch == 0) complain("the installation's epoch is 0");
}

void RowVerifier::check(const StoredTenant& row) {
  const Tenant& tenant = row.tenant;
  const std::string what = "tenant " + hex(tenant.id);
  expect_order(to_bytes(tenant.id.view()), what);
  tenants_.insert(tenant.id);
  if (!is_within_limits(tenant)) complain(what + " has a field out of its limits");
  if (tenant.generation == 0) complain(what + " has generation 0");
  if (row.rp_id_exclusive) {
    expect_unique(Space::kRpId, {}, as_bytes(tenant.rp_id),
                  "the rp id of " + what + ", " + tenant.rp_id + ",");
  }
}

void RowVerifier::check(const ApiKey& row) {
  const std::string what = "API key " + hex(row.id) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), row.id.view()}), what);
  expect_tenant(row.tenant, "API key " + hex(row.id));
  if (!is_within_limits(row)) complain(what + " has a field out of its limits");
  expect_unique(Space::kKeyDigest, {}, row.digest.view(), "the digest of " + what);
}

void RowVerifier::check(const StoredUser& row) {
  const std::string what = "user " + hex(row.user.handle) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), row.user.handle.view()}), what);
  expect_tenant(row.tenant, "user " + hex(row.user.handle));
  if (!is_within_limits(row.user)) complain(what + " has a field out of its limits");
  expect_unique(Space::kExternalId, row.tenant.view(), as_bytes(row.user.external_id),
                "the external id of " + what);
  user_ = row;
  credentials_of_user_ = 0;
}

void RowVerifier::check(const StoredCredential& row) {
  const CredentialRecord& credential = row.credential;
  const std::string what = "credential " + hex(credential.id) + in_tenant(row.tenant);
  if (!user_ || user_->tenant != row.tenant || user_->user.handle != credential.user) {
    complain(what + " belongs to user " + hex(credential.user) + ", who is not there");
  } else if (++credentials_of_user_ == kMaxCredentialsPerUser + 1) {
    complain("user " + hex(credential.user) + in_tenant(row.tenant) + " has more than " +
             std::to_string(kMaxCredentialsPerUser) + " credentials");
  }
  if (!is_within_limits(credential)) complain(what + " has a field out of its limits");
  expect_unique(Space::kCredentialId, row.tenant.view(), credential.id, what);
}

void RowVerifier::check(const StoredClaim& row) {
  const std::string what = "claim " + hex(row.id) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), row.id.view()}), what);
  expect_tenant(row.tenant, "claim " + hex(row.id));
  expect_unique(Space::kClaim, row.tenant.view(), row.id.view(), what);
}

void RowVerifier::check(const StoredSignIn& row) {
  const SignIn& sign_in = row.sign_in;
  const std::string what = "sign-in " + hex(sign_in.id) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), sign_in.id.view()}), what);
  expect_tenant(row.tenant, "sign-in " + hex(sign_in.id));
  if (!is_within_limits(sign_in)) complain(what + " has a field out of its limits");
  if (row.taken && !sign_in.confirmed) complain(what + " is taken, but was never confirmed");
  expect_unique(Space::kClaim, row.tenant.view(), sign_in.id.view(), "the claim of " + what);
  if (row.taken) known_.insert(fingerprint(Space::kTaken, row.tenant.view(), sign_in.id.view()));
}

void RowVerifier::check(const StoredSessionMark& row) {
  const std::string what = "session mark " + hex(row.session_token) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), row.session_token.view()}), what);
  expect_tenant(row.tenant, "session mark " + hex(row.session_token));
  if (row.several_users && row.user != UserHandle{}) complain(what + " names one user of several");
}

void RowVerifier::check(const StoredIdempotency& row) {
  const std::string what = "idempotency key " + hex(row.key) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), row.key.view()}), what);
  expect_tenant(row.tenant, "idempotency key " + hex(row.key));
  if (!known_.contains(fingerprint(Space::kTaken, row.tenant.view(), row.sign_in.view()))) {
    complain(what + " names sign-in " + hex(row.sign_in) + ", which is not there or not taken");
  }
}

void RowVerifier::check(const StoredEphemeral& row) {
  const std::string what = "ephemeral " + hex(row.key) + in_tenant(row.tenant);
  expect_order(joined({row.tenant.view(), row.key}), what);
  expect_tenant(row.tenant, "ephemeral " + hex(row.key));
  if (!size_within(row.key.size(), 1, kMaxEphemeralKeySize) ||
      row.value.size() > kMaxEphemeralValueSize || row.version == 0) {
    complain(what + " has a field out of its limits");
  }
}

void RowVerifier::check(const StoredRevocation& row) {
  const std::string what = "revocation " + hex(row.token) + in_tenant(row.tenant);
  expect_tenant(row.tenant, "revocation " + hex(row.token));
  expect_unique(Space::kRevocation, row.tenant.view(), row.token.view(), what);
}

void RowVerifier::check(const AuditEntry& row) {
  const std::string what = "audit entry " + hex(row.chain) + " number " +
                           std::to_string(row.sequence) + in_tenant(row.tenant);
  Bytes key = to_bytes(row.tenant.view());
  append(key, static_cast<std::uint64_t>(row.at) ^ (std::uint64_t{1} << 63));
  key.insert(key.end(), row.chain.bytes.begin(), row.chain.bytes.end());
  append(key, row.sequence);
  expect_order(std::move(key), what);
  if (!is_within_limits(row)) complain(what + " has a field out of its limits");
}

}  // namespace masterkey2
