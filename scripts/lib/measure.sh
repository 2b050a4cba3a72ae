# What the benchmark measures and how it judges. Source it after common.sh.
# shellcheck shell=bash

summary=()
short=0

# elapsed_ms COMMAND…: runs it and prints how long it took.
elapsed_ms() {
  local began
  began=$(now_ms)
  "$@" >/dev/null
  printf '%s' $(($(now_ms) - began))
}

# alternate ROUNDS FIRST SECOND: runs both in turn, so that a slow minute of the machine hits both; each prints a
# figure. Sets first_median and second_median.
alternate() {
  local round figure first=() second=()
  for ((round = 1; round <= $1; round++)); do
    figure=$("$2")
    first+=("$figure")
    figure=$("$3")
    second+=("$figure")
    note "round $round: ${first[-1]} against ${second[-1]}"
  done
  first_median=$(median "${first[@]}")
  second_median=$(median "${second[@]}")
}

median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

# ratio A B: A / B with three decimals.
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

# memory_mb PID FIELD: of /proc/PID/status, in megabytes of 1,000,000 bytes.
memory_mb() { awk -v field="$2:" '$1 == field { printf "%.1f", $2 * 1024 / 1000000 }' "/proc/$1/status"; }

# first_pass_is_over DATABASE COUNT: whether so many tags have been answered for. False while there is no database.
first_pass_is_over() {
  local answered
  answered=$(sqlite3 -readonly -cmd '.timeout 2000' "$1" \
    'SELECT count(*) FROM tag WHERE last_success_ms IS NOT NULL' 2>/dev/null) || return 1
  [[ $answered == "$2" ]]
}

page_count() { sqlite3 -readonly "$1" 'PRAGMA page_count'; }

# judge WORDS WATCHER OTHER FIGURE at-most|at-least LIMIT: prints a verdict and keeps it for the summary.
judge() {
  local verdict=pass
  if ! awk -v f="$4" -v l="$6" -v how="$5" 'BEGIN { exit !(how == "at-most" ? f <= l : f >= l) }'; then
    verdict='FALLS SHORT'
    short=$((short + 1))
  fi
  note "$1: $4 (${5/-/ } $6): $verdict"
  summary+=("| $1 | ${2:-–} | ${3:-–} | $4 | ${5/-/ } $6 | $verdict |")
}

# print_summary: the rows for Benchmarks/README.md; fails when any figure fell short.
print_summary() {
  say "| measure | watcher | other | figure | demanded | verdict |"
  say "|---|---|---|---|---|---|"
  printf '%s\n' "${summary[@]}"
  ((short == 0))
}
