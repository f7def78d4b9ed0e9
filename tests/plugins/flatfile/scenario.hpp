// Every kind of write, each from a state in which it succeeds, with a question that tells whether
// it has happened.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugins/rows.hpp"

namespace masterkey2::testing {

enum class Seen { kNotThere, kThere, kHalf };

struct WriteScenario {
  std::string name;
  /// True if it was acknowledged; an error is put into `error`.
  std::function<bool(Storage&, StorageErrorCode& error)> write;
  std::function<Seen(Storage&)> look;
};

/// Tenant 1 with users 1 and 2, a passkey each, sign-in 50 under session token 60; more than 4 KiB.
void prepare_scenarios(Storage& storage);
/// What prepare_scenarios made is all there, but for what `scenario` may have changed.
[[nodiscard]] bool is_prepared_state_there(Storage& storage, const std::string& scenario);
[[nodiscard]] const std::vector<WriteScenario>& write_scenarios();
/// Tenant 1 has an audit entry of this number.
[[nodiscard]] bool has_audit(Storage& storage, std::uint64_t sequence);

}  // namespace masterkey2::testing
