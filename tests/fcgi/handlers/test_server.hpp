// A whole server without FastCGI: router, handlers and services on a store of its own, of the
// backend that the program was linked for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encoding/json.hpp"
#include "fcgi/peer_rules.hpp"
#include "fcgi/router.hpp"
#include "service/services.hpp"
#include "service/tenant_settings.hpp"
#include "storage/plugin_loader.hpp"
#include "support/fake_clock.hpp"
#include "support/observed_storage.hpp"
#include "support/temporary_folder.hpp"
#include "support/virtual_authenticator.hpp"
#include "support/virtual_credential.hpp"

namespace masterkey2::testing {

/// What a test sends besides method and path.
struct Send {
  std::string api_key{};
  std::string bearer{};
  std::optional<std::string> origin{};
  std::optional<Json> json{};
  std::string raw_body{};  ///< if there is no `json`
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string address = "192.0.2.7";
};

struct Answer {
  int status = 0;
  Json body;
  HttpResponse http;
  RequestLog log;

  /// `code` of a problem or of a verdict; empty if there is none.
  [[nodiscard]] std::string code() const {
    return status != 200 || body.contains("verified") ? body.value("code", "") : "";
  }
  /// `409 token_used`, or `200`.
  [[nodiscard]] std::string summary() const;
};

struct Site {
  TenantId id;
  std::string id_text;
  std::string rp_id;
  std::string origin;
  std::string api_key;
};

using EditAnswer = std::function<void(support::CeremonyAnswer&)>;

class TestServer {
 public:
  static constexpr const char* kBaseUrl = "https://auth.example.net";

  TestServer();
  ~TestServer();

  [[nodiscard]] Answer call(std::string_view method, std::string_view path, const Send& send);
  /// From now on calls come to another host on the same store, whose clock is ahead by `skew`.
  void move_to_host(UnixMillis skew);

  /// A tenant with the origin `https://<rp_id>`.
  Site add_site(const std::string& rp_id, const TenantSettings& settings = {});
  void change_settings(const Site& site, const std::function<void(TenantSettings&)>& change);
  void set_tenant_enabled(const Site& site, bool enabled);
  void set_user_enabled(const Site& site, const std::string& external_id, bool enabled);
  void erase_user(const Site& site, const std::string& external_id);

  [[nodiscard]] std::string session_token(const Site& site, const Json& body = nullptr);
  [[nodiscard]] std::string user_token(const Site& site, const std::string& external_id,
                                       int ttl = 300);

  // The browser's calls, each with the site's origin.
  [[nodiscard]] Answer begin_registration(const Site& site, const std::string& token);
  [[nodiscard]] Answer begin_authentication(const Site& site, const std::string& token);
  /// Answers what `begun` asked with a new passkey, which is returned.
  [[nodiscard]] std::pair<Answer, support::VirtualCredential> finish_registration(
      const Site& site, const std::string& token, const Answer& begun, const EditAnswer& edit = {});
  [[nodiscard]] Answer finish_authentication(const Site& site, const std::string& token,
                                             const Answer& begun,
                                             const support::VirtualCredential& passkey,
                                             const EditAnswer& edit = {});
  /// Whole ceremonies that must succeed.
  [[nodiscard]] support::VirtualCredential register_passkey(const Site& site,
                                                            const std::string& external_id);
  [[nodiscard]] std::string sign_in(const Site& site, const std::string& session_token,
                                    const support::VirtualCredential& passkey);
  [[nodiscard]] Answer verify(const Site& site, const Json& body,
                              std::vector<std::pair<std::string, std::string>> headers = {});

  /// Body of a finish call for `begun`.
  [[nodiscard]] static Json assertion_body(const Site& site, const Answer& begun,
                                           const support::VirtualCredential& passkey,
                                           const EditAnswer& edit = {});
  [[nodiscard]] static Json attestation_body(const Site& site, const Answer& begun,
                                             const support::VirtualCredential& passkey,
                                             const EditAnswer& edit = {});

  [[nodiscard]] Storage& store() { return loaded_->storage(); }
  /// All entries of one type; of all types if it is empty. In no promised order.
  [[nodiscard]] std::vector<AuditEntry> audit(const Site& site, const std::string& type = "");
  /// Bytes of all files of the store; its rows where it is no flat file.
  [[nodiscard]] std::uintmax_t store_size();

  PeerRules peers;
  FakeClock clock;
  /// Where the server looks for anchors/, metadata, metadata_root.pem and aaguids.json, once
  /// `reload_files` is called.
  TemporaryFolder folder;

 private:
  class SilentHost final : public HostServices {
   public:
    void log(PluginLogLevel /*level*/, std::string_view /*text*/) override {}
  };
  SilentHost host_;
  std::unique_ptr<LoadedStorage> loaded_;

 public:
  std::unique_ptr<ObservedStorage> storage;
  std::unique_ptr<Services> services;

 private:
  struct OtherHost;
  std::unique_ptr<Router> router_;
  std::unique_ptr<OtherHost> other_;
};

}  // namespace masterkey2::testing
