#include "crypto/ecdsa_signature.hpp"

namespace masterkey2 {
namespace {

constexpr std::size_t kMaxHalf = 66;  // of P-521

/// INTEGER, without needless leading zeros.
void append_integer(Bytes& out, ByteView number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const bool looks_negative = (number.front() & 0x80) != 0;
  out.push_back(0x02);
  out.push_back(static_cast<std::uint8_t>(number.size() + (looks_negative ? 1 : 0)));
  if (looks_negative) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

}  // namespace

Bytes ecdsa_signature_der(ByteView r_and_s) {
  const std::size_t half = r_and_s.size() / 2;
  if (half == 0 || half > kMaxHalf || r_and_s.size() % 2 != 0) return {};
  Bytes integers;
  append_integer(integers, r_and_s.first(half));
  append_integer(integers, r_and_s.subspan(half));
  Bytes der = {0x30};
  if (integers.size() >= 0x80) der.push_back(0x81);
  der.push_back(static_cast<std::uint8_t>(integers.size()));
  der.insert(der.end(), integers.begin(), integers.end());
  return der;
}

}  // namespace masterkey2
