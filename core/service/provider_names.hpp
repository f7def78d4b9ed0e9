// Names of passkey providers, for people: from a file that a package can update.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"
#include "service/bounded_file.hpp"

namespace masterkey2 {

using ProviderNameMap = std::map<Aaguid, std::string>;

/// `{"<AAGUID>": "name", …}`; `{"<AAGUID>": {"name": "name", …}, …}` will do, too. At most 4 MiB,
/// names of 1 to 128 bytes without control characters. The error is a clause.
[[nodiscard]] Result<ProviderNameMap, FileFault> parse_provider_names(std::string_view json);

/// Thread-safe. A name says nothing that anybody has proven.
class ProviderNames {
 public:
  /// Empty: there are no names.
  explicit ProviderNames(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] std::optional<std::string> find(const Aaguid& aaguid) const;

  /// Reads the file if it has changed. Sentences for the log; none if it has not. Of a file that
  /// cannot be read nothing is used.
  std::vector<std::string> reload();

 private:
  const std::string path_;
  std::mutex reloading_;  ///< one at a time; guards the next two
  FileStamp stamp_;
  bool read_once_ = false;
  mutable std::mutex mutex_;  ///< guards `names_`
  std::shared_ptr<const ProviderNameMap> names_ = std::make_shared<const ProviderNameMap>();
};

}  // namespace masterkey2
