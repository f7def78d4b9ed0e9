#include "service/tenant_service.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"
#include "encoding/utf8.hpp"
#include "service/operator_audit.hpp"
#include "service/origin_rules.hpp"
#include "service/rp_id.hpp"
#include "service/tenant_signing_key.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxOrigins = 64;
constexpr std::size_t kKeyPrefixBytes = 12;
constexpr std::size_t kKeyRandomBytes = 32;
constexpr std::string_view kKeyPrefix = "bvsk_";

std::optional<std::string> name_fault(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || !is_utf8(name) ||
      has_control_character(name)) {
    return "the tenant's name must be 1 to 256 bytes of UTF-8 without control characters";
  }
  return std::nullopt;
}

/// The origin of `base_url`: what stands before its path.
Result<std::string, NameError> origin_of(const std::string& base_url) {
  const auto separator = base_url.find("://");
  if (separator == std::string::npos) return NameError{"base_url `" + base_url + "` has no scheme"};
  return canonical_origin(std::string_view(base_url).substr(0, base_url.find('/', separator + 3)));
}

std::string foreign_origin(const std::string& origin, const std::string& rp_id) {
  return "origin `" + origin + "` cannot use rp_id `" + rp_id +
         "`: its host must be that domain or a name below it";
}

/// The origins in exact form, each able to use `rp_id`.
Result<std::vector<std::string>, std::string> check_origins(const std::vector<std::string>& texts,
                                                            const std::string& rp_id,
                                                            const std::string& base_url) {
  if (texts.empty()) {
    return "a tenant needs an origin from which its pages call, such as `https://" + rp_id + "`";
  }
  if (texts.size() > kMaxOrigins) return std::string("a tenant has at most 64 origins");
  const auto own = origin_of(base_url);
  if (!own) return own.error().sentence;
  std::vector<std::string> origins;
  for (const std::string& text : texts) {
    auto origin = canonical_origin(text);
    if (!origin) return origin.error().sentence;
    if (!host_may_use_rp_id(origin_host(*origin), rp_id)) return foreign_origin(text, rp_id);
    if (*origin == *own && is_exclusive_rp_id(rp_id)) {
      return "origin `" + text +
             "` is the server's own (base_url): pages of a tenant live on another origin";
    }
    if (std::find(origins.begin(), origins.end(), *origin) == origins.end()) {
      origins.push_back(std::move(*origin));
    }
  }
  return origins;
}

/// Browsers look at no more than five registrable labels in the order of the list (L3 §5.11.1): a
/// sixth one would fail without a word.
/// The phone's page counts, where it needs the list.
std::optional<std::string> related_origins_fault(const TenantSettings& settings,
                                                 const std::string& rp_id,
                                                 const std::string& base_url) {
  constexpr std::size_t kMostLabels = 5;
  const std::vector<std::string>& origins = settings.related_origins;
  const std::string_view own = origin_of_url(base_url);
  std::set<std::string> labels;
  if (!origins.empty() && settings.cross_device != "off" &&
      !host_may_use_rp_id(origin_host(own), rp_id)) {
    labels.insert(registrable_label(origin_host(own)));
  }
  for (const std::string& origin : origins) {
    if (origin == own) {
      return "related origin `" + origin +
             "` is the server's own (base_url), which is listed for cross_device without this";
    }
    const std::string label = registrable_label(origin_host(origin));
    if (label.empty()) {
      return "related origin `" + origin +
             "` has no registrable domain: browsers accept none of that kind";
    }
    labels.insert(label);
    if (labels.size() > kMostLabels) {
      return "related origin `" + origin +
             "` has the sixth name of its kind (such as `example` in example.com and "
             "example.co.uk): browsers accept five" +
             (settings.cross_device == "off" ? ""
                                             : ", the phone's page of cross_device among them");
    }
  }
  return std::nullopt;
}

TenantId draw_tenant_id(RandomSource& random) {
  // A text that begins with `-` would read as an option on a command line.
  for (;;) {
    const auto id = random.identifier<TenantId>();
    if (!tenant_id_text(id).starts_with('-')) return id;
  }
}

ApiKey make_first_key(const TenantId& tenant, const std::string& text, RandomSource& random,
                      UnixMillis now) {
  ApiKey key;
  key.id = random.identifier<ApiKeyId>();
  key.tenant = tenant;
  key.digest = sha256(as_bytes(text));
  key.prefix = text.substr(0, kKeyPrefixBytes);
  key.name = "first";
  key.lineage = key.id;
  key.created_at = now;
  return key;
}

/// Fills in the exact origins and encodes. What decoding would refuse is refused here.
Result<Bytes, std::string> checked_settings(TenantSettings settings,
                                            const std::vector<std::string>& origins,
                                            const std::string& rp_id, const std::string& base_url) {
  auto exact = check_origins(origins, rp_id, base_url);
  if (!exact) return exact.error();
  if (const auto fault = related_origins_fault(settings, rp_id, base_url)) return *fault;
  settings.origins = std::move(*exact);
  Bytes encoded = encode_tenant_settings(settings);
  if (const auto sound = decode_tenant_settings(encoded); !sound) return sound.error();
  return encoded;
}

}  // namespace

Result<CreatedTenant, std::string> create_tenant(const CreateTenant& request, Storage& storage,
                                                 const KeyRing& ring, RandomSource& random,
                                                 const Clock& clock, const std::string& base_url) {
  if (const auto fault = name_fault(request.name)) return *fault;
  auto rp_id = canonical_rp_id(request.rp_id);
  if (!rp_id) return rp_id.error().sentence;
  TenantSettings settings = request.settings;
  if (settings.rp_name.empty()) settings.rp_name = request.name;
  auto encoded = checked_settings(std::move(settings), request.origins, *rp_id, base_url);
  if (!encoded) return encoded.error();

  const UnixMillis now = clock.now();
  InsertTenant insert;
  Tenant& tenant = insert.tenant;
  tenant.id = draw_tenant_id(random);
  tenant.name = request.name;
  tenant.rp_id = std::move(*rp_id);
  tenant.created_at = now;
  tenant.settings = std::move(*encoded);
  tenant.signing_keys.push_back(
      make_tenant_signing_key(tenant.id, SigningKeyState::kActive, now, ring, random, now));
  insert.rp_id_exclusive = is_exclusive_rp_id(tenant.rp_id);
  const std::string api_key = make_api_key(random);
  insert.first_key = make_first_key(tenant.id, api_key, random, now);
  OperatorAudit audit(storage, random, clock);
  AuditDraft draft = audit.draft(tenant.id, "tenant.created");
  insert.audit = draft.entry();

  const auto outcome = storage.insert_tenant(insert);
  draft.note(outcome);
  if (!outcome) return "the tenant could not be stored: " + outcome.error().detail;
  if (*outcome == Outcome::kAlreadyExists) {
    return "rp_id `" + tenant.rp_id +
           "` belongs to another tenant: an RP ID has one owner in an installation";
  }
  if (*outcome != Outcome::kDone) {
    return "the tenant could not be stored (outcome " +
           std::to_string(static_cast<unsigned>(*outcome)) + ")";
  }
  tenant.generation = 1;
  ApiKey key = insert.first_key;
  key.version = 1;
  return CreatedTenant{std::move(tenant), std::move(key), api_key};
}

Result<Tenant, std::string> change_tenant_settings(const Tenant& tenant, TenantSettings settings,
                                                   Storage& storage, RandomSource& random,
                                                   const Clock& clock,
                                                   const std::string& base_url) {
  const std::vector<std::string> origins = settings.origins;
  auto encoded = checked_settings(std::move(settings), origins, tenant.rp_id, base_url);
  if (!encoded) return encoded.error();
  Tenant changed = tenant;
  changed.settings = std::move(*encoded);

  Guard guard;
  guard.tenant = tenant.id;
  guard.now = clock.now();
  guard.tenant_generation = tenant.generation;
  OperatorAudit audit(storage, random, clock);
  AuditDraft draft = audit.draft(tenant.id, "tenant.changed");
  const auto outcome = storage.update_tenant(guard, changed, draft.entry());
  draft.note(outcome);
  if (!outcome) return "the change could not be stored: " + outcome.error().detail;
  if (*outcome == Outcome::kTenantChanged) {
    return std::string("somebody else has changed the tenant meanwhile: look and repeat");
  }
  if (*outcome != Outcome::kDone) {
    return std::string("the tenant is gone or not enabled");
  }
  ++changed.generation;
  return changed;
}

std::string tenant_id_text(const TenantId& id) { return base64url_encode(id.view()); }

std::optional<TenantId> parse_tenant_id(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes) return std::nullopt;
  return TenantId::from(*bytes);
}

std::string make_api_key(RandomSource& random) {
  std::array<std::uint8_t, kKeyRandomBytes> bytes{};
  random.fill(bytes);
  return std::string(kKeyPrefix) + base64url_encode(bytes);
}

std::optional<Digest> api_key_digest(std::string_view text) {
  if (!text.starts_with(kKeyPrefix)) return std::nullopt;
  const auto bytes = base64url_decode(text.substr(kKeyPrefix.size()));
  if (!bytes || bytes->size() != kKeyRandomBytes) return std::nullopt;
  return sha256(as_bytes(text));
}

}  // namespace masterkey2
