// One entry of the audit log.
#pragma once

#include <cstdint>
#include <string>

#include "masterkey2/bytes.hpp"

namespace masterkey2 {

/// (`tenant`, `chain`, `sequence`) is unique. `chain` is drawn at random by each server process,
/// `sequence` counts up within it from 1 for each tenant, so that a gap shows. A second one with
/// the same three (after kOutcomeUnknown) is listed once.
struct AuditEntry {
  TenantId tenant;
  TokenId chain;
  std::uint64_t sequence = 0;
  UnixMillis at = 0;
  std::string type;  ///< 1–64 B, such as `user.disabled`
  Bytes subject;     ///< 0 or 32 B: salted digest of the external_id that it speaks of
  Bytes body;        ///< 0–4,096 B, opaque here
  UnixMillis keep_until = 0;

  bool operator==(const AuditEntry&) const = default;
};

}  // namespace masterkey2
