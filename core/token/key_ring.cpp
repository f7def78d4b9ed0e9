#include "token/key_ring.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace masterkey2 {
namespace {

RingKey make_key(const std::vector<RingKey>& others, RingKeyState state, RandomSource& random,
                 UnixMillis now) {
  const auto taken = [&](std::uint32_t id) {
    return id == 0 || std::any_of(others.begin(), others.end(),
                                  [id](const RingKey& other) { return other.id == id; });
  };
  RingKey key;
  do {
    std::array<std::uint8_t, 4> bytes{};
    random.fill(bytes);
    key.id = std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
             std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
  } while (taken(key.id));
  key.state = state;
  key.created_at = now;
  random.fill(key.secret);
  return key;
}

RingKey* find_key(std::vector<RingKey>& keys, std::uint32_t id) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [id](const RingKey& key) { return key.id == id; });
  return found == keys.end() ? nullptr : &*found;
}

KeyRingError error_about(std::uint32_t id, std::string_view what) {
  return {"key " + ring_key_id_text(id) + std::string(what)};
}

}  // namespace

std::string_view ring_key_state_word(RingKeyState state) {
  switch (state) {
    case RingKeyState::kPending:
      return "pending";
    case RingKeyState::kActive:
      return "active";
    case RingKeyState::kRetired:
      return "retired";
  }
  return "";
}

std::optional<RingKeyState> parse_ring_key_state(std::string_view word) {
  for (const auto state : {RingKeyState::kPending, RingKeyState::kActive, RingKeyState::kRetired}) {
    if (word == ring_key_state_word(state)) return state;
  }
  return std::nullopt;
}

std::string ring_key_id_text(std::uint32_t id) {
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(id));
  return text.data();
}

std::optional<std::uint32_t> parse_ring_key_id(std::string_view text) {
  std::uint32_t id = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, id, 16);
  // Comparing the text refuses upper case, a sign and any other length.
  if (error != std::errc() || rest != end || ring_key_id_text(id) != text) return std::nullopt;
  return id;
}

KeyRing::KeyRing(std::vector<RingKey> keys) : keys_(std::move(keys)) {
  for (RingKey& key : keys_) key.extracted = extract_key(key.secret);
}

Result<KeyRing, KeyRingError> KeyRing::from_keys(std::vector<RingKey> keys) {
  if (keys.empty()) return KeyRingError{"a key ring holds at least one key"};
  if (keys.size() > kMaxKeys) {
    return KeyRingError{"a key ring holds at most " + std::to_string(kMaxKeys) + " keys"};
  }
  std::size_t active = 0;
  for (auto key = keys.begin(); key != keys.end(); ++key) {
    if (key->id == 0) return error_about(0, " is no valid id");
    if (std::any_of(keys.begin(), key, [&](const RingKey& other) { return other.id == key->id; })) {
      return error_about(key->id, " stands there twice");
    }
    if (key->state == RingKeyState::kActive) ++active;
  }
  if (active != 1) {
    return KeyRingError{"exactly one key is active, here " + std::to_string(active) + " are"};
  }
  return KeyRing(std::move(keys));
}

KeyRing KeyRing::generate(RandomSource& random, UnixMillis now) {
  return KeyRing({make_key({}, RingKeyState::kActive, random, now)});
}

const RingKey& KeyRing::active() const {
  return *std::find_if(keys_.begin(), keys_.end(),
                       [](const RingKey& key) { return key.state == RingKeyState::kActive; });
}

const RingKey* KeyRing::opener(std::uint32_t id) const {
  for (const RingKey& key : keys_) {
    if (key.id == id && key.state != RingKeyState::kRetired) return &key;
  }
  return nullptr;
}

Result<KeyRing, KeyRingError> KeyRing::with_new_key(RandomSource& random, UnixMillis now) const {
  std::vector<RingKey> keys = keys_;
  keys.push_back(make_key(keys_, RingKeyState::kPending, random, now));
  return from_keys(std::move(keys));
}

Result<KeyRing, KeyRingError> KeyRing::with_activated(std::uint32_t id) const {
  std::vector<RingKey> keys = keys_;
  RingKey* chosen = find_key(keys, id);
  if (chosen == nullptr) return error_about(id, " is not in the key ring");
  if (chosen->state == RingKeyState::kActive) return error_about(id, " is active already");
  if (chosen->state == RingKeyState::kRetired) {
    return error_about(id, " is retired and cannot come back: add a new key");
  }
  find_key(keys, active().id)->state = RingKeyState::kPending;
  chosen->state = RingKeyState::kActive;
  return KeyRing(std::move(keys));
}

Result<KeyRing, KeyRingError> KeyRing::with_retired(std::uint32_t id) const {
  std::vector<RingKey> keys = keys_;
  RingKey* chosen = find_key(keys, id);
  if (chosen == nullptr) return error_about(id, " is not in the key ring");
  if (chosen->state == RingKeyState::kActive) {
    return error_about(id, " is active: activate another key first");
  }
  if (chosen->state == RingKeyState::kRetired) return error_about(id, " is retired already");
  chosen->state = RingKeyState::kRetired;
  return KeyRing(std::move(keys));
}

}  // namespace masterkey2
