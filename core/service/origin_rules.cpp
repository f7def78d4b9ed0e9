#include "service/origin_rules.hpp"

#include <algorithm>

namespace masterkey2 {
namespace {

/// One or more lower-case labels with a dot behind each: what may stand before a listed host.
bool is_label_prefix(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.back() != '.') return false;
  char before = '.';
  for (const char c : text) {
    const bool label = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!label && (c != '.' || before == '.')) return false;
    before = c;
  }
  return true;
}

bool is_below(std::string_view origin, std::string_view listed) {
  constexpr std::size_t kMaxOrigin = 300;  // a DNS name has 253 characters
  constexpr std::string_view kSeparator = "://";
  const std::size_t at = listed.find(kSeparator);
  if (at == std::string_view::npos || origin.size() > kMaxOrigin) return false;
  const std::string_view scheme = listed.substr(0, at + kSeparator.size());
  const std::string_view host = listed.substr(scheme.size());
  if (!origin.starts_with(scheme) || !origin.ends_with(host)) return false;
  if (origin.size() <= scheme.size() + host.size()) return false;
  return is_label_prefix(origin.substr(scheme.size(), origin.size() - scheme.size() - host.size()));
}

}  // namespace

bool origin_is_allowed(const TenantSettings& settings, std::string_view origin) {
  const auto& related = settings.related_origins;
  if (std::find(related.begin(), related.end(), origin) != related.end()) return true;
  return std::any_of(settings.origins.begin(), settings.origins.end(), [&](const auto& listed) {
    return origin == listed || (settings.allow_subdomains && is_below(origin, listed));
  });
}

bool origin_is_allowed(const TenantSettings& settings, std::optional<std::string_view> origin) {
  return origin ? origin_is_allowed(settings, *origin) : !settings.require_origin;
}

std::string_view origin_of_url(std::string_view url) {
  constexpr std::string_view kSeparator = "://";
  const std::size_t scheme = url.find(kSeparator);
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find('/', scheme + kSeparator.size()));
}

}  // namespace masterkey2
