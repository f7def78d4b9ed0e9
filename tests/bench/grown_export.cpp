#include "bench/grown_export.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "ctl/export_file.hpp"
#include "masterkey2/stored_row.hpp"

namespace masterkey2::bench {
namespace {

/// Place `index` of `count` ones that lie evenly in the whole range, so that they ascend and mix
/// with random ids.
template <class Id>
Id spread(std::uint64_t index, std::uint64_t count) {
  Id id;
  const std::uint64_t head = UINT64_MAX / (count + 1) * (index + 1);
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(head >> (56 - 8 * i));
  }
  return id;
}

template <class T>
T must(Result<T, ctl::CommandError> result) {
  if (!result) throw std::runtime_error(result.error().sentence);
  return std::move(*result);
}

struct Member {
  StoredUser user;
  std::vector<StoredCredential> passkeys;
};

/// The rows of the seed, by kind.
struct Seed {
  Installation installation;
  StoredTenant tenant;
  std::vector<ApiKey> keys;
  std::vector<Member> members;
  std::vector<StoredRow> others;  ///< what follows the users
};

Seed read_seed(const std::string& path) {
  const auto reader = must(ctl::ExportReader::open(path));
  if (auto ready = reader->rewind("reading", 0); !ready) {
    throw std::runtime_error(ready.error().sentence);
  }
  Seed seed;
  StoredRow row;
  while (true) {
    const auto more = reader->next(row);
    if (!more) throw std::runtime_error(more.error().detail);
    if (!*more) return seed;
    if (auto* const installation = std::get_if<Installation>(&row)) {
      seed.installation = *installation;
    } else if (auto* const tenant = std::get_if<StoredTenant>(&row)) {
      seed.tenant = *tenant;
    } else if (auto* const key = std::get_if<ApiKey>(&row)) {
      seed.keys.push_back(*key);
    } else if (auto* const user = std::get_if<StoredUser>(&row)) {
      seed.members.push_back({*user, {}});
    } else if (auto* const credential = std::get_if<StoredCredential>(&row)) {
      seed.members.back().passkeys.push_back(*credential);
    } else {
      seed.others.push_back(row);
    }
  }
}

class Grower {
 public:
  Grower(const Seed& seed, ctl::ExportWriter& writer, const Growth& growth)
      : seed_(seed), writer_(writer), growth_(growth) {}

  void run() {
    put(seed_.installation);
    each_tenant([this](const TenantId& id, bool own) {
      if (own) return put(seed_.tenant);
      StoredTenant tenant = seed_.tenant;
      tenant.tenant.id = id;
      tenant.tenant.rp_id = "site-" + std::to_string(next_tenant_++) + ".example";
      put(tenant);
    });
    each_tenant([this](const TenantId& id, bool own) {
      if (own) {
        for (const ApiKey& key : seed_.keys) put(key);
        return;
      }
      ApiKey key = seed_.keys.front();
      key.tenant = id;
      std::copy(id.bytes.begin(), id.bytes.end(), key.id.bytes.begin());
      std::copy(id.bytes.begin(), id.bytes.end(), key.digest.bytes.begin());
      key.lineage = key.id;
      put(key);
    });
    each_tenant([this](const TenantId& id, bool own) { put_users(id, own); });
    for (const StoredRow& row : seed_.others) put(row);
  }

 private:
  void put(const StoredRow& row) {
    if (auto written = writer_.put(row); !written) {
      throw std::runtime_error(written.error().detail);
    }
  }

  /// All tenants, the seed's own among them, in the order of their ids.
  template <class Visit>
  void each_tenant(const Visit& visit) {
    const TenantId own = seed_.tenant.tenant.id;
    bool seen = false;
    for (std::size_t i = 0; i < growth_.tenants; ++i) {
      const auto id = spread<TenantId>(i, growth_.tenants);
      if (!seen && own < id) {
        visit(own, true);
        seen = true;
      }
      visit(id, false);
    }
    if (!seen) visit(own, true);
  }

  void put_users(const TenantId& tenant, bool own) {
    const std::size_t elsewhere = growth_.tenants == 0 ? 0 : growth_.users / 2 / growth_.tenants;
    const std::size_t count = own ? growth_.users - elsewhere * growth_.tenants : elsewhere;
    auto member = seed_.members.begin();
    for (std::size_t i = 0; i < count; ++i) {
      const auto handle = spread<UserHandle>(i, count);
      for (; own && member != seed_.members.end() && member->user.user.handle < handle; ++member) {
        put_member(*member);
      }
      put_new_member(tenant, handle);
    }
    for (; own && member != seed_.members.end(); ++member) put_member(*member);
  }

  void put_member(const Member& member) {
    put(member.user);
    for (const StoredCredential& passkey : member.passkeys) put(passkey);
  }

  void put_new_member(const TenantId& tenant, const UserHandle& handle) {
    const std::uint64_t number = next_user_++;
    const Member& like = seed_.members[number % seed_.members.size()];
    StoredUser user = like.user;
    user.tenant = tenant;
    user.user.handle = handle;
    user.user.external_id = "new-" + std::to_string(number);
    put(user);
    for (std::size_t i = 0; i < growth_.passkeys_each; ++i) {
      StoredCredential passkey = like.passkeys.front();
      passkey.tenant = tenant;
      passkey.credential.user = handle;
      // Ids of a manager's passkeys have 16 to 32 bytes; these are as long as the one they copy.
      const std::uint64_t id = number * growth_.passkeys_each + i;
      for (std::size_t byte = 0; byte < 8; ++byte) {
        passkey.credential.id.at(byte) = static_cast<std::uint8_t>(id >> (8 * byte));
      }
      put(passkey);
    }
  }

  const Seed& seed_;
  ctl::ExportWriter& writer_;
  const Growth& growth_;
  std::size_t next_tenant_ = 0;
  std::uint64_t next_user_ = 0;
};

}  // namespace

void grow_export(const std::string& seed, const std::string& grown, const Growth& growth) {
  const Seed rows = read_seed(seed);
  if (rows.keys.empty() || rows.members.empty() || rows.members.front().passkeys.empty()) {
    throw std::runtime_error(seed + ": has no tenant with a user and a passkey");
  }
  const auto writer = must(ctl::ExportWriter::create(grown));
  Grower(rows, *writer, growth).run();
  static_cast<void>(must(writer->finish()));
}

}  // namespace masterkey2::bench
