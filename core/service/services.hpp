// What all services of one process share.
#pragma once

#include "crypto/random.hpp"
#include "masterkey2/storage.hpp"
#include "service/attestation_files.hpp"
#include "service/audit_log.hpp"
#include "service/clock.hpp"
#include "service/host_tenant.hpp"
#include "service/installation_holder.hpp"
#include "service/key_ring_holder.hpp"
#include "service/known_api_keys.hpp"
#include "service/provider_names.hpp"
#include "service/service_options.hpp"
#include "service/tenant_cache.hpp"

namespace masterkey2 {

class RateLimiter;

/// Thread-safe; the references must outlive it. Nothing is read from storage before the first
/// request, so that a database that is down does not keep the server from starting.
struct Services {
  Services(Storage& used_storage, KeyRing ring, KeyRingHolder::Reader reader,
           const Clock& used_clock, RandomSource& used_random, ServiceOptions used_options)
      : storage(used_storage),
        clock(used_clock),
        random(used_random),
        options(std::move(used_options)),
        keys(std::move(ring), std::move(reader)),
        installation(used_storage, used_clock, options.anchor_path),
        tenants(used_storage, used_clock, keys),
        host_tenant(used_storage, used_clock, tenants, options.base_url),
        audit(used_random),
        attestation(options.attestation),
        provider_names(options.provider_names) {}

  Storage& storage;
  const Clock& clock;
  RandomSource& random;
  const ServiceOptions options;
  KeyRingHolder keys;
  InstallationHolder installation;
  KnownApiKeys known_api_keys;
  TenantCache tenants;
  HostTenant host_tenant;
  AuditLog audit;
  AttestationFiles attestation;
  ProviderNames provider_names;
  RateLimiter* limits = nullptr;  ///< null: there are none
};

}  // namespace masterkey2
