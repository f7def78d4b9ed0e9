# What the service's sandbox refuses, tried from within it: a probe (sandbox_probe.cpp) runs as the
# installed unit runs the server; sourced.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $scratch, $probe and $container_folder are set by who sources this file

# sandbox_tries FILE: what the probe may do, in FILE. The unit differs in what belongs to a program that ends.
sandbox_tries() {
  local unit=/etc/systemd/system/masterkey2-probe.service status=0
  cp "$probe" "$container_folder/root/opt/probe"
  in_container sh -ec "
    { cat /lib/systemd/system/masterkey2.service; cat /etc/systemd/system/masterkey2.service.d/*.conf 2>/dev/null || true; } |
      sed -e '/^Requires=/d' -e '/^Restart/d' -e '/^WatchdogSec=/d' -e 's/^Type=.*/Type=oneshot/' \
        -e 's/^StandardInput=.*/StandardInput=null/' -e 's|^StandardOutput=.*|StandardOutput=truncate:/run/probe.out|' >$unit
    printf '[Service]\nBindReadOnlyPaths=/opt/probe:/usr/sbin/masterkey2-fcgi\n' >>$unit
    systemctl daemon-reload && systemctl start masterkey2-probe.service" || status=1
  in_container cat /run/probe.out >"$1" || status=1
  in_container sh -ec "rm -f $unit /opt/probe /run/probe.out && systemctl daemon-reload" || status=1
  cat "$1"
  return "$status"
}

# only_allowed FILE KIND NAME…: of a kind of trial these, and each other is refused.
only_allowed() {
  local file=$1 kind=$2
  shift 2
  grep -q "^$kind .*: refused" "$file" && equals "$(sed -n "s/^$kind \(.*\): allowed\$/\1/p" "$file" | paste -sd ' ')" "$*"
}

with_local_storage() {
  local status=0
  in_container sh -ec 'install -D -m 0644 /usr/share/doc/masterkey2/examples/systemd/local-storage.conf \
  /etc/systemd/system/masterkey2.service.d/local-storage.conf
systemctl daemon-reload && systemctl restart masterkey2' && "$@" || status=1
  in_container sh -ec 'rm -r /etc/systemd/system/masterkey2.service.d
systemctl daemon-reload && systemctl restart masterkey2' || status=1
  return "$status"
}

# exposure_at_most TENTHS: of the service as systemd has loaded it.
exposure_at_most() { in_container systemd-analyze security --no-pager --threshold="$1" masterkey2.service | tail -n 1; }

# A sign-in goes on without any network.
local_storage_suffices() { exposure_at_most 6 && sandbox_tries "$scratch/local" && visit 8081 sign-in uma; }

test_sandbox() {
  test_that "a probe runs in the service's sandbox" sandbox_tries "$scratch/sandbox"
  test_that "it can write its state alone" only_allowed "$scratch/sandbox" write /var/lib/masterkey2
  test_that "it can run no other program, nor what it wrote" only_allowed "$scratch/sandbox" run itself
  test_that "it has no socket but of unix, inet, inet6" only_allowed "$scratch/sandbox" socket unix inet inet6
  test_that "it has no memory to write and run" grep '^memory .*: refused' "$scratch/sandbox"
  test_that "it makes no namespace" grep '^a namespace: refused' "$scratch/sandbox"
  test_that "it becomes nobody else" grep '^another user: refused' "$scratch/sandbox"
  test_that "it traces nothing" grep '^tracing: refused' "$scratch/sandbox"
  test_that "the service's exposure is at most 1.2" exposure_at_most 12
  test_that "with storage on this host at most 0.6, and sign-ins go on" with_local_storage local_storage_suffices
  test_that "it then has sockets of unix alone" only_allowed "$scratch/local" socket unix
}
