// What the server sees of this plugin before it calls anything.
#define BOOST_DLL_USE_STD_FS
#include "masterkey2/plugin.hpp"

#include <array>
#include <boost/dll/alias.hpp>
#include <memory>
#include <utility>

#include "mysql_storage.hpp"

namespace masterkey2::mysql {
namespace {

constexpr std::array<StorageOption, 14> kOptions = {{
    {"host", "", "host name or address of the server; without it: socket", false, false},
    {"port", "3306", "port of the server, 1 to 65535", false, false},
    {"socket", "", "absolute path of the server's socket; without it: host", false, false},
    {"database", nullptr, "name of the database, which must exist", true, false},
    {"user", nullptr, "account on the server", true, false},
    {"password_file", "", "file with the account's password, mode 0600 or 0640; none: no password",
     false, false},
    {"tls_ca", "", "file with the certificates (PEM) that the server's must lead to", false, false},
    {"tls_cert", "", "file with our own certificate (PEM), if the server asks for one", false,
     false},
    {"tls_key", "", "file with the key of tls_cert (PEM)", false, false},
    {"tls_required", "yes", "with host: no connection without TLS", false, false},
    {"tls_verify", "yes", "with TLS: the server's certificate must name host", false, false},
    {"compound_statements", "yes",
     "commit a sign-in by one statement, where the server is a MariaDB alone", false, false},
    {"pool_size", "16", "connections at most, 1 to 1024: as many as there are workers", false,
     false},
    {"timeout_s", "3", "seconds after which a call gives up, 2 to 60", false, false},
}};

StorageResult<std::unique_ptr<Storage>> create(const StorageOptions& options, HostServices& host) {
  auto chosen = read_options(options);
  if (!chosen) return chosen.error();
  return std::unique_ptr<Storage>(std::make_unique<MysqlStorage>(std::move(*chosen), host));
}

}  // namespace

extern const StoragePlugin kDescriptor;
const StoragePlugin kDescriptor = {
    sizeof(StoragePlugin),
    kStorageAbiVersion,
    kStorageBuildAbi,
    "mysql",
    "0.1.0",
    "MIT",
    kMultiProcess | kMultiHost | kDurable | kPortable,
    kOptions.data(),
    kOptions.size(),
    &create,
};

}  // namespace masterkey2::mysql

MASTERKEY2_STORAGE_PLUGIN(masterkey2::mysql::kDescriptor)
