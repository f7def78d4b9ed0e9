// What a storage operation can fail with, apart from its documented outcomes.
#pragma once

#include <cstdint>
#include <string>

#include "masterkey2/result.hpp"

namespace masterkey2 {

enum class StorageErrorCode : std::uint8_t {
  kConflict,         ///< lost against a concurrent change, nothing happened: read again and retry
  kUnavailable,      ///< cannot be reached, full, or past its deadline; nothing happened
  kOutcomeUnknown,   ///< the commit was sent and its fate is not known
  kNotInitialized,   ///< no store here yet: `masterkey2ctl storage init`
  kIncompatible,     ///< a store of another schema or format; `detail` names both numbers
  kCorrupt,          ///< a checksum or an invariant of the store is broken
  kInvalidOptions,   ///< the options cannot work; `detail` names the option
  kInvalidArgument,  ///< a field breaks its documented limits: a bug of the caller
  kInternal,         ///< a bug of the plugin
  kUnsupported,      ///< an optional operation that this plugin does not offer
};

struct StorageError {
  StorageErrorCode code = StorageErrorCode::kInternal;
  std::string detail;  ///< for the log, never for a client; holds no secret
};

template <class T>
using StorageResult = Result<T, StorageError>;

}  // namespace masterkey2
