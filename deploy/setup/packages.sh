# What Debian has to supply for each part that the feed lacks. Sourced by `setup` and `ready`.
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
