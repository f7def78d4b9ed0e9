// The code that a person carries from the phone to the computer.
#pragma once

#include <string>
#include <string_view>

#include "service/services.hpp"

namespace masterkey2 {

/// Six digits, each number as likely as any other.
[[nodiscard]] std::string make_code(RandomSource& random);

/// Six ASCII digits.
[[nodiscard]] bool is_code(std::string_view text);

/// As storage keeps it: sealed by the key ring, for this sign-in of this tenant alone.
[[nodiscard]] Bytes wrap_code(Services& services, const TenantId& tenant, const TokenId& sign_in,
                              std::string_view code);

/// In constant time. False, too, for what was wrapped by a key that the ring no longer opens.
[[nodiscard]] bool code_matches(Services& services, const TenantId& tenant, const TokenId& sign_in,
                                ByteView wrapped, std::string_view typed);

}  // namespace masterkey2
