#!/usr/bin/env bash
# Times this program and others on one folder, in alternation, and prints medians and ratios.
#
#   benches/compare.sh DIR [ROUNDS]
#
# READINESS names the program (default: target/release/readiness). Tools that are not installed are left out. What they
# do differs: the table says how long somebody waits, not who finds more.
set -euo pipefail

dir=${1:?usage: benches/compare.sh DIR [ROUNDS]}
rounds=${2:-5}
readiness=${READINESS:-$(dirname "$0")/../target/release/readiness}
[ -d "$dir" ] || { echo "compare: there is no folder $dir" >&2; exit 2; }
[ -x "$readiness" ] || { echo "compare: build $readiness first: cargo build --release" >&2; exit 2; }

names=() commands=()
tool() { # NAME PROGRAM ARGUMENTS...
  local name=$1
  shift
  command -v "$1" >/dev/null || return 0
  names+=("$name")
  commands+=("$(printf '%q ' "$@")")
}
tool readiness "$readiness" scan "$dir" --format json
tool rg rg --count-matches password "$dir"
tool oxlint oxlint "$dir"
tool semgrep semgrep scan --metrics off --config "${SEMGREP_CONFIG:-auto}" --quiet "$dir"
# Other programs are called `sg`, too.
tool ast-grep ast-grep run --lang ts --pattern 'fetch($$$)' "$dir"
tool gitleaks gitleaks dir --no-banner --exit-code 0 "$dir"

times=$(mktemp)
trap 'rm -f "$times"' EXIT
for ((round = 0; round <= rounds; round++)); do
  for index in "${!names[@]}"; do
    start=$(date +%s%N)
    eval "${commands[$index]}" >/dev/null 2>&1 || true
    # The first round warms the caches.
    [ "$round" -eq 0 ] || echo "${names[$index]} $((($(date +%s%N) - start) / 1000))" >>"$times"
  done
done

printf '%-12s %12s %10s\n' tool 'median, ms' ratio
base=
for name in "${names[@]}"; do
  median=$(awk -v name="$name" '$1 == name { print $2 }' "$times" | sort -n | sed -n "$(((rounds + 1) / 2))p")
  base=${base:-$median}
  awk -v name="$name" -v us="$median" -v base="$base" \
    'BEGIN { printf "%-12s %12.1f %10.2f\n", name, us / 1000, us / base }'
done
