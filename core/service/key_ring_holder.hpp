// The key ring in use, exchanged while the server runs.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "masterkey2/result.hpp"
#include "token/key_ring.hpp"

namespace masterkey2 {

/// Thread-safe. Requests share the ring that they began with; `reload` puts another one in place.
class KeyRingHolder {
 public:
  /// Reads the ring anew, such as by `read_key_ring(path)`.
  using Reader = std::function<Result<KeyRing, KeyRingError>()>;

  KeyRingHolder(KeyRing ring, Reader reader);

  [[nodiscard]] std::shared_ptr<const KeyRing> current() const;

  /// True if the ring is another one now. On an error the ring in use stays.
  Result<bool, KeyRingError> reload();

 private:
  const Reader reader_;
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> ring_;
};

}  // namespace masterkey2
