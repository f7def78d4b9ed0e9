#!/bin/bash
# Verifies the assertion that verify-auth answers. Needs openssl and jq.
#
#     verify_assertion.sh JWKS_FILE ISSUER TENANT_ID NONCE [UNIX_TIME] < assertion
#
# Prints the claims and exits with 0. Exits with 1 and a word on stderr when it refuses, with 2 when it
# was called wrongly. UNIX_TIME is for assertions that were kept: was it good then?
# shellcheck disable=SC2001,SC2016  # jq's variables; sed says it better
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C

leeway=5 # seconds by which the two clocks may differ
max_size=8192
# SubjectPublicKeyInfo of a P-256 key up to its point, in hexadecimal digits.
p256_head=3059301306072a8648ce3d020106082a8648ce3d03010703420004

refuse() {
  echo "$1" >&2
  exit 1
}

# base64url without padding, in its one correct spelling → hexadecimal digits.
decode() {
  local text=$1 padded hex
  padded=$(tr -- '-_' '+/' <<<"$text")
  while ((${#padded} % 4 != 0)); do padded+='='; done
  hex=$(base64 -d <<<"$padded" 2>/dev/null | od -An -v -tx1 | tr -d ' \n') || refuse malformed
  [ "$(bytes "$hex" | base64 -w 0 | tr -- '+/' '-_' | tr -d '=')" = "$text" ] || refuse malformed
  echo "$hex"
}

# Hexadecimal digits → bytes on stdout.
bytes() { sed 's/../\\x&/g' <<<"$1" | { read -r escaped || true; printf '%b' "$escaped"; }; }

# object PART: the JSON object that a part of the token holds.
object() {
  local hex json
  hex=$(decode "$1")
  json=$(bytes "$hex" | jq -c 'if type == "object" then . else error end' 2>/dev/null) || refuse malformed
  [ -n "$json" ] || refuse malformed
  echo "$json"
}

if [ $# -lt 4 ] || [ $# -gt 5 ] || ! keys=$(jq -c .keys "$1"); then
  sed -n '4s/^# *//p' "$0" >&2
  exit 2
fi
issuer=$2 tenant_id=$3 nonce=$4 now=${5:-$(date +%s)}
token=$(head -c $((max_size + 1)) | tr -d '\0')
[ ${#token} -le $max_size ] || refuse malformed
[[ $token =~ ^[^.]+\.[^.]+\.[^.]*$ ]] || refuse malformed
IFS=. read -r header claims signature <<<"$token"

# What the token says of its own algorithm or key decides nothing.
header_json=$(object "$header")
jq -e '.alg == "ES256" and (has("crit") | not)' <<<"$header_json" >/dev/null || refuse wrong_algorithm
read -r x y < <(jq -r --argjson header "$header_json" \
  'map(select(.kid == $header.kid)) | select(length == 1) | .[0] |
   select(.kty == "EC" and .crv == "P-256") | "\(.x) \(.y)"' <<<"$keys") || refuse unknown_key

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
x=$(decode "$x")
y=$(decode "$y")
bytes "$p256_head$x$y" >"$work/key.der"
# r and s of 32 bytes each → ASN.1, which openssl reads.
signature_hex=$(decode "$signature")
[ ${#signature_hex} = 128 ] || refuse bad_signature
printf 'asn1=SEQUENCE:pair\n[pair]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
  "${signature_hex:0:64}" "${signature_hex:64}" >"$work/signature.conf"
openssl asn1parse -genconf "$work/signature.conf" -noout -out "$work/signature.der"
printf '%s' "$header.$claims" |
  openssl dgst -sha256 -verify "$work/key.der" -keyform DER -signature "$work/signature.der" >/dev/null 2>&1 ||
  refuse bad_signature

claims_json=$(object "$claims")
reason=$(jq -r --arg issuer "$issuer" --arg tenant "$tenant_id" --arg nonce "$nonce" \
  --argjson now "$now" --argjson leeway $leeway '
  def whole: type == "number" and . == floor;
  if .iss != $issuer then "wrong_issuer"
  elif .aud != $tenant then "wrong_audience"
  elif .nonce != $nonce then "wrong_nonce"
  elif (.exp | whole | not) or (.iat | whole | not) then "malformed"
  elif $now >= .exp + $leeway then "expired"
  elif $now < .iat - $leeway then "not_yet_valid"
  else "none" end' <<<"$claims_json")
[ "$reason" = none ] || refuse "$reason"
echo "$claims_json"
