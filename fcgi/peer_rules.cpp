#include "fcgi/peer_rules.hpp"

#include <algorithm>
#include <string_view>

namespace masterkey2 {
namespace {

constexpr int kMaxHops = 32;

bool any_contains(const std::vector<AddressRange>& ranges, std::string_view address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const AddressRange& range) { return range.contains(address); });
}

bool is_address(std::string_view text) {
  return text.find('/') == std::string_view::npos && AddressRange::parse(text).has_value();
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

Peer identify_peer(const HttpRequest& request, const PeerRules& rules) {
  const std::string* forwarded_for = request.header("x-forwarded-for");
  const bool forwards = forwarded_for != nullptr || request.header("forwarded") != nullptr ||
                        request.header("x-real-ip") != nullptr;
  Peer peer{.address = request.remote_address, .is_operator = false};
  bool known = !forwards;  // whether `address` is the client and not a proxy
  if (forwarded_for != nullptr) {
    std::string_view hops = *forwarded_for;
    for (int i = 0; i < kMaxHops && any_contains(rules.trusted_proxies, peer.address); ++i) {
      const std::size_t comma = hops.rfind(',');
      const std::string_view hop =
          trimmed(comma == std::string_view::npos ? hops : hops.substr(comma + 1));
      known = is_address(hop);
      if (!known) break;
      peer.address = hop;
      if (comma == std::string_view::npos) break;
      hops = hops.substr(0, comma);
    }
  }
  peer.is_operator =
      known && (is_loopback_address(peer.address) || any_contains(rules.operators, peer.address));
  return peer;
}

}  // namespace masterkey2
