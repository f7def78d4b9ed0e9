#include "service/rp_id.hpp"

#include <libpsl.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxNameBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label_character(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; }

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

/// What URL parsers take for an IPv4 address: a last label that is a number (WHATWG URL §3.5).
bool ends_in_a_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return false;
  if (std::all_of(last.begin(), last.end(), is_digit)) return true;
  const auto is_hex_digit = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  return last.starts_with("0x") && std::all_of(last.begin() + 2, last.end(), is_hex_digit);
}

/// Why `host` (lowered) is no DNS name in A-labels; absent if it is one. Continues "… `host` ".
std::optional<std::string> name_fault(std::string_view host) {
  if (host.empty()) return "is empty: write a domain such as `example.com`";
  if (host.size() > kMaxNameBytes) return "is longer than 253 characters";
  if (std::any_of(host.begin(), host.end(), [](char c) { return (c & 0x80) != 0; })) {
    return "is not ASCII: write it as A-labels (`xn--…`), as `idn2` prints them";
  }
  if (host.find_first_of("[]") != std::string_view::npos || ends_in_a_number(host)) {
    return "is an IP address, which passkeys cannot be bound to: write a domain name";
  }
  if (host.ends_with('.')) return "ends in a dot: leave it out";
  for (std::size_t begin = 0; begin <= host.size();) {
    const std::size_t end = std::min(host.find('.', begin), host.size());
    const std::string_view label = host.substr(begin, end - begin);
    if (label.empty() || label.size() > kMaxLabelBytes || label.starts_with('-') ||
        label.ends_with('-') || !std::all_of(label.begin(), label.end(), is_label_character)) {
      return "is not a domain name: between dots stand 1 to 63 of a-z, 0-9 and inner hyphens";
    }
    begin = end + 1;
  }
  return std::nullopt;
}

/// The newer of the system's list and the one built into libpsl; null if there is neither.
const psl_ctx_t* public_suffixes() {
  struct Free {
    void operator()(psl_ctx_t* list) const { psl_free(list); }
  };
  static const std::unique_ptr<psl_ctx_t, Free> list(psl_latest(nullptr));
  return list.get();
}

}  // namespace

Result<std::string, NameError> canonical_rp_id(std::string_view text) {
  const std::string subject = "rp_id " + quoted(text) + " ";
  if (text.find("://") != std::string_view::npos) {
    return NameError{subject + "has a scheme: write the host name alone, such as `example.com`"};
  }
  if (text.find_first_of("/?#@ \t") != std::string_view::npos) {
    return NameError{subject + "is not a host name: write the domain alone, such as `example.com`"};
  }
  std::string host = lowered(text);
  const auto colon = host.find(':');
  if (colon != std::string::npos && host.find(':', colon + 1) == std::string::npos &&
      host.front() != '[') {
    return NameError{subject + "has a port: an RP ID stands for all ports, leave it out"};
  }
  if (colon != std::string::npos) {
    return NameError{subject +
                     "is an IP address, which passkeys cannot be bound to: write a domain name"};
  }
  if (const auto fault = name_fault(host)) return NameError{subject + *fault};
  if (is_localhost(host)) return host;
  const psl_ctx_t* list = public_suffixes();
  if (list == nullptr) {
    return NameError{subject + "cannot be checked: no public-suffix list (install `publicsuffix`)"};
  }
  if (psl_is_public_suffix(list, host.c_str()) != 0) {
    return NameError{
        subject + "is a public suffix, shared by many owners: write a domain below it, such as " +
        quoted("example." + host)};
  }
  return host;
}

bool is_exclusive_rp_id(std::string_view rp_id) { return rp_id != "localhost"; }

Result<std::string, NameError> canonical_origin(std::string_view text) {
  const std::string subject = "origin " + quoted(text) + " ";
  const auto separator = text.find("://");
  const std::string scheme =
      separator == std::string_view::npos ? "" : lowered(text.substr(0, separator));
  if (scheme != "https" && scheme != "http") {
    return NameError{subject +
                     "has no scheme that passkeys work on: write it as `https://host[:port]`"};
  }
  const std::string_view authority = text.substr(separator + 3);
  if (authority.find_first_of("/?#@\\ \t*") != std::string_view::npos) {
    return NameError{subject +
                     "has more than scheme, host and port: write it as `https://host[:port]`"};
  }
  // An IPv6 address has colons of its own; name_fault() names it.
  const auto colon = authority.starts_with('[') ? std::string_view::npos : authority.find(':');
  const std::string host = lowered(authority.substr(0, colon));
  if (const auto fault = name_fault(host)) return NameError{subject + *fault};
  if (scheme == "http" && !is_localhost(host)) {
    return NameError{subject +
                     "is not secure: passkeys work on `https://` (plain http on localhost alone)"};
  }
  if (colon == std::string_view::npos) return scheme + "://" + host;

  const std::string_view digits = authority.substr(colon + 1);
  unsigned port = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || rest != digits.data() + digits.size() || port < 1 || port > 65'535 ||
      digits.front() == '0') {
    return NameError{subject + "has a port that is no number from 1 to 65535"};
  }
  if (port == (scheme == "https" ? 443U : 80U)) return scheme + "://" + host;
  return scheme + "://" + host + ":" + std::to_string(port);
}

std::string_view origin_host(std::string_view origin) {
  const auto begin = origin.find("://");
  if (begin == std::string_view::npos) return {};
  const std::string_view authority = origin.substr(begin + 3);
  return authority.substr(0, authority.find(':'));
}

std::string registrable_label(std::string_view host) {
  const std::string name(host);
  const psl_ctx_t* list = public_suffixes();
  const char* domain = list != nullptr ? psl_registrable_domain(list, name.c_str()) : nullptr;
  if (domain == nullptr) return {};
  const std::string_view text(domain);
  return std::string(text.substr(0, text.find('.')));
}

bool host_may_use_rp_id(std::string_view host, std::string_view rp_id) {
  if (host == rp_id) return true;
  return host.size() > rp_id.size() && host.ends_with(rp_id) &&
         host[host.size() - rp_id.size() - 1] == '.';
}

}  // namespace masterkey2
