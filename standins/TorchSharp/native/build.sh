#!/usr/bin/env bash
# Builds libreflux_torch.so for the libtorch of this machine, once per (source, compiler, libtorch), and prints its path as the last
# line of its output. TORCH_ROOT names a libtorch that is not the system's.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
torch_root=${TORCH_ROOT:-}
cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/reflux/torch-shim
compiler=${CXX:-c++}

for tool in cmake "$compiler"; do
    command -v "$tool" >/dev/null || { echo "build.sh: $tool is missing; on Debian: apt-get install -y cmake g++" >&2; exit 1; }
done

if [ -n "$torch_root" ] && [ ! -f "$torch_root/include/ATen/ATen.h" ]; then
    echo "build.sh: TORCH_ROOT=$torch_root holds no include/ATen/ATen.h" >&2
    exit 1
fi

# what the headers say, by way of the preprocessor: where the number stands differs from version to version
torch_version=$(printf '#include <torch/csrc/api/include/torch/version.h>\nTORCH_VERSION\n' |
    "$compiler" ${torch_root:+-I"$torch_root/include"} -E -P -x c++ - 2>/dev/null | tail -n 1) || torch_version=
if [ -z "$torch_version" ]; then
    echo "build.sh: libtorch's headers are missing; on Debian: apt-get install -y libtorch-dev libopenblas0-openmp, or set TORCH_ROOT" >&2
    exit 1
fi

key=$({
    cat "$source_dir"/CMakeLists.txt "$source_dir"/*.cpp "$source_dir"/*.h
    "$compiler" --version | head -n 1
    echo "$torch_version"
    echo "$torch_root"
} | sha256sum | cut -c1-16)
library=$cache/$key/libreflux_torch.so

if [ ! -f "$library" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/build.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cmake -S "$source_dir" -B "$work" -DCMAKE_CXX_COMPILER="$compiler" ${torch_root:+-DTORCH_ROOT="$torch_root"} >&2
    cmake --build "$work" --parallel 2 >&2
    # complete or absent: two builds at once end with the same file
    mkdir -p "$cache/$key"
    mv "$work/libreflux_torch.so" "$library.$$"
    mv "$library.$$" "$library"
fi

echo "$library"
