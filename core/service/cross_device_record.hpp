// What is stored of a claimed cross-device sign-in, for a few minutes: who may do what next.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

enum class CrossDeviceState : std::uint8_t {
  kPending,
  kScanned,
  kConfirm,
  kCompleted,
  kDenied,
  kExpired
};

/// `pending` and so on.
[[nodiscard]] std::string_view state_word(CrossDeviceState state);

/// Why a sign-in is kDenied.
enum class Denial : std::uint8_t { kNone, kPhone, kSecondScan, kWrongCodes, kUserDisabled };

/// `phone` and so on: for the audit log.
[[nodiscard]] std::string_view denial_word(Denial denial);

/// A pending sign-in has no record, an expired one none that counts.
struct CrossDeviceRecord {
  static constexpr std::uint8_t kTries = 3;

  CrossDeviceState state = CrossDeviceState::kScanned;  ///< kScanned to kDenied
  Denial denial = Denial::kNone;
  std::uint8_t tries_left = kTries;
  UnixMillis expires_at = 0;       ///< from this moment it is kExpired
  UnixMillis completed_at = 0;     ///< kCompleted: when the auth token was issued
  std::optional<UserHandle> user;  ///< kConfirm, kCompleted
  Bytes wrapped_code;              ///< kConfirm; see wrap_code

  bool operator==(const CrossDeviceRecord&) const = default;
};

[[nodiscard]] Bytes encode_record(const CrossDeviceRecord& record);
[[nodiscard]] std::optional<CrossDeviceRecord> decode_record(ByteView bytes);

}  // namespace masterkey2
