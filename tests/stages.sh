# The stages of tests/run; sourced by it. A stage runs in the project's folder, tells `count` how its
# tests went and ends with 0 only if all is well.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $logs is set by who sources this file

# Debian packages for the tests besides those of the demo.
# shellcheck disable=SC2034
test_packages=(
  apache2 caddy chromium clang-format clang-tidy curl galera-4 jq libapache2-mod-fcgid libgmock-dev libgtest-dev
  libmysqlcppconn-dev lighttpd mariadb-server-core npm openssl php-cli python3-cryptography shellcheck
)

# name|normal or long|seconds|what it does, in the order in which they run
# shellcheck disable=SC2034
stages=(
  "format|normal|300|layout of C++ sources, shell scripts"
  "build|normal|2400|everything with warnings as errors"
  "unit|normal|1200|C++ tests but those that only compute"
  "sdk|normal|900|types, unit tests, browser tests of the SDK; dist equals a rebuild"
  "e2e|normal|900|register and sign in with Chromium through nginx; attacks on the REST API"
  "docs|normal|600|reference page, its examples and the verifiers, against a real server"
  "acceptance|normal|1200|races, kills and load on whole installations"
  "sanitizers|normal|2400|tests of parsers, cryptography and ceremonies, with address and undefined-behaviour sanitizers"
  "browsers|long|600|the SDK in Firefox, with a passkey device of its own, and in WebKitGTK"
  "demo|long|1200|demo/run starts, answers and stops, twice"
  "tidy|long|3600|clang-tidy on all sources"
  "threads|long|1800|core tests with the thread sanitizer"
  "storage|long|2400|tests of services and flat file with address, undefined-behaviour and thread sanitizers"
  "coverage|long|2400|lines and branches of core/webauthn that its tests take"
  "mutation|long|3600|each check of core/webauthn removed, one at a time, fails a test"
  "figures|long|1800|what verification costs: CPU against bare OpenSSL, memory, hostile bodies"
  "bench|long|2400|what a sign-in costs under load: both storages, next to Express, Fastify and Go"
  "scale|long|5400|a sign-in with a thousand passkeys and with two million, on both storages"
  "overload|long|1800|five times the load that it can carry; a quiet tenant beside one that floods; on both storages"
  "soak|long|14400|mixed load with restarts and reloads on both storages for MK2_SOAK_MINUTES (60): answers, memory, descriptors"
  "packages|long|7200|deb and rpm: built twice alike, judged, used in a clean system"
  "api_fuzz|long|1800|requests made from docs/openapi.json: MK2_API_FUZZ_REQUESTS of them (200,000)"
  "interleavings|long|5400|sign-ins against what ends them, over processes: MK2_INTERLEAVINGS rounds (100,000)"
  "attacks|long|1800|every case of tests/attacks behind both web servers on both storages; calls, races and interleavings on MariaDB"
  "campaigns|long|5400|storages: power loss, kill and failure at every call; races: MK2_RACE_ROUNDS of 64 claims (10,000)"
  "galera|long|3600|MySQL plugin over three Galera nodes: MK2_GALERA_ROUNDS of each race (1,000), outages, contract, torture"
  "fuzz|long|3600|libFuzzer on each parser: MK2_FUZZ_RUNS executions in total (4 million)"
)

# count PASSED FAILED SKIPPED
count() { echo "$1 $2 $3" >>"$logs/$stage.counts"; }

# check NAME COMMAND…: one test by a command's exit code.
check() {
  local name=$1
  shift
  echo "-- $name"
  if "$@"; then
    count 1 0 0
  else
    echo "FAILED: $name"
    count 0 1 0
    return 1
  fi
}

# Files of the project by pattern, tracked or new; fails if there are none.
project_files() { git ls-files --cached --others --exclude-standard -- "$@" | grep .; }

configure() { [ -e "build/$1/build.ninja" ] || cmake --preset "$1"; }

# run_ctest FOLDER ARGUMENT…: counts from the report that ctest writes.
run_ctest() {
  local folder=$1 report=$logs/$stage.xml status=0 total failures disabled skips
  shift
  rm -f "$report"
  ctest --test-dir "$folder" --output-on-failure --output-junit "$report" "$@" || status=$?
  total=$(junit_attribute "$report" tests) failures=$(junit_attribute "$report" failures)
  disabled=$(junit_attribute "$report" disabled) skips=$(junit_attribute "$report" skipped)
  count "$((total - failures - disabled - skips))" "$failures" "$((disabled + skips))"
  return "$status"
}

junit_attribute() { grep -o -m 1 "$2=\"[0-9]*\"" "$1" | head -n 1 | tr -dc 0-9; }

# run_node COMMAND…: counts from the summary of node's test runner.
run_node() {
  local output=$logs/$stage.node status=0
  "$@" 2>&1 | tee "$output" || status=$?
  count "$(node_total "$output" pass)" "$(node_total "$output" fail)" \
    "$(($(node_total "$output" skipped) + $(node_total "$output" todo)))"
  return "$status"
}

node_total() { sed -n "s/^[^a-z]* $2 \([0-9]*\)\$/\1/p" "$1" | awk '{ sum += $1 } END { print sum + 0 }'; }

# The tools of the SDK, as its lock file names them.
sdk_tools() {
  [ sdk/node_modules/.package-lock.json -nt sdk/package-lock.json ] || (cd sdk && npm ci --no-audit --no-fund)
}

stage_format() {
  local stage=format status=0 names files=()
  names=$(project_files '*.cpp' '*.hpp')
  mapfile -t files <<<"$names"
  check "clang-format on ${#files[@]} files" clang-format --dry-run -Werror "${files[@]}" || status=1
  names=$(project_files '*.sh' demo/run tests/run tests/fuzz/run tests/figures/run tests/bench/run \
    .ci/run packaging/deb packaging/debian/tests/sign-in-calls packaging/rpm 'tests/packages/*_test' tests/plugins/mysql/wsrep_sst_masterkey2)
  mapfile -t files <<<"$names"
  check "shellcheck on ${#files[@]} files" shellcheck -x "${files[@]}" || status=1
  return "$status"
}

stage_build() {
  local stage=build
  check "cmake" configure check
  check "ninja" ninja -C build/check
  check "installed headers compile alone" ninja -C build/check all_verify_interface_header_sets
}

stage_unit() {
  local stage=unit
  configure check
  ninja -C build/check
  run_ctest build/check -LE acceptance -j "$(nproc)"
}

stage_acceptance() {
  local stage=acceptance status=0
  configure check
  ninja -C build/check
  run_ctest build/check -L acceptance || status=1
  check "the server's CPU for a sign-in" tests/bench/run --quick || status=1
  check "more load than it can carry" tests/bench/run --overload --quick || status=1
  return "$status"
}

stage_sdk() {
  local stage=sdk status=0
  sdk_tools
  cd sdk || return
  check "types" npm run --silent check || status=1
  check "dist equals a rebuild" npm run --silent rebuild-check || status=1
  run_node npm test --silent || status=1
  run_node ../tests/support/node_tests.mjs test/browser/*.test.mjs || status=1
  return "$status"
}

stage_browsers() {
  local stage=browsers status=0
  install_packages firefox-esr webkit2gtk-driver xvfb
  sdk_tools
  configure check
  ninja -C build/check masterkey2-fcgi masterkey2ctl masterkey2_storage_flatfile
  MK2_BUILD=build/check run_node node --test tests/e2e/browsers/*.test.mjs || status=1
  cd sdk || return
  run_node npm run --silent test:browsers || status=1
  return "$status"
}

stage_e2e() {
  local stage=e2e
  configure check
  ninja -C build/check masterkey2-fcgi masterkey2ctl masterkey2_storage_flatfile masterkey2_storage_mysql
  sdk_tools
  MK2_BUILD=build/check run_node tests/support/node_tests.mjs tests/e2e/*.test.mjs tests/attacks/*.test.mjs
}

stage_docs() {
  local stage=docs status=0
  check "docs/api.md is what docs/openapi.json says" docs/make_api_page.mjs --check || status=1
  configure check
  ninja -C build/check masterkey2-fcgi masterkey2ctl masterkey2_storage_flatfile
  MK2_BUILD=build/check run_node tests/support/node_tests.mjs tests/docs/*.test.mjs || status=1
  return "$status"
}

# node_campaign FILE: a test of tests/e2e by itself, as long as its variables say.
node_campaign() {
  configure check
  ninja -C build/check masterkey2-fcgi masterkey2ctl masterkey2_storage_flatfile
  MK2_BUILD=build/check run_node node --test "tests/e2e/$1"
}

stage_api_fuzz() {
  local stage=api_fuzz
  export MK2_API_FUZZ_REQUESTS=${MK2_API_FUZZ_REQUESTS:-200000} MK2_API_FUZZ_SEED=${MK2_API_FUZZ_SEED:-$RANDOM}
  node_campaign api_fuzz.test.mjs
}

stage_interleavings() {
  local stage=interleavings
  export MK2_INTERLEAVINGS=${MK2_INTERLEAVINGS:-100000} MK2_INTERLEAVINGS_SEED=${MK2_INTERLEAVINGS_SEED:-$RANDOM}
  node_campaign interleavings.test.mjs
}

stage_attacks() {
  local stage=attacks status=0
  configure check
  ninja -C build/check masterkey2-fcgi masterkey2ctl masterkey2_storage_flatfile masterkey2_storage_mysql handlers_mysql_test
  check "every handler on MariaDB" build/check/tests/fcgi/handlers/handlers_mysql_test --gtest_brief=1 || status=1
  MK2_ATTACKS=all MK2_BUILD=build/check run_node node --test tests/attacks/*.test.mjs || status=1
  MK2_STORAGE=mysql MK2_INTERLEAVINGS=${MK2_INTERLEAVINGS:-2000} MK2_BUILD=build/check \
    run_node node --test tests/e2e/interleavings.test.mjs tests/e2e/api_fuzz.test.mjs || status=1
  return "$status"
}

# The stores of these tests in memory: what a disk loses is the tests' own doing.
in_memory() {
  local folder=/dev/shm
  [ -w "$folder" ] || folder=${TMPDIR:-/tmp}
  TMPDIR=$folder "$@"
}

# What the tests of the flat file said that they did.
campaign_figures() {
  awk '/^every call: / { kills += $3; failures += $6 }
    /^power loss: / { recordings += $3; calls += $5; states += $7; seen += $9 }
    END {
      printf "%d kill points, %d failing calls; power lost after each of %d calls of %d recordings: ", \
        kills, failures, calls, recordings
      printf "%d states, %d of them opened\n", states, seen
    }' "$logs/$stage.xml"
}

stage_campaigns() {
  local stage=campaigns status=0 rounds=${MK2_RACE_ROUNDS:-10000} tests=build/check/tests/plugins
  # Who wins is asked, not how soon.
  local patient=(--option "socket={socket}" --option "database={database}" --option user=masterkey2
    --option timeout_s=60)
  local small=(--option "path={fresh}/store" --option segment_bytes=16384 --option keep_superseded_s=0)
  configure check
  ninja -C build/check flatfile_test storage_torture mysql_torture mysql_conformance
  MK2_CAMPAIGNS=all in_memory run_ctest build/check -L '^flatfile_test$' -j "$(nproc)" || status=1
  campaign_figures
  check "race on the flat file" "$tests/storage_torture" --mode race --threads 16 --rounds "$rounds" || status=1
  check "race while segments change" "$tests/storage_torture" --mode race --threads 16 --rounds "$rounds" \
    "${small[@]}" || status=1
  check "64 writers" "$tests/storage_torture" --mode write --threads 16 --rounds "$((rounds / 10))" || status=1
  check "64 writers while segments change" "$tests/storage_torture" --mode write --threads 16 \
    --rounds "$((rounds / 50))" "${small[@]}" || status=1
  check "kills" "$tests/storage_torture" --mode kill --rounds "$((rounds / 50))" || status=1
  check "race on MariaDB" "$tests/mysql/mysql_torture" --mode race --threads 16 --rounds "$rounds" \
    "${patient[@]}" || status=1
  check "kills on MariaDB" "$tests/mysql/mysql_torture" --mode kill --rounds "$((rounds / 200))" || status=1
  run_ctest build/check -R '^storage_conformance' || status=1
  return "$status"
}

stage_galera() {
  local stage=galera status=0 programs=build/check/tests/plugins/mysql
  export MK2_GALERA_ROUNDS=${MK2_GALERA_ROUNDS:-1000}
  configure check
  ninja -C build/check mysql_galera_test mysql_contract_test mysql_torture || return
  check "races, ends, doubts: $MK2_GALERA_ROUNDS rounds" \
    "$programs/mysql_galera_test" --gtest_filter='-GaleraOutages.*' || status=1
  check "nodes that die, freeze and are cut off" \
    "$programs/mysql_galera_test" --gtest_filter='GaleraOutages.*' || status=1
  export MASTERKEY2_TEST_NODES=galera
  check "the storage contract, each store on another node" "$programs/mysql_contract_test" --gtest_brief=1 || status=1
  check "torture, each process on another node" "$programs/mysql_torture" --rounds 30 --mode both || status=1
  return "$status"
}

# The programs for the parts of core that only compute; the preset `check` has none of them.
pure_tests=(cbor_test config_test crypto_test encoding_test fuzz_corpus_test token_test webauthn_test)

# labels PROGRAM…: the pattern of their tests.
labels() { (IFS='|' && echo "^($*)\$"); }

stage_sanitizers() {
  local stage=sanitizers
  configure asan
  ninja -C build/asan "${pure_tests[@]}"
  run_ctest build/asan -L "$(labels "${pure_tests[@]}")" -j "$(nproc)"
}

stage_threads() {
  local stage=threads
  configure tsan
  ninja -C build/tsan tests/core/all
  run_ctest build/tsan/tests/core -j "$(nproc)"
}

stage_storage() {
  local stage=storage preset status=0 storage_tests=(flatfile_test service_test storage_contract_test)
  for preset in asan tsan; do
    configure "$preset"
    ninja -C "build/$preset" "${storage_tests[@]}" || return
    run_ctest "build/$preset" -L "$(labels "${storage_tests[@]}")" -j "$(nproc)" || status=1
  done
  return "$status"
}

# counted COMMAND…: counts from its last line, `N passed, M failed`.
counted() {
  local output=$logs/$stage.output status=0 passed failed
  "$@" 2>&1 | tee "$output" || status=$?
  read -r passed failed < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$output" | tail -n 1)
  count "${passed:-0}" "${failed:-1}" 0
  return "$status"
}

stage_fuzz() {
  local stage=fuzz
  install_packages clang libclang-rt-dev
  counted tests/fuzz/run "${MK2_FUZZ_RUNS:-4000000}"
}

stage_coverage() {
  local stage=coverage
  install_packages clang llvm
  counted tests/coverage/run.py
}

stage_mutation() {
  local stage=mutation
  counted tests/mutation/run.py
}

stage_figures() {
  local stage=figures
  counted tests/figures/run --cost
}

stage_bench() {
  local stage=bench
  counted tests/bench/run
}

stage_overload() {
  local stage=overload
  counted tests/bench/run --overload
}

stage_soak() {
  local stage=soak
  counted tests/bench/run --soak "${MK2_SOAK_MINUTES:-60}"
}

stage_scale() {
  local stage=scale
  counted tests/bench/run --scale
}

# Needs the ports and state of a demo: ends one that runs.
stage_demo() {
  local stage=demo turn status=0
  for turn in first second; do
    check "$turn start" demo/run --background || status=1
    check "the site answers" site_answers || status=1
    check "$turn stop" demo/run --stop || status=1
  done
  return "$status"
}

site_answers() {
  node -e 'fetch(process.argv[1]).then((r) => process.exit(r.status === 200 ? 0 : 1))' \
    "http://127.0.0.1:$(cat .run/site_port)/login"
}

stage_tidy() {
  local stage=tidy names files=()
  configure check
  ninja -C build/check
  names=$(project_files 'core/*.cpp' 'fcgi/*.cpp' 'ctl/*.cpp' 'plugins/*.cpp')
  mapfile -t files <<<"$names"
  check "clang-tidy on ${#files[@]} files" tidy "${files[@]}"
}

tidy() { printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build/check; }

# What the stage `packages` needs besides.
package_test_packages=(
  blhc build-essential debhelper devscripts jq lintian mmdebstrap piuparts procps rpm rpmlint systemd-container
)

stage_packages() {
  local stage=packages status=0 built=build/packages/deb again=build/packages/deb-again
  install_packages "${package_test_packages[@]}"
  rm -rf "$built" "$again"
  check "packaging/deb" packaging/deb "$built" || return
  check "lintian finds nothing" lintian_is_silent "$built" || status=1
  check "hardening flags reach every compiler call" blhc --all --debian "$built/build.log" || status=1
  check "the service's exposure is at most 1.2" exposure 12 || status=1
  check "with storage on this host at most 0.6" exposure 6 packaging/systemd/local-storage.conf || status=1
  check "a second build elsewhere" elsewhere packaging/deb "$again" || status=1
  check "both builds are the same, bit for bit" same_packages "$built" "$again" || status=1
  configure check
  check "a visitor's program, a probe" ninja -C build/check masterkey2_visitor masterkey2_sandbox_probe || return
  installed_test installed_test "$built" || status=1
  installed_test autopkgtest_test "$built" || status=1
  installed_test piuparts_test "$built" || status=1
  rpm_packages build/packages/rpm || status=1
  return "$status"
}

rpm_packages() {
  local built=$1 status=0
  rm -rf "$built"
  check "packaging/rpm" packaging/rpm "$built" || return
  check "rpmlint finds nothing" rpmlint_is_silent "$built" || status=1
  check "a second build elsewhere" elsewhere packaging/rpm "$built-again" || status=1
  check "both builds are the same, bit for bit" same_packages "$built" "$built-again" rpm || status=1
  installed_test rpm_test "$built" || status=1
  return "$status"
}

# Without warnings, too. The package of debugging symbols is of rpm's own making.
rpmlint_is_silent() {
  local output packages
  mapfile -t packages < <(find "$1" -name '*.rpm' ! -name '*-debuginfo-*')
  output=$(rpmlint --config packaging/redhat/rpmlint.toml "${packages[@]}" packaging/redhat/masterkey2.spec) || {
    echo "$output"
    return 1
  }
  echo "$output"
  grep -q ' 0 errors, 0 warnings' <<<"$output"
}

lintian_is_silent() {
  lintian --pedantic --display-info --tag-display-limit 0 --allow-root \
    --fail-on error,warning,info,pedantic "$1"/*.changes
}

# exposure TENTHS [DROP-IN]: of the built service, as systemd counts it.
exposure() {
  local folder status=0
  folder=$(mktemp -d)
  dpkg-deb --fsys-tarfile build/packages/deb/masterkey2_[0-9]*.deb |
    tar -xf - -C "$folder" ./lib/systemd/system/masterkey2.service
  if [ $# -gt 1 ]; then cat "$2" >>"$folder/lib/systemd/system/masterkey2.service"; fi
  systemd-analyze security --offline=true --no-pager --threshold="$1" \
    "$folder/lib/systemd/system/masterkey2.service" | tail -n 2 || status=1
  rm -rf "$folder"
  return "$status"
}

# In another folder, time zone, language and file mode.
elsewhere() (
  TMPDIR=$(mktemp -d)
  trap 'rm -rf "$TMPDIR"' EXIT
  export TMPDIR TZ=Pacific/Kiritimati LC_ALL=C.UTF-8
  umask 027
  "$@"
)

# same_packages FOLDER FOLDER [deb or rpm]
same_packages() {
  local package status=0
  for package in "$1"/*."${3:-deb}"; do
    cmp "$package" "$2/${package##*/}" || status=1
  done
  return "$status"
}

# installed_test SCRIPT FOLDER: counts what it prints; a host that cannot run containers is one skipped test.
installed_test() {
  local output=$logs/$stage.$1 status=0
  as_root "tests/packages/$1" "$2" build/check/tests/packages/masterkey2_visitor build/packages |
    tee "$output" || status=${PIPESTATUS[0]}
  if [ "$status" = 77 ]; then
    count 0 0 1
    return 0
  fi
  count "$(grep -c '^pass: ' "$output" || true)" "$(grep -c '^fail: ' "$output" || true)" 0
  return "$status"
}
