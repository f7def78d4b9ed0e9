#!/bin/bash
# Verifies the proof that verify-auth forwards. Needs openssl and jq.
#
#     verify_proof.sh CREDENTIALS_FILE RP_ID ORIGINS CHALLENGE_NONCE < answer-of-verify-auth
#
# CREDENTIALS_FILE is what you kept of GET /users/{external_id}/credentials. ORIGINS has commas between
# them. Prints what the authenticator has signed and exits with 0. Exits with 1 and a word on stderr when
# it refuses, with 2 when it was called wrongly.
# shellcheck disable=SC2001,SC2016  # jq's variables; sed says it better
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C

user_present=0x01 user_verified=0x04 backup_state=0x10
max_size=65536
# SubjectPublicKeyInfo of a P-256 key up to its point, in hexadecimal digits.
p256_head=3059301306072a8648ce3d020106082a8648ce3d03010703420004

refuse() {
  echo "$1" >&2
  exit 1
}

encode() { base64 -w 0 | tr -- '+/' '-_' | tr -d '='; }

# base64url without padding, in its one correct spelling → hexadecimal digits.
decode() {
  local text=$1 padded hex
  padded=$(tr -- '-_' '+/' <<<"$text")
  while ((${#padded} % 4 != 0)); do padded+='='; done
  hex=$(base64 -d <<<"$padded" 2>/dev/null | od -An -v -tx1 | tr -d ' \n') || refuse malformed
  [ "$(bytes "$hex" | encode)" = "$text" ] || refuse malformed
  echo "$hex"
}

# Hexadecimal digits → bytes on stdout.
bytes() { sed 's/../\\x&/g' <<<"$1" | { read -r escaped || true; printf '%b' "$escaped"; }; }
sha256_hex() { sha256sum | cut -d ' ' -f 1; }
flag() { (((0x$flags & $1) != 0)) && echo true || echo false; }

if [ $# != 4 ] || ! credentials=$(jq -c .credentials "$1"); then
  sed -n '4s/^# *//p' "$0" >&2
  exit 2
fi
rp_id=$2 origins=$3 challenge_nonce=$4
proof=$(head -c $max_size | jq -c '.proof | if type == "object" then . else error end' 2>/dev/null) ||
  refuse malformed
[ -n "$proof" ] || refuse malformed

# The P-256 key that you keep. The proof's own `alg` decides nothing.
credential=$(jq -c --argjson proof "$proof" \
  'map(select(.credential_id == $proof.credential_id)) | select(length == 1) | .[0]' <<<"$credentials")
[ -n "$credential" ] || refuse unknown_credential
read -r x y < <(jq -r '.public_key | select(.kty == "EC" and .crv == "P-256") | "\(.x) \(.y)"' <<<"$credential") ||
  refuse wrong_algorithm
# A member that is not text becomes one that nobody can decode.
read -r data client_data signature salt < <(jq -r \
  '[.authenticator_data, .client_data_json, .signature, .challenge_salt]
   | map(strings // "?" | if test("^[A-Za-z0-9_-]+$") then . else "?" end) | join(" ")' <<<"$proof")
data=$(decode "$data")
client_data_hex=$(decode "$client_data")
signature=$(decode "$signature")
salt=$(decode "$salt")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
x=$(decode "$x")
y=$(decode "$y")
bytes "$p256_head$x$y" >"$work/key.der"
bytes "$signature" >"$work/signature.der"
bytes "$data$(bytes "$client_data_hex" | sha256_hex)" |
  openssl dgst -sha256 -verify "$work/key.der" -keyform DER -signature "$work/signature.der" >/dev/null 2>&1 ||
  refuse bad_signature

client_data=$(bytes "$client_data_hex" | jq -c 'if type == "object" then . else error end' 2>/dev/null) ||
  refuse malformed
# The server added 32 random bytes to your nonce: this proof was made for this sign-in alone.
nonce=$(decode "$challenge_nonce")
challenge=$(bytes "$(bytes "6d6b32$nonce$salt" | sha256_hex)" | encode)
[ ${#salt} = 64 ] || challenge=none
reason=$(jq -r --arg challenge "$challenge" --arg origins "$origins" '
  .origin as $origin |
  if .type != "webauthn.get" then "wrong_type"
  elif .challenge != $challenge then "wrong_challenge"
  elif $origins | split(",") | all(. != $origin) then "wrong_origin"
  elif (.crossOrigin // false) != false then "cross_origin"
  else "none" end' <<<"$client_data")
[ "$reason" = none ] || refuse "${reason:-malformed}"

# rpIdHash 32 bytes | flags 1 | signCount 4
[ ${#data} -ge 74 ] || refuse malformed
[ "${data:0:64}" = "$(printf '%s' "$rp_id" | sha256_hex)" ] || refuse wrong_rp_id
flags=${data:64:2}
[ "$(flag $user_present)" = true ] || refuse user_not_present
[ "$(flag $user_verified)" = true ] || refuse user_not_verified
jq -c --argjson client "$client_data" --argjson verified "$(flag $user_verified)" \
  --argjson backup "$(flag $backup_state)" --argjson count "$((16#${data:66:8}))" \
  '{credential_id, origin: $client.origin, user_verified: $verified, backup_state: $backup, sign_count: $count}' <<<"$proof"
