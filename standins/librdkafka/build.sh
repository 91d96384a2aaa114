#!/usr/bin/env bash
# Builds librdkafka.so from the source that the npm package @confluentinc/kafka-javascript carries, for feeds without librdkafka.redist.
# Does nothing where the user's cache already has it. The last line of stdout is the library's path; everything else goes to stderr.
set -euo pipefail

version=2.15.1
package=@confluentinc/kafka-javascript@1.10.1
# npm's integrity value (dist.integrity) of that package, as hex
sha512=29578f5019f6d44a8254ff667f1cc4b8cdd26091c7105ed7fa2882d9ee374108034b211a92c2279821a8a13df0e6af9c340764482acaef58f42027eaa12a992f
options=(--disable-gssapi)

fail() { echo "librdkafka: $*" >&2; exit 1; }

compiler=${CC:-gcc}
missing=()
for tool in npm make tar sha512sum "$compiler"; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done

key=$version-$( { "$compiler" --version 2>/dev/null | head -n 1; uname -m; echo "${options[*]}"; } | sha256sum | cut -c 1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/reflux/librdkafka
target=$cache/$key

if [[ ! -f $target/librdkafka.so ]]; then
  (( ${#missing[@]} == 0 )) || fail "needs ${missing[*]}: apt-get install -y --no-install-recommends npm make gcc g++ libssl-dev zlib1g-dev libzstd-dev liblz4-dev libcurl4-openssl-dev"

  mkdir -p "$cache"
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT

  echo "librdkafka: fetching $package" >&2
  tarball=$(cd "$work" && npm pack --silent "$package" | tail -n 1) || fail "npm pack $package failed: is an npm registry reachable?"
  echo "$sha512  $work/$tarball" | sha512sum --check --status || fail "$package is not the package that this script was written for (its sha512 differs)"
  tar -xzf "$work/$tarball" -C "$work" package/deps/librdkafka

  echo "librdkafka: building $version (about 100 CPU-seconds)" >&2
  (
    cd "$work/package/deps/librdkafka"
    CC=$compiler ./configure "${options[@]}"
    make -j"$(nproc)" -C src librdkafka.so.1
  ) >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "the build failed (lines above)"; }

  mkdir "$work/out"
  cp "$work/package/deps/librdkafka/src/librdkafka.so.1" "$work/out/librdkafka.so"
  strip --strip-unneeded "$work/out/librdkafka.so"
  cp "$work/package/deps/librdkafka/LICENSES.txt" "$work/out/"
  # One rename makes it visible; whoever loses a race finds the winner's build in place.
  mv -T "$work/out" "$target" 2>/dev/null || [[ -f $target/librdkafka.so ]] || fail "can't write $target"
fi

echo "$target/librdkafka.so"
