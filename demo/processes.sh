# Starts, watches and ends the processes of demo/run; sourced by it. Each has a name, a log in
# $state/log and a file in $state/pids: its id and its start time, so that no other process that
# got the same id later is ever taken for it.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $state is set by who sources this file

start_time_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# Prints the id of the process named $1 if it runs.
running() {
  local pid start
  read -r pid start 2>/dev/null <"$state/pids/$1" || return 1
  [ "$(start_time_of "$pid")" = "$start" ] || return 1
  # One that ended and was not waited for yet still has an entry.
  [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -c 1)" != Z ] || return 1
  echo "$pid"
}

all_running() {
  local name
  for name in "$@"; do running "$name" >/dev/null || return 1; done
}

# note_process NAME PID
note_process() { echo "$2 $(start_time_of "$2")" >"$state/pids/$1"; }

# start_process NAME COMMAND…: in a session of its own, so that Ctrl-C reaches this script alone.
start_process() {
  local name=$1
  shift
  : >"$state/log/$name.log"
  setsid nohup "$@" </dev/null >>"$state/log/$name.log" 2>&1 9>&- &
  note_process "$name" $!
}

# wait_until WHAT SECONDS CHECK…: asks CHECK until it succeeds; ends the script at the deadline or as
# soon as a process has ended.
wait_until() {
  local what=$1 deadline=$((SECONDS + $2)) name
  shift 2
  until "$@"; do
    for name in "$state"/pids/*; do
      name=${name##*/}
      running "$name" >/dev/null || give_up "$name ended while waiting for $what" "$name"
    done
    [ "$SECONDS" -lt "$deadline" ] || give_up "$what did not answer in time" "${name:-}"
    sleep 0.1
  done
  echo "ready: $what"
}

# Shows the end of the log of $2 and fails.
give_up() {
  echo "demo/run: $1. The end of $state/log/$2.log:" >&2
  tail -n 20 "$state/log/$2.log" >&2
  exit 1
}

# Blocks until one of the named processes ends, and says which.
wait_for_first_end() {
  local name pids=()
  for name in "$@"; do pids+=("$(running "$name")"); done
  wait -n "${pids[@]}" || true
  for name in "$@"; do
    running "$name" >/dev/null || give_up "$name has ended" "$name"
  done
}

# Ends the named processes in this order: asks, waits up to 10 s, then kills.
stop_processes() {
  local name pid deadline
  for name in "$@"; do
    if pid=$(running "$name"); then
      kill -TERM "$pid" 2>/dev/null || true
      deadline=$((SECONDS + 10))
      while running "$name" >/dev/null && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.05; done
      ! running "$name" >/dev/null || kill -KILL "$pid" 2>/dev/null || true
    fi
    rm -f "$state/pids/$name"
  done
}
