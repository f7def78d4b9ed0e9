#include "service/key_ring_holder.hpp"

#include <utility>

namespace masterkey2 {

KeyRingHolder::KeyRingHolder(KeyRing ring, Reader reader)
    : reader_(std::move(reader)), ring_(std::make_shared<const KeyRing>(std::move(ring))) {}

std::shared_ptr<const KeyRing> KeyRingHolder::current() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

Result<bool, KeyRingError> KeyRingHolder::reload() {
  Result<KeyRing, KeyRingError> read = reader_();
  if (!read) return std::move(read).error();
  auto fresh = std::make_shared<const KeyRing>(std::move(read).value());
  const std::lock_guard lock(mutex_);
  if (fresh->keys() == ring_->keys()) return false;
  ring_ = std::move(fresh);
  return true;
}

}  // namespace masterkey2
