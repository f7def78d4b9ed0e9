// Where a list goes on, as callers carry it: sealed, so that nobody builds on what is inside.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/services.hpp"

namespace masterkey2 {

/// `list` names what is listed; a cursor of another list or tenant does not open.
[[nodiscard]] std::string seal_cursor(Services& services, const TenantId& tenant,
                                      std::string_view list, ByteView after);
[[nodiscard]] std::optional<Bytes> open_cursor(Services& services, const TenantId& tenant,
                                               std::string_view list, std::string_view text);

}  // namespace masterkey2
