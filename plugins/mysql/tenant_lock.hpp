// What the operations on tenants and on their API keys share.
#pragma once

#include "transaction.hpp"

namespace masterkey2::mysql {

/// Serializes the changes of a tenant and of its set of keys, on all nodes: it writes the row.
inline void lock_tenant(Transaction& transaction, const TenantId& tenant) {
  transaction.lock("UPDATE tenants SET key_set = key_set + 1 WHERE id = ?", {tenant});
}

/// With version 1. kDuplicate when its id or digest is in use.
void insert_api_key_row(Transaction& transaction, const ApiKey& key);

}  // namespace masterkey2::mysql
