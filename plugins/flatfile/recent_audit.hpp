// Where the audit entries stand that are in no audit run yet: two for each sign-in, until the
// segment of the log is sealed.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "directory.hpp"
#include "masterkey2/bytes.hpp"

namespace masterkey2::flatfile {

struct AuditPlace {
  UnixMillis at = 0;  ///< of the entry
  Location location;
};

/// The places of one tenant, some 6 B each.
class RecentAudit {
 public:
  /// In the order of the log; times may go back.
  void append(const AuditPlace& place);
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  friend class PlacesByTime;
  /// Of one file. `packed` has for each place, as differences to the one before: time, gap in the
  /// file; then its size.
  struct Block {
    std::uint32_t file = 0;
    UnixMillis earliest = 0;
    UnixMillis latest = 0;
    Bytes packed;
  };
  /// The last block, with room for `place`.
  Block& block_for(const AuditPlace& place);

  std::vector<Block> blocks_;
  AuditPlace last_;  ///< in the last block; zeros if that is empty
  std::uint64_t size_ = 0;
};

/// Goes through places in the order of time; nothing may be appended meanwhile. Unpacks no more
/// blocks than may hold the time that it is at.
class PlacesByTime {
 public:
  PlacesByTime(const RecentAudit& recent, UnixMillis from);

  /// All places of the next time that has any, in the order of the log. Empty: there are no more.
  [[nodiscard]] std::vector<Location> next();

 private:
  struct Later {
    bool operator()(const AuditPlace& one, const AuditPlace& other) const;
  };
  void unpack(const RecentAudit::Block& block);

  UnixMillis from_;
  std::vector<const RecentAudit::Block*> packed_;  ///< the earliest comes last
  std::priority_queue<AuditPlace, std::vector<AuditPlace>, Later> unpacked_;
};

}  // namespace masterkey2::flatfile
