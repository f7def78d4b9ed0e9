// A large installation made of a small one: its export with more tenants, users and passkeys.
#pragma once

#include <cstddef>
#include <string>

namespace masterkey2::bench {

/// Of what is added. Half of the users join the tenant that is there, the others spread evenly over
/// the new ones.
struct Growth {
  std::size_t tenants = 0;
  std::size_t users = 0;
  std::size_t passkeys_each = 2;  ///< copies of one that is there, under ids of their own
};

/// Reads the export `seed` (of one tenant with a user and a passkey) and writes `grown`. Throws.
void grow_export(const std::string& seed, const std::string& grown, const Growth& growth);

}  // namespace masterkey2::bench
