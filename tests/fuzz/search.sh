#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lets a fuzzer search for OMS_FUZZ_SECONDS, and leaves how much it tried:
#
#   tests/fuzz/search.sh NAME FUZZER FOUND CORPUS
#
# What it finds goes to the folder FOUND; the corpus is only read.
set -euo pipefail

name="$1" fuzzer="$2" found="$3" corpus="$4"
mkdir -p "$found"
cd "$found"
"$fuzzer" -max_total_time="${OMS_FUZZ_SECONDS:-20}" -timeout=5 -rss_limit_mb=1024 -max_len=8192 \
  -print_final_stats=1 "$found" "$corpus" 2>&1 | tee "$found.log"
tried="$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")"
[[ -n "$tried" ]] || {
  echo "$name did not say how much it tried" >&2
  exit 1
}
[[ -z "${OMS_FIGURES:-}" ]] || {
  mkdir -p "$OMS_FIGURES"
  printf '1 decoders under a fuzzer\n%d inputs of the fuzzers\n' "$tried" \
    >"$OMS_FIGURES/fuzz $name.figures"
}
