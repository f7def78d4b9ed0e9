// Databases that are reached over TCP: whom the plugin talks to, and what it tells strangers.
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "plugins/mysql/connection.hpp"
#include "plugins/mysql/hostile_server.hpp"
#include "plugins/mysql/mysql_test.hpp"

namespace masterkey2::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Options = std::map<std::string, std::string>;

constexpr const char* kAddress = "127.0.0.1";
constexpr const char* kNewKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

/// Authorities, and what they have certified.
class Certificates {
 public:
  Certificates() {
    make_authority("ca");
    make_authority("stranger");
    make("good", "ca", kAddress, 2);
    make("client", "ca", "masterkey2", 2);
    make("other_name", "ca", "db.example", 2);
    make("expired", "ca", kAddress, -1);
    make("strangers", "stranger", kAddress, 2);
  }
  [[nodiscard]] std::string certificate(const std::string& name) const {
    return folder_ / (name + ".pem");
  }
  [[nodiscard]] std::string key(const std::string& name) const { return folder_ / (name + ".key"); }

 private:
  void openssl(const std::string& arguments) const {
    const std::string command = "cd " + folder_.path() + " && openssl " + arguments + " 2>log";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl " + arguments);
  }
  void make_authority(const std::string& name) const {
    openssl("req -x509 " + std::string(kNewKey) + " -keyout " + name + ".key -out " + name +
            ".pem -subj /CN=" + name + " -days 2");
  }
  void make(const std::string& name, const std::string& authority, const std::string& whose,
            int days) const {
    openssl("req -new " + std::string(kNewKey) + " -keyout " + name + ".key -out " + name +
            ".csr -subj /CN=" + whose);
    std::ofstream(folder_ / "extensions")
        << "subjectAltName=" << (whose == kAddress ? "IP:" : "DNS:") << whose << "\n";
    openssl("x509 -req -in " + name + ".csr -CA " + authority + ".pem -CAkey " + authority +
            ".key -CAcreateserial -extfile extensions -days " + std::to_string(days) + " -out " +
            name + ".pem");
  }

  TemporaryFolder folder_;
};

/// One server for all tests, whose certificate can be changed.
class TlsServer {
 public:
  TlsServer()
      : port_(free_port()),
        server_({"--bind-address=" + std::string(kAddress), "--port=" + std::to_string(port_),
                 "--ssl-cert=" + file("pem", "good"), "--ssl-key=" + file("key", "good"),
                 "--ssl-ca=" + certificates_.certificate("ca")}) {
    server_.execute("CREATE USER masterkey2@'" + std::string(kAddress) +
                    "' IDENTIFIED BY 'pass word'");
    server_.execute("GRANT ALL ON *.* TO masterkey2@'" + std::string(kAddress) + "'");
    server_.execute("SET GLOBAL log_output = 'TABLE'");
    server_.execute("SET GLOBAL general_log = 1");
  }
  void present(const std::string& certificate) {
    static_cast<void>(file("pem", certificate));
    static_cast<void>(file("key", certificate));
    server_.execute("FLUSH SSL");
  }
  /// How many sessions anybody asked for in the name of our account.
  [[nodiscard]] std::uint64_t logins() const {
    return server_.number(
        "SELECT COUNT(*) FROM mysql.general_log WHERE command_type = 'Connect' "
        "AND argument LIKE '%masterkey2%'");
  }
  [[nodiscard]] const Certificates& certificates() const { return certificates_; }
  [[nodiscard]] const MariadbServer& server() const { return server_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  /// The server's own file, with what is the certificate or key of `name`.
  [[nodiscard]] std::string file(const std::string& kind, const std::string& name) const {
    const std::string path = folder_ / ("server." + kind);
    std::filesystem::copy_file(
        kind == "pem" ? certificates_.certificate(name) : certificates_.key(name), path,
        std::filesystem::copy_options::overwrite_existing);
    return path;
  }

  Certificates certificates_;
  TemporaryFolder folder_;
  std::uint16_t port_;
  MariadbServer server_;
};

class Tls : public ::testing::Test {
 protected:
  Tls() : password_(folder_ / "password") {
    std::ofstream(password_) << "pass word\n";
    ::chmod(password_.c_str(), 0600);
  }

  static TlsServer& server() {
    static const auto server = [] {
      static_cast<void>(shared_server());  // which skips where there is none
      return std::make_unique<TlsServer>();
    }();
    return *server;
  }
  [[nodiscard]] Options options(std::uint16_t port, const Options& changes) const {
    Options options = {
        {"host", kAddress},           {"port", std::to_string(port)},
        {"database", "mysql"},        {"user", "masterkey2"},
        {"password_file", password_}, {"tls_ca", server().certificates().certificate("ca")}};
    for (const auto& [name, value] : changes) options[name] = value;
    return options;
  }
  /// What a readiness check answers.
  [[nodiscard]] StorageResult<void> check(std::uint16_t port, const Options& changes = {}) const {
    static QuietHost host;
    PluginRequest request;
    request.plugin_dir = Backend::chosen().plugin_dir;
    request.name = "mysql";
    request.allow_own_plugins = true;
    for (const auto& [name, value] : options(port, changes)) request.options[name] = value;
    const auto loaded = load_storage(request, host);
    if (!loaded) return StorageError{StorageErrorCode::kInvalidOptions, loaded.error().detail};
    return loaded->storage().check();
  }
  [[nodiscard]] StorageResult<void> check(const Options& changes = {}) const {
    return check(server().port(), changes);
  }
  /// Refused as unavailable, and nobody has asked for a session.
  void expect_no_login(const std::string& certificate, const std::string& why) {
    server().present(certificate);
    const std::uint64_t before = server().logins();
    const auto checked = check();
    ASSERT_THAT(checked, FailsWith(StorageErrorCode::kUnavailable));
    EXPECT_THAT(checked.error().detail, HasSubstr(why));
    EXPECT_EQ(server().logins(), before);
    server().present("good");
    EXPECT_TRUE(is_let_in(check()));
    EXPECT_GT(server().logins(), before);
  }
  /// The database is not ours, but the plugin has looked at it.
  static bool is_let_in(const StorageResult<void>& checked) {
    return !checked && checked.error().code == StorageErrorCode::kIncompatible;
  }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  std::string password_;
};

TEST_F(Tls, EncryptsToTheServerThatTheCertificateNames) {
  const auto checked = check();
  EXPECT_TRUE(is_let_in(checked)) << checked.error().detail;
  mysql::MysqlOptions direct;
  direct.host = kAddress;
  direct.port = server().port();
  direct.database = "mysql";
  direct.user = "masterkey2";
  direct.password_file = options(0, {}).at("password_file");
  direct.tls_ca = server().certificates().certificate("ca");
  const auto connection = mysql::Connection::open(direct);
  mysql::Rows rows = connection->query("SHOW SESSION STATUS LIKE 'Ssl_cipher'", {});
  ASSERT_TRUE(rows.next());
  rows.skip(1);
  EXPECT_THAT(rows.text(), Not(::testing::IsEmpty()));
}

TEST_F(Tls, CertificateOfAnotherAuthorityGetsNoLogin) {
  expect_no_login("strangers", "certificate");
}

TEST_F(Tls, CertificateForAnotherNameGetsNoLogin) { expect_no_login("other_name", "certificate"); }

TEST_F(Tls, ExpiredCertificateGetsNoLogin) { expect_no_login("expired", "expired"); }

TEST_F(Tls, NameIsNotComparedWhereTheOperatorSaysSo) {
  server().present("other_name");
  EXPECT_TRUE(is_let_in(check({{"tls_verify", "no"}})));
  server().present("good");
}

TEST_F(Tls, ServerThatAsksForACertificateGetsOurs) {
  const Certificates& certificates = server().certificates();
  server().server().execute("ALTER USER masterkey2@'127.0.0.1' REQUIRE X509");
  EXPECT_TRUE(is_let_in(check({{"tls_cert", certificates.certificate("client")},
                               {"tls_key", certificates.key("client")}})));
  EXPECT_THAT(check(), FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_THAT(check({{"tls_cert", certificates.certificate("strangers")},
                     {"tls_key", certificates.key("strangers")}}),
              FailsWith(StorageErrorCode::kUnavailable));
  server().server().execute("ALTER USER masterkey2@'127.0.0.1' REQUIRE NONE");
}

TEST_F(Tls, ServerWithoutItHearsNothing) {
  const HostileServer hostile(HostileServer::Trick::kNoTls);
  const auto checked = check(hostile.port());
  ASSERT_THAT(checked, FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_THAT(checked.error().detail, HasSubstr("TLS"));
  EXPECT_GE(hostile.tries(), 1U);
  EXPECT_EQ(hostile.received(), "");
}

TEST_F(Tls, WithoutItThePasswordIsNotSentInClear) {
  const HostileServer hostile(HostileServer::Trick::kLogin);
  EXPECT_THAT(check(hostile.port(), {{"tls_required", "no"}, {"tls_ca", ""}}),
              FailsWith(StorageErrorCode::kUnavailable));
  EXPECT_GE(hostile.tries(), 1U);
  EXPECT_THAT(hostile.received(), AllOf(HasSubstr("masterkey2"), Not(HasSubstr("pass word"))));
}

TEST_F(Tls, ServerThatAsksForAFileGetsNone) {
  const std::string file = folder() / "private";
  std::ofstream(file) << "nobody may read this";
  for (unsigned after = 0; after < 6; ++after) {
    const HostileServer hostile(HostileServer::Trick::kAskForFile, file, after);
    EXPECT_FALSE(check(hostile.port(), {{"tls_required", "no"}, {"tls_ca", ""}}));
    EXPECT_GE(hostile.tries() + after, 1U);
    EXPECT_THAT(hostile.received(), Not(HasSubstr("nobody may read this")));
  }
}

}  // namespace
}  // namespace masterkey2::testing
