# What Debian has to supply for each part that the feed lacks, and what the set-up scripts share. Sourced by `setup`, `ready`,
# `test-tools` and `durable-broker`; $work is where logs go.
torch_packages=(g++ cmake make libtorch-dev libopenblas0-openmp)
kafka_packages=(gcc g++ make libssl-dev zlib1g-dev libzstd-dev liblz4-dev libcurl4-openssl-dev)

# missing_packages NAME…: those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${Status}' "$name" 2>/dev/null) == 'install ok installed' ]] || echo "$name"
  done
}

# property NAME FILE: the value of an MSBuild property in feed.props.
property() { sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" "$2"; }

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: cannot go on: %s\n' "$1" >&2; printf '       what to do: %s\n' "$2" >&2; exit 1; }
# run LOG COMMAND…: quiet; shows the end of its log where it fails
run() {
  local log=$work/$1.log; shift
  "$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

# install_missing NAME…: installs those that are not there; says what root has to do where this user is not root.
install_missing() {
  local missing=()
  if [[ $# -gt 0 ]]; then
    command -v dpkg-query >/dev/null || fail "packages are missing that are installed with Debian's apt, which is not here: $*" "use Debian 12, or a NuGet feed that has what they stand in for (docs/feeds.md)"
    mapfile -t missing < <(missing_packages "$@" | sort -u)
  fi
  if [[ ${#missing[@]} -eq 0 ]]; then return; fi
  if [[ $EUID -ne 0 ]]; then
    fail "Debian packages are missing and this user is not root" "let root run, once:
         apt-get update && apt-get install -y --no-install-recommends ${missing[*]}
       then run this command again as yourself"
  fi
  say "    installing Debian packages: ${missing[*]} (about a minute)"
  export DEBIAN_FRONTEND=noninteractive
  run apt-update apt-get update || fail "apt-get update failed" "check the network and /etc/apt/sources.list, then run ./reflux setup again"
  run apt-install apt-get install -y --no-install-recommends "${missing[@]}" || fail "apt-get install failed" "see artifacts/setup/apt-install.log"
}
