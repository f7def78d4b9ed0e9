// Where the users of one tenant are on disk, found by external id, handle or credential id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "masterkey2/bytes.hpp"
#include "slot_table.hpp"

namespace masterkey2::flatfile {

/// A piece of one of the state's files.
struct Location {
  std::uint32_t file = 0;  ///< index in the state's list of files
  std::uint32_t size = 0;
  std::uint64_t offset = 0;
};

/// Holds no documents: a caller reads each candidate and compares the full key.
class Directory {
 public:
  explicit Directory(std::uint64_t secret) : secret_(secret) {}

  using ByExternalId = std::map<std::string, std::uint32_t, std::less<>>;

  /// The user's document is at `location` from now on. Answers the user's slot.
  std::uint32_t put(std::string_view external_id, const UserHandle& handle,
                    const Location& location);
  void add_credential(std::uint32_t slot, ByteView credential_id);
  void remove_credential(std::string_view external_id, ByteView credential_id);
  /// Its credentials must have been removed.
  void erase(std::string_view external_id, const UserHandle& handle);

  [[nodiscard]] const Location* find(std::string_view external_id) const;
  [[nodiscard]] std::vector<Location> candidates(const UserHandle& handle) const;
  [[nodiscard]] std::vector<Location> candidates_of_credential(ByteView credential_id) const;
  /// In the byte order of external ids.
  [[nodiscard]] const ByExternalId& by_external_id() const { return by_external_id_; }
  [[nodiscard]] const Location& location(std::uint32_t slot) const { return slots_[slot]; }

 private:
  [[nodiscard]] std::uint32_t hash(ByteView key) const;
  [[nodiscard]] std::vector<Location> locations(const std::vector<std::uint32_t>& slots) const;

  std::uint64_t secret_;
  ByExternalId by_external_id_;
  SlotTable by_handle_;
  SlotTable by_credential_;
  std::vector<Location> slots_;
  std::vector<std::uint32_t> free_slots_;
};

}  // namespace masterkey2::flatfile
