# What tests of installed packages ask for, in a container (container.sh); sourced.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $scratch, $visitor and $requests are set by who sources this file

failures=0

# test_that NAME COMMAND…: prints "pass: …" or "fail: …" with the end of what the command said.
test_that() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "pass: $name"
  else
    echo "fail: $name"
    printf '%s\n' "$output" | tail -n 25 | sed 's/^/    | /'
    failures=$((failures + 1))
  fi
}

# visit PORT WORD…
visit() {
  local port=$1
  shift
  beside_container "$visitor" "$port" localhost http://localhost:8080 "$@" <"$scratch/api_key"
}

# nginx_with TEXT: one site on the port 8081, and TEXT in it. After a reload, the old one could still answer;
# systemd refuses a sixth start within ten seconds.
nginx_with() {
  in_container sh -ec "printf '%s\n' 'server {' '  listen 127.0.0.1:8081;' '  server_name localhost;' '$1' '}' >/etc/nginx/conf.d/site.conf
nginx -q -t && systemctl reset-failed nginx && systemctl restart nginx"
}

put() { cp "$@" "$container_folder/root/root/"; }

make_tenant() {
  in_container masterkey2ctl --json tenant create --name Shop --rp-id localhost --origin http://localhost:8080 \
    >"$scratch/tenant.json"
  sed -n 's/.*"api_key":"\([^"]*\)".*/\1/p' "$scratch/tenant.json" >"$scratch/api_key"
  grep -q '^bvsk_' "$scratch/api_key"
}

owner_and_mode() { [ "$(in_container stat -c '%U:%G %a' "$1")" = "$2" ] || { in_container stat "$1"; return 1; }; }

sdk_is_served() {
  rm -f "$scratch/sdk.js"
  beside_container curl -sSf -D "$scratch/headers" -o "$scratch/sdk.js" "http://localhost:$1/sdk/masterkey2.js" &&
    in_container cat /usr/share/masterkey2/sdk/masterkey2.js | cmp - "$scratch/sdk.js" &&
    tr -d '\r' <"$scratch/headers" | grep -i '^access-control-allow-origin: \*$' &&
    tr -d '\r' <"$scratch/headers" | grep -i '^content-type: text/javascript'
}

# The page that phones open, as a page and under its policy.
phones_page_is_served() {
  beside_container curl -sSf -D "$scratch/headers" -o "$scratch/page" "http://localhost:$1/q" &&
    in_container cat /usr/share/masterkey2/sdk/phone.html | cmp - "$scratch/page" &&
    tr -d '\r' <"$scratch/headers" | grep -i '^content-type: text/html; charset=utf-8$' &&
    tr -d '\r' <"$scratch/headers" | grep -i "^content-security-policy: default-src 'none'; script-src 'self';" &&
    beside_container curl -sSf -o "$scratch/phone.js" "http://localhost:$1/sdk/phone.js" &&
    in_container cat /usr/share/masterkey2/sdk/phone.js | cmp - "$scratch/phone.js"
}

# The same file under the address with its version, which may be kept.
sdk_has_a_version() {
  local version
  version=$(in_container sed -n 's/^ *"version": "\(.*\)",$/\1/p' /usr/share/masterkey2/sdk/integrity.json) &&
    beside_container curl -sSf -D "$scratch/headers" -o "$scratch/sdk.js" "http://localhost:$1/sdk/$version/masterkey2.js" &&
    in_container cat /usr/share/masterkey2/sdk/masterkey2.js | cmp - "$scratch/sdk.js" &&
    tr -d '\r' <"$scratch/headers" | grep -i '^content-type: text/javascript' &&
    tr -d '\r' <"$scratch/headers" | grep -i '^cache-control: public, max-age=[1-9]' &&
    [ "$(grep -ci '^cache-control:' "$scratch/headers")" = 1 ]
}

# load_while COMMAND…: no request may be lost meanwhile.
load_while() {
  local load status=0
  visit 8081 load "$requests" >"$scratch/load.log" 2>&1 &
  load=$!
  "$@" || status=1
  wait "$load" || status=1
  cat "$scratch/load.log"
  return "$status"
}

main_pid() { in_container systemctl show --property=MainPID --value masterkey2; }

not() { ! "$@"; }

equals() { [ "$1" = "$2" ] || { echo "$1 is not $2"; return 1; }; }

# until_it COMMAND…: waits for a minute at most until it succeeds.
until_it() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.5
  done
}

# After a failure: what the server and nginx said.
show_logs() {
  in_container journalctl --no-pager -u masterkey2.service -u masterkey2.socket |
    grep -v '"event":"request".*"status":200' | tail -n 60 || true
  in_container tail -n 20 /var/log/nginx/error.log || true
}
