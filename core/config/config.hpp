// The server's configuration as read from YAML.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/result.hpp"

namespace masterkey2 {

/// Every member's default is the documented one; conf/masterkey2.yaml names all of them.
struct Config {
  std::vector<std::string> files;    ///< what it was read from, in the order of reading
  std::string listen;                ///< `unix:/path` or `host:port`; empty: inherited fd 0
  std::string listen_mode = "0660";  ///< of a unix socket that we bind, octal
  unsigned workers = 16;             ///< worker threads, 4–256
  std::string base_url;              ///< required: scheme, host, port, path; no trailing slash
  std::string plugin_dir;            ///< default: the installed plugins' folder
  bool allow_own_plugins =
      false;  ///< plugins owned by our own user are loaded, too: for development
  struct {
    std::string plugin = "flatfile";
    std::map<std::string, std::string, std::less<>> options;  ///< scalars as text
  } storage;
  std::string keyring;  ///< path of the key ring file; required
  struct {
    std::string trust_anchors;                           ///< folder of certificates; empty: none
    std::string metadata;                                ///< FIDO metadata BLOB; empty: none
    std::string metadata_root;                           ///< certificates that its signer leads to
    std::string metadata_host = "mds.fidoalliance.org";  ///< whose certificate signs it
  } attestation;
  std::string provider_names;                ///< JSON file; default: the installed one
  std::vector<std::string> trusted_proxies;  ///< CIDR or address
  struct {
    std::int64_t session_ttl_seconds = 86'400;  ///< 60–86,400
    std::int64_t auth_ttl_seconds = 120;        ///< 10–300
    std::int64_t ceremony_ttl_seconds = 300;    ///< 30–600
  } tokens;
  struct {
    std::string level = "info";  ///< debug, info, warning, error
  } log;
  struct {
    bool enabled = true;
    std::string file;                         ///< shared cells; empty: beside the key ring
    std::int64_t address_per_minute = 1'200;  ///< 0: no limit; so the others
    std::int64_t token_per_minute = 6'000;
    std::int64_t tenant_per_second = 0;
    std::int64_t key_per_second = 0;
    std::int64_t claim_address_per_minute = 60;
    std::int64_t claim_tenant_per_minute = 6'000;
  } rate_limits;
  struct {
    bool tenants = false;  ///< ceremonies are counted for each tenant
    std::vector<std::string>
        allow;  ///< besides loopback: who may read /metrics, /version, reasons of /readyz
  } metrics;
};

/// A mistake in the file. `text` is one sentence that says what to write instead.
struct ConfigMistake {
  std::string file;
  int line = 0;    ///< from 1; 0: the file as a whole
  int column = 0;  ///< from 1
  std::string text;

  /// `file:line:column: text`
  [[nodiscard]] std::string message() const;
};

/// One of the files that the configuration is made of.
struct ConfigText {
  std::string file;  ///< the name that mistakes carry
  std::string text;
};

/// Reads `path`, then the files `conf.d/*.yaml` beside it in the order of their names (as bytes):
/// a key of a later file replaces that of an earlier one. All mistakes at once, in that order:
/// unknown and duplicate keys, wrong types, values out of range, missing required keys, files or a
/// folder that others may write.
[[nodiscard]] Result<Config, std::vector<ConfigMistake>> read_config(const std::string& path);

/// The same on texts; `files` holds at least one. Required keys may stand in any of them.
[[nodiscard]] Result<Config, std::vector<ConfigMistake>> parse_config(
    const std::vector<ConfigText>& files);

}  // namespace masterkey2
