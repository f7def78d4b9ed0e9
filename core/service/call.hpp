// One request as the services see it.
#pragma once

#include <optional>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// Texts are borrowed from the request.
struct Call {
  std::string_view address;     ///< of the client
  std::string_view request_id;  ///< made by us
  /// Header `Origin`; absent: none was sent.
  std::optional<std::string_view> origin;
  /// Set by the service as soon as it knows, for the log.
  std::optional<TenantId> tenant;
};

}  // namespace masterkey2
