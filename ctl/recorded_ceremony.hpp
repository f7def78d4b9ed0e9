// A ceremony as `masterkey2ctl ceremony verify` reads it: what was sent, what came back and what
// the server knew.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/json.hpp"
#include "masterkey2/bytes.hpp"
#include "masterkey2/result.hpp"
#include "webauthn/ceremony_policy.hpp"

namespace masterkey2::ctl {

enum class CeremonyKind { kRegistration, kAuthentication };

/// Which challenge the response has to answer.
enum class ChallengeSource {
  kGiven,      ///< the line's own
  kFromNonce,  ///< made from the line's nonce and the proof's salt
  kUnchecked,  ///< of a proof alone: that of its client data, whatever it is
};

struct RecordedCeremony {
  CeremonyKind kind = CeremonyKind::kRegistration;
  std::string rp_id;
  std::vector<std::string> origins;
  Bytes challenge;
  ChallengeSource challenge_source = ChallengeSource::kGiven;
  Json response;  ///< RegistrationResponseJSON or AuthenticationResponseJSON, unchecked
  webauthn::CeremonyPolicy policy;
  std::vector<Bytes> trust_anchors;   ///< certificates in DER; empty: no chain is looked at
  std::vector<Bytes> metadata_roots;  ///< certificates in DER
  std::string metadata;               ///< FIDO metadata BLOB; empty: none
  std::string metadata_host = "mds.fidoalliance.org";
  std::optional<UnixMillis> time;  ///< when certificates have to be valid; absent: now

  bool conditional = false;  ///< of a registration: `mediation` was `conditional`

  // Of an authentication: the stored record and what the options listed.
  Bytes public_key_cose;
  std::uint32_t sign_count = 0;
  std::optional<bool> backup_eligible;
  Bytes user_handle;  ///< empty: not known
  std::optional<std::vector<Bytes>> allow_credentials;
};

/// A line that cannot be judged, and why.
struct BadLine {
  std::string sentence;
};

/// From the object of a line. Unknown members are skipped, in `policy` refused: a misspelt wish
/// must not look granted.
[[nodiscard]] Result<RecordedCeremony, BadLine> parse_recorded_ceremony(const Json& line);

}  // namespace masterkey2::ctl
