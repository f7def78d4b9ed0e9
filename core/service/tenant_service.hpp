// Making and changing tenants: for operators (masterkey2ctl).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/random.hpp"
#include "masterkey2/storage.hpp"
#include "service/clock.hpp"
#include "service/tenant_settings.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {

struct CreateTenant {
  std::string name;                  ///< 1–256 B
  std::string rp_id;                 ///< a registrable domain or a name below one, or `localhost`
  std::vector<std::string> origins;  ///< 1–64; each must be able to use `rp_id`
  TenantSettings settings;           ///< `rp_name` empty: `name`; `origins` are taken from above
};

struct CreatedTenant {
  Tenant tenant;
  ApiKey key;
  std::string api_key;  ///< shown once; only its digest is stored
};

/// Checks rp_id (lower-case A-labels, no IP address, no public suffix by libpsl, no scheme or port)
/// and origins (https, or http on localhost; exact form scheme://host[:port], default port left
/// out), draws ids, API key and an ES256 signing key wrapped by `ring`, and inserts all of it at
/// once. The error is one sentence.
[[nodiscard]] Result<CreatedTenant, std::string> create_tenant(
    const CreateTenant& request, Storage& storage, const KeyRing& ring, RandomSource& random,
    const Clock& clock, const std::string& base_url);

/// Stores `settings` as those of `tenant`, checked as at creation; `tenant` as it was read last.
/// The error is one sentence, also when another change came in between.
[[nodiscard]] Result<Tenant, std::string> change_tenant_settings(
    const Tenant& tenant, TenantSettings settings, Storage& storage, RandomSource& random,
    const Clock& clock, const std::string& base_url);

/// 22 characters of base64url that do not begin with `-`.
[[nodiscard]] std::string tenant_id_text(const TenantId& id);
[[nodiscard]] std::optional<TenantId> parse_tenant_id(std::string_view text);

/// `bvsk_` + 43 characters of base64url.
[[nodiscard]] std::string make_api_key(RandomSource& random);
/// SHA-256 of the key's text; absent if the text has not the form of a key.
[[nodiscard]] std::optional<Digest> api_key_digest(std::string_view text);

}  // namespace masterkey2
