#include "service/cross_device_record.hpp"

#include <array>
#include <cstddef>

#include "service/claims/optional_codec.hpp"

namespace masterkey2 {
namespace {

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxWrappedCode = 128;

}  // namespace

std::string_view state_word(CrossDeviceState state) {
  constexpr std::array<std::string_view, 6> kWords = {"pending",   "scanned", "confirm",
                                                      "completed", "denied",  "expired"};
  return kWords.at(static_cast<std::size_t>(state));
}

std::string_view denial_word(Denial denial) {
  constexpr std::array<std::string_view, 5> kWords = {"none", "phone", "second_scan", "wrong_codes",
                                                      "user_disabled"};
  return kWords.at(static_cast<std::size_t>(denial));
}

Bytes encode_record(const CrossDeviceRecord& record) {
  ByteWriter writer;
  writer.integer(kLayout);
  writer.integer(static_cast<std::uint8_t>(record.state));
  writer.integer(static_cast<std::uint8_t>(record.denial));
  writer.integer(record.tries_left);
  writer.millis(record.expires_at);
  writer.millis(record.completed_at);
  write_optional(writer, record.user);
  writer.string(record.wrapped_code);
  return std::move(writer).take();
}

std::optional<CrossDeviceRecord> decode_record(ByteView bytes) {
  ByteReader reader(bytes);
  if (reader.integer<std::uint8_t>() != kLayout) return std::nullopt;
  CrossDeviceRecord record;
  const auto state = reader.integer<std::uint8_t>();
  const auto denial = reader.integer<std::uint8_t>();
  record.tries_left = reader.integer<std::uint8_t>();
  record.expires_at = reader.millis();
  record.completed_at = reader.millis();
  record.user = read_optional<UserHandle>(reader);
  record.wrapped_code = to_bytes(reader.string(kMaxWrappedCode));
  if (!reader.complete() || state < static_cast<std::uint8_t>(CrossDeviceState::kScanned) ||
      state > static_cast<std::uint8_t>(CrossDeviceState::kDenied) ||
      denial > static_cast<std::uint8_t>(Denial::kUserDisabled)) {
    return std::nullopt;
  }
  record.state = static_cast<CrossDeviceState>(state);
  record.denial = static_cast<Denial>(denial);
  return record;
}

}  // namespace masterkey2
