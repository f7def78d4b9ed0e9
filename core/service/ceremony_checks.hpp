// What both ceremonies have in common between begin and finish.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/access.hpp"

namespace masterkey2 {

/// A ceremony with everything but purpose-specific members, begun on a page of `origin`.
[[nodiscard]] CeremonyClaims make_ceremony(Services& services, const TenantSnapshot& tenant,
                                           const TokenEnvelope& token, CeremonyPurpose purpose,
                                           std::string_view origin);

/// Begin: a ceremony with everything but purpose-specific members. origin_not_allowed.
[[nodiscard]] ApiResult<CeremonyClaims> begin_ceremony(Services& services,
                                                       const TenantSnapshot& tenant,
                                                       const TokenEnvelope& token,
                                                       CeremonyPurpose purpose, const Call& call);

/// Finish: a genuine ceremony of this purpose that was begun with this token, on the page itself.
/// invalid_token, wrong_token_type, ceremony_expired.
[[nodiscard]] ApiResult<CeremonyClaims> reopen_ceremony(Services& services, std::string_view text,
                                                        const TokenEnvelope& token,
                                                        std::uint64_t token_epoch,
                                                        CeremonyPurpose purpose);

/// Finish: the header still says what begin saw, and the tenant still allows it.
/// origin_not_allowed.
[[nodiscard]] ApiResult<void> check_finish_origin(const TenantSettings& settings,
                                                  const CeremonyClaims& ceremony, const Call& call);

/// What the client data may name: begin's origin, or, where none was sent (native apps), the
/// tenant's lists.
[[nodiscard]] std::vector<std::string> expected_origins(const TenantSettings& settings,
                                                        const CeremonyClaims& ceremony);

/// A row outlives what it forbids by this much, for clocks that differ.
inline constexpr UnixMillis kClaimMargin = 60'000;

}  // namespace masterkey2
