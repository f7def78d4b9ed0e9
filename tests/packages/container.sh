# A container with systemd as its first process, for tests of installed packages; sourced, as root.
# shellcheck shell=bash

# The Debian packages in it besides those that ours need.
container_packages=(
  acl apache2 autopkgtest caddy ca-certificates curl dbus dpkg-dev libapache2-mod-fcgid lighttpd nginx prometheus
  publicsuffix rpm systemd systemd-sysv
)

# What the example plugin is built with, and what the programs need where no package manager says so.
# shellcheck disable=SC2034  # read by those who source this file
test_dependencies=(
  cmake g++ libboost-dev libcbor0.8 libfcgi0ldbl libmysqlcppconn7v5 libpsl5 libyaml-cpp0.7 make
)

# container_base FOLDER PACKAGE…: a clean Debian root with the dependencies, made once.
container_base() {
  local folder=$1 list
  shift
  list=$(printf '%s\n' bookworm "${container_packages[@]}" "$@")
  [ ! -e "$folder.list" ] || [ "$(<"$folder.list")" != "$list" ] || return 0
  rm -rf "$folder" "$folder.list"
  mmdebstrap --quiet --variant=minbase --include="$(printf '%s,' "${container_packages[@]}" "$@" | sed 's/,$//')" \
    bookworm "$folder" "$(debian_sources)"
  echo '127.0.0.1 localhost' >"$folder/etc/hosts"
  # Several web servers share one host: none may hold port 80.
  rm -f "$folder/etc/nginx/sites-enabled/default" "$folder/etc/apache2/sites-enabled/"*
  echo 'Listen 127.0.0.1:8082' >"$folder/etc/apache2/ports.conf"
  printf '%s\n' 'server.document-root = "/var/www/html"' 'server.bind = "127.0.0.1"' 'server.port = 8083' \
    'server.username = "www-data"' 'server.groupname = "www-data"' >"$folder/etc/lighttpd/lighttpd.conf"
  echo ':8084' >"$folder/etc/caddy/Caddyfile"
  echo "$list" >"$folder.list"
}

# Where this host gets Debian from.
debian_sources() {
  local file
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    [ ! -s "$file" ] || { echo "$file"; return; }
  done
  echo 'deb http://deb.debian.org/debian bookworm main'
}

# container_start BASE FOLDER: boots a copy-on-write copy of BASE; its processes are in $container_leader's
# namespaces. Blocks until it is up.
container_start() {
  local base=$1 folder=$2 deadline=$((SECONDS + 120))
  container_folder=$folder
  mkdir -p "$folder/upper" "$folder/work" "$folder/root"
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
  setsid unshare --mount "$BASH" -c "$container_boot" boot "$folder/root" >"$folder/boot.log" 2>&1 </dev/null &
  container_pid=$!
  until container_leader=$(pgrep -P "$container_pid" 2>/dev/null) && [[ "$(container_state)" =~ running|degraded ]]; do
    if ! kill -0 "$container_pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      echo "The container does not start:"
      cat "$folder/boot.log"
      return 1
    fi
    sleep 0.5
  done
}

container_state() { in_container systemctl is-system-running 2>/dev/null; }

# Hosts with the first version of control groups have no second one mounted; systemd needs a group of its own.
# shellcheck disable=SC2016  # expanded by the shell that runs it
container_boot='
  set -e
  if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
  fi
  mkdir -p /sys/fs/cgroup/masterkey2-test
  echo $$ >/sys/fs/cgroup/masterkey2-test/cgroup.procs
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --quiet --directory "$1" --register=no --keep-unit \
    --private-network --boot --console=pipe
'

# in_container COMMAND…
in_container() {
  nsenter --target "$container_leader" --mount --uts --ipc --net --pid --cgroup --wdns=/ \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"
}

# beside_container COMMAND…: a program of this host in the container's network.
beside_container() { nsenter --target "$container_leader" --net "$@"; }

container_stop() {
  [ -n "${container_folder:-}" ] || return 0
  if [ -n "${container_pid:-}" ]; then
    # What systemd takes as "power off now".
    [ -z "${container_leader:-}" ] || kill -s SIGRTMIN+14 "$container_leader" 2>/dev/null || true
    timeout 20 tail --pid="$container_pid" -f /dev/null || kill -KILL "$container_pid" 2>/dev/null || true
    wait "$container_pid" 2>/dev/null || true
  fi
  umount "$container_folder/root" 2>/dev/null || umount -l "$container_folder/root" 2>/dev/null || true
  rm -rf "$container_folder"
  container_folder='' container_pid='' container_leader=''
}
