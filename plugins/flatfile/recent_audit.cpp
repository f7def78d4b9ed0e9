#include "recent_audit.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kFirstCapacity = 32;
constexpr std::size_t kBlockSize = 512;  // kFirstCapacity doubled, so that nothing is left over
constexpr std::size_t kMaxPlaceSize = 10 + 10 + 5;  // of three numbers

/// Seven bits a byte, the low ones first; all bytes but the last have the top bit set.
void put_number(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::uint64_t take_number(ByteView& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const std::uint8_t byte = in.front();
    in = in.subspan(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
}

/// Small for a small difference in either direction; any two times have one.
std::uint64_t difference(UnixMillis from, UnixMillis to) {
  const auto forward = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  return (forward << 1) ^ -(forward >> 63);
}

UnixMillis moved(UnixMillis from, std::uint64_t difference) {
  const std::uint64_t forward = (difference >> 1) ^ -(difference & 1);
  return static_cast<UnixMillis>(static_cast<std::uint64_t>(from) + forward);
}

std::uint64_t end_of(const Location& location) { return location.offset + location.size; }

}  // namespace

RecentAudit::Block& RecentAudit::block_for(const AuditPlace& place) {
  const Location& location = place.location;
  if (blocks_.empty() || blocks_.back().file != location.file ||
      location.offset < end_of(last_.location) ||
      blocks_.back().packed.size() + kMaxPlaceSize > kBlockSize) {
    blocks_.push_back({location.file, place.at, place.at, {}});
    last_ = {};
  }
  Block& block = blocks_.back();
  const std::size_t capacity = block.packed.capacity();
  if (block.packed.size() + kMaxPlaceSize > capacity) {
    block.packed.reserve(std::max(kFirstCapacity, capacity * 2));
  }
  return block;
}

void RecentAudit::append(const AuditPlace& place) {
  Block& block = block_for(place);
  put_number(block.packed, difference(last_.at, place.at));
  put_number(block.packed, place.location.offset - end_of(last_.location));
  put_number(block.packed, place.location.size);
  block.earliest = std::min(block.earliest, place.at);
  block.latest = std::max(block.latest, place.at);
  last_ = place;
  ++size_;
}

PlacesByTime::PlacesByTime(const RecentAudit& recent, UnixMillis from) : from_(from) {
  for (const RecentAudit::Block& block : recent.blocks_) {
    if (block.latest >= from) packed_.push_back(&block);
  }
  std::ranges::sort(packed_, std::greater<>{}, &RecentAudit::Block::earliest);
}

std::vector<Location> PlacesByTime::next() {
  while (!packed_.empty() &&
         (unpacked_.empty() || packed_.back()->earliest <= unpacked_.top().at)) {
    unpack(*packed_.back());
    packed_.pop_back();
  }
  std::vector<Location> places;
  if (unpacked_.empty()) return places;
  const UnixMillis at = unpacked_.top().at;
  for (; !unpacked_.empty() && unpacked_.top().at == at; unpacked_.pop()) {
    places.push_back(unpacked_.top().location);
  }
  return places;
}

void PlacesByTime::unpack(const RecentAudit::Block& block) {
  AuditPlace place;
  place.location.file = block.file;
  for (ByteView rest(block.packed); !rest.empty();) {
    place.at = moved(place.at, take_number(rest));
    place.location.offset = end_of(place.location) + take_number(rest);
    place.location.size = static_cast<std::uint32_t>(take_number(rest));
    if (place.at >= from_) unpacked_.push(place);
  }
}

bool PlacesByTime::Later::operator()(const AuditPlace& one, const AuditPlace& other) const {
  const auto order = [](const AuditPlace& place) {
    return std::tie(place.at, place.location.file, place.location.offset);
  };
  return order(one) > order(other);
}

}  // namespace masterkey2::flatfile
