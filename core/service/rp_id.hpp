// RP IDs and origins as operators write them, brought into their one exact form.
#pragma once

#include <string>
#include <string_view>

#include "masterkey2/result.hpp"

namespace masterkey2 {

/// One sentence that names the value and what to write instead.
struct NameError {
  std::string sentence;
};

/// A registrable domain or a name below one in lower-case A-labels, or `localhost`. Upper case is
/// lowered. Refused: IP addresses, public suffixes (libpsl), scheme, port, path, a dot at the end,
/// U-labels.
[[nodiscard]] Result<std::string, NameError> canonical_rp_id(std::string_view text);

/// False for `localhost`, which any number of tenants may have.
[[nodiscard]] bool is_exclusive_rp_id(std::string_view rp_id);

/// `https://host[:port]`, or `http://` on localhost and below it. Lowered; a default port is left
/// out. Refused: everything else.
[[nodiscard]] Result<std::string, NameError> canonical_origin(std::string_view text);

/// The host of a canonical origin, borrowed from it.
[[nodiscard]] std::string_view origin_host(std::string_view origin);

/// `host` is `rp_id` or ends in `.` and it (L3 §5.1.3 step 8, "registrable domain suffix").
[[nodiscard]] bool host_may_use_rp_id(std::string_view host, std::string_view rp_id);

/// The first label of the registrable domain of `host`: `example` for `www.example.co.uk`. Browsers
/// count related origins by it (L3 §5.11.1). Empty if there is none.
[[nodiscard]] std::string registrable_label(std::string_view host);

}  // namespace masterkey2
