// Who is at the other end: the client behind proxies, and whether an operator sits there.
#pragma once

#include <string>
#include <vector>

#include "config/address_range.hpp"
#include "fcgi/http_message.hpp"

namespace masterkey2 {

struct PeerRules {
  std::vector<AddressRange> trusted_proxies;  ///< whose X-Forwarded-For is believed
  std::vector<AddressRange> operators;        ///< besides loopback
};

struct Peer {
  std::string address;       ///< the client's; never empty unless REMOTE_ADDR was
  bool is_operator = false;  ///< may read /metrics, /version and the reasons of /readyz
};

/// From `remote_address` (the web server's word) and the forwarding headers. X-Forwarded-For counts
/// only behind a trusted proxy, from its right end to the first address that is none of them; what
/// cannot be read ends the walk. A peer that forwards without being trusted is no operator,
/// wherever it sits.
[[nodiscard]] Peer identify_peer(const HttpRequest& request, const PeerRules& rules);

}  // namespace masterkey2
