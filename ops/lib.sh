# Shared by the scripts in this folder, which source it: packages, presets, building.
# Expects `set -euo pipefail`. Leaves the caller in the repository's root.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '==> %s\n' "$*"; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Prints the comment block that opens the calling script, as its help.
print_help() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; }

# The names in ops/packages.txt that are not installed, one a line: with "bench" its last part, too.
missing_packages() {
  local package
  while read -r package; do
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      printf '%s\n' "$package"
    fi
  done < <(awk -v also="${1:-}" '/^# bench/ && also != "bench" { exit }
    { sub(/#.*/, ""); if (NF) print $1 }' ops/packages.txt)
}

# ensure_packages [bench]: installs what the machine lacks of missing_packages. Touches nothing when
# all is there.
ensure_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "this is not a Debian system. Install what ops/packages.txt names, then add --no-packages."
  fi
  local missing
  mapfile -t missing < <(missing_packages "${1:-}")
  if ((${#missing[@]} == 0)); then
    return
  fi
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      die "packages are missing, and this is neither root nor has sudo. As root, run:
  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    fi
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} Debian packages, which takes a minute or some: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq >/dev/null ||
    die "apt-get update failed: the packages above cannot be installed without it"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get install failed: see its messages above"
}

# How many compilers fit: one per core, and 1.5 GiB of memory for each.
parallel_jobs() {
  local cores memory_kib fit
  cores=$(nproc)
  memory_kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  fit=$((memory_kib / 1572864))
  if ((fit < 1)); then fit=1; fi
  echo $((cores < fit ? cores : fit))
}

# configure PRESET: into build/PRESET; quiet unless it fails.
configure() {
  local preset=$1 presets log
  presets=$(cmake --list-presets)
  [[ $presets == *"\"$preset\""* ]] || die "there is no preset '$preset'. $presets"
  mkdir -p build
  log=build/configure-$preset.log
  say "configuring build/$preset"
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    die "configuring build/$preset failed: see above"
  fi
}

# build PRESET [TARGET...]: everything when no target is named.
build() {
  local preset=$1
  shift
  configure "$preset"
  say "building build/$preset"
  ninja -C "build/$preset" -j "$(parallel_jobs)" "$@"
}

# Every C++ file of the tree, one a line.
cpp_files() {
  find ledger protocol daemon client tests \( -name '*.h' -o -name '*.cc' \) -type f | LC_ALL=C sort
}

# check_format [FILE...]: of every C++ file when none is named.
check_format() {
  say "checking the format (ops/lint --fix repairs it)"
  if (($# > 0)); then printf '%s\n' "$@"; else cpp_files; fi |
    xargs -r -n 16 -P "$(nproc)" clang-format --dry-run --Werror ||
    die "the files above are not formatted as .clang-format says: ops/lint --fix repairs them"
}
