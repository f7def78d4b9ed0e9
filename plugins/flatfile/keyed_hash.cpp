#include "keyed_hash.hpp"

#include <bit>
#include <cstddef>

namespace masterkey2::flatfile {
namespace {

struct SipState {
  std::uint64_t a, b, c, d;

  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
};

}  // namespace

std::uint64_t keyed_hash(std::uint64_t secret, ByteView bytes) {
  const std::uint64_t second = std::rotl(secret, 29) ^ 0x9E3779B97F4A7C15ULL;
  SipState state{secret ^ 0x736F6D6570736575ULL, second ^ 0x646F72616E646F6DULL,
                 secret ^ 0x6C7967656E657261ULL, second ^ 0x7465646279746573ULL};
  const std::size_t whole = bytes.size() & ~std::size_t{7};
  const auto absorb = [&state](std::uint64_t word) {
    state.d ^= word;
    state.round();
    state.a ^= word;
  };
  for (std::size_t at = 0; at < whole; at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) word |= std::uint64_t{bytes[at + i]} << (8 * i);
    absorb(word);
  }
  std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
  for (std::size_t i = whole; i < bytes.size(); ++i) {
    last |= std::uint64_t{bytes[i]} << (8 * (i - whole));
  }
  absorb(last);
  state.c ^= 0xFF;
  for (int i = 0; i < 3; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace masterkey2::flatfile
