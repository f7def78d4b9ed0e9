#include "webauthn/ceremony_checks.hpp"

#include <algorithm>

#include "crypto/constant_time.hpp"
#include "crypto/sha256.hpp"
#include "encoding/base64url.hpp"

namespace masterkey2::webauthn {
namespace {

constexpr std::size_t kMinChallengeSize = 16;  // L3 §13.4.3

std::string quoted_or_missing(const std::optional<std::string>& text) {
  return text ? quoted(*text) : "missing or not text";
}

bool lists(std::span<const std::string> list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Checked<void> verify_type(const ClientData& client_data, std::string_view expected) {
  if (client_data.type == expected) return {};
  return Finding{Reason::kWrongType, "type is " + quoted_or_missing(client_data.type) +
                                         ", expected " + quoted(expected)};
}

Checked<void> verify_challenge(const ClientData& client_data, ByteView expected) {
  if (!client_data.challenge) {
    return Finding{Reason::kChallengeMismatch, "challenge is missing or not text"};
  }
  if (expected.size() < kMinChallengeSize) {
    return Finding{Reason::kChallengeMismatch, "the expected challenge is shorter than 16 bytes"};
  }
  const std::string text = base64url_encode(expected);
  if (equal_in_constant_time(as_bytes(*client_data.challenge), as_bytes(text))) return {};
  return Finding{Reason::kChallengeMismatch, "the challenge is not the one that was sent"};
}

Checked<void> verify_origin(const ClientData& client_data, std::span<const std::string> expected) {
  if (client_data.origin && lists(expected, *client_data.origin)) return {};
  return Finding{Reason::kOriginMismatch,
                 "origin is " + quoted_or_missing(client_data.origin) + ", not one of the list"};
}

Checked<void> verify_cross_origin(const ClientData& client_data, const CeremonyPolicy& policy) {
  if (!client_data.cross_origin || policy.allow_cross_origin) return {};
  return Finding{Reason::kCrossOriginNotAllowed, "the page was framed by another origin"};
}

Checked<void> verify_top_origin(const ClientData& client_data, const CeremonyPolicy& policy) {
  if (!client_data.top_origin) return {};
  const bool listed =
      policy.top_origins.empty() || lists(policy.top_origins, *client_data.top_origin);
  if (policy.allow_cross_origin && listed) return {};
  return Finding{Reason::kTopOriginMismatch,
                 "topOrigin " + quoted(*client_data.top_origin) + " may not frame the page"};
}

Checked<void> verify_rp_id_hash(const AuthenticatorData& data, std::string_view rp_id) {
  if (equal_bytes(data.rp_id_hash, sha256(as_bytes(rp_id)).view())) return {};
  return Finding{Reason::kRpIdMismatch, "the authenticator data is not for " + quoted(rp_id)};
}

Checked<void> verify_user_presence(const AuthenticatorData& data) {
  if (data.has(kUserPresent)) return {};
  return Finding{Reason::kUserPresenceMissing, "UP is clear"};
}

Checked<void> verify_user_verification(const AuthenticatorData& data,
                                       const CeremonyPolicy& policy) {
  if (policy.user_verification != UserVerification::kRequired || data.has(kUserVerified)) return {};
  return Finding{Reason::kUserVerificationMissing, "UV is clear and user verification required"};
}

Checked<void> verify_backup_flags(const AuthenticatorData& data) {
  if (data.has(kBackupEligible) || !data.has(kBackupState)) return {};
  return Finding{Reason::kBadBackupFlags, "BS is set and BE clear"};
}

}  // namespace masterkey2::webauthn
