#include "crypto/der_reader.hpp"

namespace masterkey2 {

std::uint8_t DerReader::byte() {
  if (failed_ || rest_.empty()) {
    failed_ = true;
    return 0;
  }
  const std::uint8_t value = rest_.front();
  rest_ = rest_.subspan(1);
  return value;
}

DerTag DerReader::read_tag() {
  const std::uint8_t first = byte();
  const DerTag form = static_cast<DerTag>(first & 0xE0) << 24;
  DerTag number = first & 0x1F;
  if (number != 0x1F) return form | number;
  // In the long form: seven bits a byte, at most 21 here, no more bytes than needed.
  number = 0;
  std::uint8_t next = 0x80;
  for (int count = 0; (next & 0x80) != 0; ++count) {
    next = byte();
    if (count == 3 || (count == 0 && next == 0x80)) failed_ = true;
    if (failed_) return 0;
    number = number << 7 | (next & 0x7FU);
  }
  if (number < 0x1F) failed_ = true;
  return form | number;
}

std::size_t DerReader::read_length() {
  const std::uint8_t first = byte();
  if (first < 0x80) return first;
  const int size = first & 0x7F;
  if (size == 0 || size > 4) failed_ = true;  // indefinite, or beyond 4 GiB
  std::size_t length = 0;
  for (int i = 0; i < size && !failed_; ++i) length = length << 8 | byte();
  const std::size_t needed = length < 0x80         ? 0
                             : length < 0x100      ? 1
                             : length < 0x1'0000   ? 2
                             : length < 0x100'0000 ? 3
                                                   : 4;
  if (static_cast<std::size_t>(size) != needed) failed_ = true;
  return length;
}

std::optional<DerReader::Item> DerReader::next() {
  if (at_end()) return std::nullopt;
  const DerTag tag = read_tag();
  const std::size_t length = read_length();
  if (failed_ || length > rest_.size()) {
    failed_ = true;
    return std::nullopt;
  }
  const Item item = {tag, rest_.first(length)};
  rest_ = rest_.subspan(length);
  return item;
}

ByteView DerReader::take(DerTag tag) {
  const auto item = next();
  if (!item || item->tag != tag) {
    failed_ = true;
    return {};
  }
  return item->content;
}

}  // namespace masterkey2
