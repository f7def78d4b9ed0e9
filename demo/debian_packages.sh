# Installs what is missing of Debian's packages; sourced by demo/run and tests/run.
# shellcheck shell=bash

# What the server is built from.
# shellcheck disable=SC2034  # read by those who source this file
build_packages=(
  g++ cmake ninja-build pkg-config libboost-dev libcbor-dev libfcgi-dev libpsl-dev libssl-dev
  libyaml-cpp-dev nlohmann-json3-dev
)
# What the demo runs besides.
# shellcheck disable=SC2034
run_packages=(nginx nodejs publicsuffix)

# Names those of "$@" that are not installed. Node may also come from elsewhere.
missing_packages() {
  local package
  for package in "$@"; do
    case $package in
      nodejs | npm) command -v "${package%js}" >/dev/null && continue ;;
    esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# Runs "$@" as root.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs "$@" without questions and without starting or enabling a service.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "This system is not Debian: install what matches ${missing[*]}, then run this again." >&2
    return 1
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "Packages are missing and this is neither root nor is there sudo. As root run:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    return 1
  fi
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root sh -s -- "${missing[@]}" <<'INSTALL'
    set -eu
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a
    # nginx's own service would take port 80: nothing that we install is started.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
      trap 'rm -f $policy' EXIT
      trap 'exit 130' INT TERM
      printf '#!/bin/sh\nexit 101\n' >$policy
      chmod 755 $policy
    fi
    # Nor does a web server start with the machine's next boot, unless it was there before.
    newcomers=''
    for server in nginx apache2 caddy lighttpd; do
      [ "$(dpkg-query -W -f '${db:Status-Status}' $server 2>/dev/null || true)" = installed ] ||
        newcomers="$newcomers $server"
    done
    wait='-o DPkg::Lock::Timeout=300'
    # shellcheck disable=SC2086
    apt-get $wait -q update
    # shellcheck disable=SC2086
    apt-get $wait -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
    [ -d /run/systemd/system ] || exit 0
    for server in $newcomers; do
      [ ! -e /usr/sbin/$server ] && [ ! -e /usr/bin/$server ] || systemctl -q disable $server
    done
INSTALL
}
