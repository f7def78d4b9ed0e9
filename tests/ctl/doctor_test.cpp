// Each fault is made, and the doctor names it and what mends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ctl/doctor/local_checks.hpp"
#include "ctl/doctor/web_checks.hpp"
#include "encoding/json.hpp"
#include "service/tenant_settings.hpp"
#include "tests/ctl/program_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace masterkey2::ctl {
namespace {

using ::testing::HasSubstr;

/// The finding of `check`; there must be one.
Finding finding(const Findings& findings, std::string_view check) {
  for (const Finding& each : findings) {
    if (each.check == check) return each;
  }
  ADD_FAILURE() << "no finding about " << check;
  return {};
}

void expect_trouble(const Finding& found, const std::string& mend) {
  EXPECT_EQ(found.grade, Grade::kTrouble) << found.text;
  EXPECT_THAT(found.mend, HasSubstr(mend));
}

WebReply problem(const std::string& code) {
  return {
      .status = 401, .headers = {{"x-request-id", "a"}}, .body = R"({"code":")" + code + R"("})"};
}

/// A web server in front of MasterKey2 as it should be, with faults to switch on.
struct WebServer {
  bool keeps_authorization = false;
  bool drops_api_key = false;
  bool takes_underscores = false;
  int allow_origin_headers = 1;
  std::size_t largest_body = 65'536;
  std::string sdk_type = "text/javascript";
  WebReply health = {
      .status = 200, .headers = {{"x-request-id", "a"}}, .certificate_days = 60, .tls = true};
  WebReply well_known = {.status = 404};

  WebReply answer(const WebRequest& request) const {
    if (request.path == "/healthz") return health;
    if (request.path == "/.well-known/webauthn") return well_known;
    if (request.path == "/sdk/masterkey2.js") {
      return {.status = 200,
              .headers = {{"content-type", sdk_type}, {"access-control-allow-origin", "*"}}};
    }
    if (request.path == "/api/v1/finish_registration") {
      if (request.body.size() > largest_body) return {.status = 413};
      return problem("missing_token");
    }
    if (request.path == "/api/v1/begin_authentication") {
      WebReply reply = problem(keeps_authorization ? "missing_token" : "invalid_token");
      for (int i = 0; i < allow_origin_headers; ++i) {
        reply.headers.emplace("access-control-allow-origin", "*");
      }
      return reply;
    }
    const bool hyphens = request.headers.starts_with("X-API-KEY: bvsk_");
    const bool arrives = hyphens ? !drops_api_key : takes_underscores;
    return problem(arrives ? "invalid_api_key" : "missing_api_key");
  }
  [[nodiscard]] Findings findings() const {
    return check_web_server("https://auth.example.net",
                            [this](const WebRequest& request) { return answer(request); });
  }
};

TEST(DoctorWeb, FindsNothingInFrontOfAGoodServer) {
  const Findings findings = WebServer().findings();
  EXPECT_EQ(findings.size(), 7U);
  for (const Finding& each : findings) EXPECT_EQ(each.grade, Grade::kGood) << each.text;
}

TEST(DoctorWeb, NobodyAnswers) {
  WebServer server;
  server.health = {.failure = WebReply::Failure::kConnect, .detail = "refused"};
  ASSERT_EQ(server.findings().size(), 1U);
  expect_trouble(server.findings()[0], "getent hosts auth.example.net");
}

TEST(DoctorWeb, TheCertificateIsBad) {
  WebServer server;
  server.health = {.failure = WebReply::Failure::kCertificate, .detail = "certificate has expired"};
  expect_trouble(finding(server.findings(), "TLS"), "renew");
}

TEST(DoctorWeb, TheCertificateEndsSoon) {
  WebServer server;
  server.health.certificate_days = 13;
  EXPECT_EQ(finding(server.findings(), "TLS").grade, Grade::kWarning);
}

TEST(DoctorWeb, TheServerIsDown) {
  WebServer server;
  server.health = {.status = 502};
  expect_trouble(finding(server.findings(), "web server"), "systemctl start masterkey2.socket");
}

TEST(DoctorWeb, SomethingElseAnswers) {
  WebServer server;
  server.health = {.status = 200, .body = "<html>"};
  expect_trouble(finding(server.findings(), "web server"), "include");
}

TEST(DoctorWeb, AuthorizationIsKept) {
  WebServer server;
  server.keeps_authorization = true;
  expect_trouble(finding(server.findings(), "Authorization"), "CGIPassAuth On");
}

TEST(DoctorWeb, TheApiKeyIsDropped) {
  WebServer server;
  server.drops_api_key = true;
  expect_trouble(finding(server.findings(), "X-API-KEY"), "include");
}

TEST(DoctorWeb, UnderscoresPassForHyphens) {
  WebServer server;
  server.takes_underscores = true;
  expect_trouble(finding(server.findings(), "underscores"), "underscores_in_headers off");
}

TEST(DoctorWeb, CorsHeadersAreDoubledOrMissing) {
  for (const int count : {0, 2}) {
    WebServer server;
    server.allow_origin_headers = count;
    expect_trouble(finding(server.findings(), "CORS"), "that header");
  }
}

TEST(DoctorWeb, TheLargestBodyDoesNotPass) {
  WebServer server;
  server.largest_body = 65'535;
  const Finding found = finding(server.findings(), "limits");
  expect_trouble(found, "client_max_body_size 64k");
  EXPECT_THAT(found.text, HasSubstr("413"));
}

TEST(DoctorWeb, TheSdkHasAnotherType) {
  WebServer server;
  server.sdk_type = "application/octet-stream";
  expect_trouble(finding(server.findings(), "SDK"), "include");
}

/// Below the RP ID of the tenants here.
constexpr const char* kBaseUrl = "https://auth.example.com";

Tenant tenant_with(const std::vector<std::string>& origins,
                   const std::vector<std::string>& related = {}) {
  Tenant tenant;
  tenant.name = "Shop";
  tenant.rp_id = "example.com";
  TenantSettings settings;
  settings.rp_name = "Shop";
  settings.origins = origins;
  settings.related_origins = related;
  tenant.settings = encode_tenant_settings(settings);
  return tenant;
}

Findings related(const std::vector<std::string>& origins, const WebServer& server) {
  return check_related_origins({tenant_with(origins)}, kBaseUrl,
                               [&](const WebRequest& request) { return server.answer(request); });
}

TEST(DoctorTenants, OriginsOfTheRpIdNeedNoFile) {
  EXPECT_EQ(
      finding(related({"https://example.com", "https://www.example.com:8443"}, {}), "tenant").grade,
      Grade::kGood);
}

TEST(DoctorTenants, OtherOriginsMustStandInTheWellKnownFile) {
  WebServer server;
  const std::vector<std::string> origins = {"https://example.com", "https://notexample.com"};
  expect_trouble(finding(related(origins, server), "tenant"), "https://notexample.com");
  server.well_known = {.status = 200, .body = R"({"origins":["https://notexample.com"]})"};
  EXPECT_EQ(finding(related(origins, server), "tenant").grade, Grade::kGood);
}

TEST(DoctorTenants, RelatedOriginsMustStandThereToo) {
  WebServer server;
  const Tenant tenant = tenant_with({"https://example.com"}, {"https://example.co.uk"});
  const auto ask = [&](const WebRequest& request) { return server.answer(request); };
  expect_trouble(finding(check_related_origins({tenant}, kBaseUrl, ask), "tenant"),
                 R"({"origins":["https://example.co.uk"]})");
  server.well_known = {.status = 200, .body = R"({"origins":["https://example.co.uk"]})"};
  EXPECT_EQ(finding(check_related_origins({tenant}, kBaseUrl, ask), "tenant").grade, Grade::kGood);
}

TEST(DoctorTenants, ThePhonesPageMustStandThereWhileItIsUsed) {
  WebServer server;
  const std::string base_url = "https://auth.example.net/auth";
  Tenant tenant = tenant_with({"https://example.com"});
  const auto ask = [&](const WebRequest& request) { return server.answer(request); };
  const auto found = [&] {
    return finding(check_related_origins({tenant}, base_url, ask), "tenant");
  };
  expect_trouble(found(), R"({"origins":["https://auth.example.net"]}, or set cross_device=off)");
  server.well_known = {.status = 200, .body = R"({"origins":["https://auth.example.net"]})"};
  EXPECT_EQ(found().grade, Grade::kGood);
  server.well_known = {};
  TenantSettings settings = decode_tenant_settings(tenant.settings).value();
  settings.cross_device = "off";
  tenant.settings = encode_tenant_settings(settings);
  EXPECT_EQ(found().grade, Grade::kGood);
}

TEST(DoctorTenants, TheWellKnownFileMayBeARedirect) {
  const Tenant tenant = tenant_with({"https://example.com"}, {"https://example.co.uk"});
  std::string location = "https://auth.example.net/.well-known/webauthn/abc";
  int asked = 0;
  const auto ask = [&](const WebRequest& request) -> WebReply {
    ++asked;
    if (request.origin == "https://example.com") {
      return {.status = 302, .headers = {{"location", location}}};
    }
    EXPECT_EQ(request.origin + request.path, location);
    return {.status = 200, .body = R"({"origins":["https://example.co.uk"]})"};
  };
  EXPECT_EQ(finding(check_related_origins({tenant}, kBaseUrl, ask), "tenant").grade, Grade::kGood);
  for (const char* refused :
       {"http://auth.example.net/list", "https://auth.example.net:x/", "https://example.net", "",
        "//example.net/", "https://auth.example.net/a b",
        "https://auth.example.net:99999999999/"}) {
    location = refused;
    EXPECT_EQ(finding(check_related_origins({tenant}, kBaseUrl, ask), "tenant").grade,
              Grade::kTrouble);
  }
  location = "/.well-known/webauthn";  // to itself
  asked = 0;
  EXPECT_EQ(finding(check_related_origins({tenant}, kBaseUrl, ask), "tenant").grade,
            Grade::kTrouble);
  EXPECT_EQ(asked, 6);
}

TEST(DoctorLocal, TheShippedBaseUrlIsNobodys) {
  Config config;
  config.base_url = "https://auth.example.com";
  expect_trouble(check_base_url(config, "/etc/x.yaml"), "set base_url in /etc/x.yaml");
  config.base_url = "https://auth.example.net";
  EXPECT_EQ(check_base_url(config, "").grade, Grade::kGood);
}

class DoctorSocket : public ::testing::Test {
 protected:
  DoctorSocket() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    config_.listen = "unix:" + path_;
  }
  ~DoctorSocket() override { ::close(fd_); }
  DoctorSocket(const DoctorSocket&) = delete;
  DoctorSocket& operator=(const DoctorSocket&) = delete;
  void make(mode_t mode) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  testing::TemporaryFolder folder_;
  std::string path_ = folder_ / "socket";
  int fd_;
  Config config_;
};

TEST_F(DoctorSocket, Missing) {
  expect_trouble(check_socket(config_), "systemctl enable --now masterkey2.socket");
}

TEST_F(DoctorSocket, OpenToEverybody) {
  make(0666);
  expect_trouble(check_socket(config_), "systemctl revert masterkey2.socket");
}

TEST_F(DoctorSocket, NotTheWebServers) {
  make(0600);
  // Root's, or whose this test runs as: no web server's in any case.
  const Finding found = check_socket(config_);
  EXPECT_NE(found.grade, Grade::kGood) << found.text;
  EXPECT_FALSE(found.mend.empty());
}

TEST(DoctorLocal, APluginThatIsNotInstalledNamesItsPackage) {
  Config config;
  config.plugin_dir = MASTERKEY2_PLUGIN_DIR;
  config.allow_own_plugins = true;
  config.storage.plugin = "absent";
  expect_trouble(check_plugin(config), "apt install masterkey2-storage-absent");
  config.storage.plugin = "flatfile";
  EXPECT_EQ(check_plugin(config).grade, Grade::kGood);
}

TEST(DoctorLocal, ForwardingHeadersOfStrangersAreNotBelieved) {
  Config config;
  EXPECT_EQ(check_proxies(config, "mk2.yaml").grade, Grade::kGood);
  config.trusted_proxies = {"127.0.0.1", "10.0.0.0/8", "2001:db9::/32"};
  EXPECT_EQ(check_proxies(config, "mk2.yaml").grade, Grade::kGood);
  for (const char* range : {"0.0.0.0/0", "128.0.0.0/1", "192.0.0.0/8", "::/0", "2000::/3"}) {
    config.trusted_proxies = {"127.0.0.1", range};
    const Finding found = check_proxies(config, "mk2.yaml");
    expect_trouble(found, "list the proxies alone in trusted_proxies in mk2.yaml");
    EXPECT_THAT(found.text, HasSubstr(range));
  }
}

TEST(DoctorLocal, RoomIsCounted) {
  const testing::TemporaryFolder folder;
  EXPECT_THAT(check_space(folder.path()).text, HasSubstr("% free"));
  EXPECT_EQ(check_space(folder / "absent").grade, Grade::kWarning);
}

TEST(DoctorLocal, WhatRootHasCopiedBackIsNotTheServers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  constexpr uid_t kServer = 12'345;
  const testing::TemporaryFolder folder;
  Config config;
  config.keyring = folder / "keyring.json";
  config.storage.options["path"] = folder / "data";
  const std::string segment = folder / "data/segment";
  std::filesystem::create_directory(folder / "data");
  for (const std::string& file : {config.keyring, segment}) std::ofstream(file).close();
  const std::vector<std::string> all = {folder.path(), config.keyring, folder / "data", segment};
  EXPECT_EQ(check_owner(config).grade, Grade::kGood);  // as of a developer who is root
  for (const std::string& path : all) ASSERT_EQ(::chown(path.c_str(), kServer, kServer), 0);
  EXPECT_EQ(check_owner(config).grade, Grade::kGood);
  for (const std::vector<std::string>& copied : {std::vector{config.keyring},
                                                 {segment},
                                                 {folder / "data"},
                                                 {folder / "data", segment},
                                                 {config.keyring, folder / "data", segment}}) {
    for (const std::string& path : copied) ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
    for (Finding found; (found = check_owner(config)).grade != Grade::kGood;) {
      ASSERT_THAT(found.mend, HasSubstr("chown -R --reference="));
      ASSERT_EQ(testing::run_program({"/bin/sh", "-c", found.mend}).exit_code, 0);
    }
    for (const std::string& path : all) {
      struct stat status {};
      ASSERT_EQ(::lstat(path.c_str(), &status), 0);
      EXPECT_EQ(status.st_uid, kServer) << path;
    }
  }
}

class DoctorCommand : public ::testing::Test {
 protected:
  DoctorCommand() {
    std::ofstream(config_)
        << "base_url: http://localhost:1\nplugin_dir: " << MASTERKEY2_PLUGIN_DIR
        << "\nallow_own_plugins: true\nstorage: {plugin: flatfile, options: {path: "
        << folder_ / "data"
        << "}}\nkeyring: " << ring_ << "\n";
    ::chmod(config_.c_str(), 0600);
  }
  [[nodiscard]] testing::ProgramRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), {MASTERKEY2CTL, "--json", "--config", config_});
    return testing::run_program(words);
  }
  /// What the doctor says about `check`, without asking a web server.
  [[nodiscard]] Json about(const std::string& check) const {
    const auto answer = parse_json(run({"doctor", "--offline"}).out);
    EXPECT_TRUE(answer);
    for (const Json& each : answer ? (*answer)["findings"] : Json::array()) {
      if (each["check"] == check) return each;
    }
    return {};
  }
  testing::TemporaryFolder folder_;
  std::string config_ = folder_ / "masterkey2.yaml";
  std::string ring_ = folder_ / "keyring.json";
};

TEST_F(DoctorCommand, NamesAMissingStoreAndItsMendWorks) {
  EXPECT_EQ(about("storage")["grade"], "trouble");
  EXPECT_THAT(about("storage")["mend"].get<std::string>(), HasSubstr("masterkey2ctl storage init"));
  EXPECT_EQ(run({"storage", "init"}).exit_code, 0);
  EXPECT_EQ(about("storage")["grade"], "good");
  EXPECT_EQ(about("key ring")["grade"], "good");
}

TEST_F(DoctorCommand, NamesAKeyRingThatOthersMayReadAndItsMendWorks) {
  ASSERT_EQ(run({"storage", "init"}).exit_code, 0);
  ::chmod(ring_.c_str(), 0644);
  const Json found = about("key ring");
  EXPECT_EQ(found["grade"], "trouble");
  EXPECT_EQ(testing::run_program({"/bin/sh", "-c", found["mend"].get<std::string>()}).exit_code, 0);
  EXPECT_EQ(about("key ring")["grade"], "good");
}

TEST_F(DoctorCommand, NamesAMissingKeyRing) {
  ASSERT_EQ(run({"storage", "init"}).exit_code, 0);
  ::unlink(ring_.c_str());
  EXPECT_THAT(about("key ring")["mend"].get<std::string>(), HasSubstr("from its copy"));
}

TEST_F(DoctorCommand, NamesEveryMistakeOfTheConfiguration) {
  std::ofstream(config_, std::ios::app) << "colour: blue\n";
  EXPECT_THAT(about("configuration")["text"].get<std::string>(), HasSubstr("colour"));
}

TEST_F(DoctorCommand, AsksTheWebServerUnlessOffline) {
  ASSERT_EQ(run({"storage", "init"}).exit_code, 0);
  const testing::ProgramRun done = run({"doctor"});
  EXPECT_NE(done.exit_code, 0);
  EXPECT_THAT(done.out, HasSubstr("nobody answers at http://localhost:1"));
  EXPECT_EQ(about("web server"), Json());
}

}  // namespace
}  // namespace masterkey2::ctl
