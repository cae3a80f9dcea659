#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same seed gives the same frames, whatever compiled it:
#
#   tests/simulation/same_frames.sh BUILD BUILD…
#
# Leaves the number of builds that agree in the folder that OMS_FIGURES names.
set -euo pipefail

seeds=40 steps=700
first='' agreeing=0
for build in "$@"; do
  frames="$(unset OMS_FIGURES
    "$build/bin/oms_simulation" --seeds "$seeds" --steps "$steps" --frames |
      grep -E '^ *[0-9]+ [0-9a-f]{16}$' | sort -n)"
  (($(wc -l <<<"$frames") == seeds)) || {
    echo "$build: there are not $seeds seeds with a number of their frames" >&2
    exit 1
  }
  [[ "$frames" == "${first:=$frames}" ]] || {
    echo "$build writes other frames than $1:" >&2
    diff <(echo "$first") <(echo "$frames") >&2
    exit 1
  }
  agreeing=$((agreeing + 1))
done
echo "$seeds seeds x $steps steps: the same frames from $*"
[[ -z "${OMS_FIGURES:-}" ]] || {
  mkdir -p "$OMS_FIGURES"
  echo "$agreeing builds that write the same frames" >"$OMS_FIGURES/same frames.figures"
}
