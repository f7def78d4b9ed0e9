# The sources of the working tree as one archive; sourced by packaging/deb and packaging/rpm.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $root is set by who sources this file

project_version() { sed -n 's/^project(masterkey2 VERSION \([0-9.]*\) .*/\1/p' "$root/CMakeLists.txt"; }

# Seconds since 1970 of the newest entry in the packages' changelog: the time of everything in them.
release_time() { date -d "$(sed -n 's/^ -- .*>  //p;T;q' "$root/packaging/debian/changelog")" +%s; }

# source_archive FILE: all files that git has or would take, as a .tar.gz that depends on nothing else.
source_archive() {
  git -C "$root" ls-files -z --cached --others --exclude-standard |
    (cd "$root" && while IFS= read -r -d '' file; do
      [ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"
    done) | LC_ALL=C sort -z |
    tar -C "$root" --null --no-recursion --files-from=- --format=gnu --owner=0 --group=0 --numeric-owner \
      --mode=u+rw,go+r-w,a+X --mtime="@$(release_time)" --transform="flags=rSh;s|^|masterkey2-$(project_version)/|" \
      -cf - | gzip -9n >"$1"
}
