#include "service/account_signal.hpp"

#include <numeric>

#include "service/credential_options.hpp"
#include "service/rp_id.hpp"

namespace masterkey2 {
namespace {

/// Of a list, in bytes: 256 ids of the usual size. Of a longer one no part is told, as a provider
/// would hide the rest.
constexpr std::size_t kMostAccepted = 16'384;

bool may_speak(const Services& services, const TenantSnapshot& tenant,
               const CeremonyClaims& ceremony) {
  return tenant.settings.signal && ceremony.channel == Channel::kDirect &&
         services.installation.rows_are_complete();
}

std::size_t total_size(const std::vector<Bytes>& ids) {
  return std::accumulate(ids.begin(), ids.end(), std::size_t{0},
                         [](std::size_t sum, const Bytes& id) { return sum + id.size(); });
}

}  // namespace

std::optional<AccountSignal> account_signal(const Services& services, const TenantSnapshot& tenant,
                                            const CeremonyClaims& ceremony,
                                            const SignInView& view) {
  if (!may_speak(services, tenant, ceremony)) return std::nullopt;
  AccountNames names = account_names(tenant, *view.user);
  AccountSignal signal{view.user->handle, {}, std::move(names.name), std::move(names.display_name)};
  if (total_size(view.credential_ids) <= kMostAccepted) signal.accepted = view.credential_ids;
  return signal;
}

bool may_signal_unknown(const Services& services, const TenantSnapshot& tenant,
                        const CeremonyClaims& ceremony) {
  return may_speak(services, tenant, ceremony) && !ceremony.user &&
         is_exclusive_rp_id(tenant.tenant.rp_id);
}

}  // namespace masterkey2
