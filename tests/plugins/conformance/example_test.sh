#!/bin/sh
# example_test.sh BUILD CMAKE COMPILER: installs the component for authors into a folder of its own, builds
# the example from that alone, and asks the installed conformance program for its verdict.
set -eu
build=$1 cmake=$2 compiler=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/usr
"$cmake" --install "$build" --prefix "$prefix" --component dev >"$folder/log" 2>&1 || {
  cat "$folder/log"
  exit 1
}
# A copy: nothing of the source tree is in reach.
cp -r "$prefix/share/doc/masterkey2-dev/example" "$folder/plugin"
if ! { "$cmake" -G Ninja -S "$folder/plugin" -B "$folder/plugin/build" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="-O0 -Wall -Wextra -Werror" \
  -DCMAKE_BUILD_TYPE=Debug && "$cmake" --build "$folder/plugin/build"; } >"$folder/log" 2>&1; then
  cat "$folder/log"
  exit 1
fi
chmod -R go-w "$folder"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name masterkey2-storage.pc)") pkg-config --cflags masterkey2-storage |
  grep -q -- "-std=c++20"
plugin=$folder/plugin/build/libmasterkey2_storage_memory.so
"$prefix/bin/masterkey2-storage-conformance" "$plugin"
# It claims nothing: what it does not claim is skipped by name.
"$prefix/bin/masterkey2-storage-conformance" --json --only P14 "$plugin" >"$folder/verdict" || true
grep -q '"why": "not kPortable"' "$folder/verdict"
