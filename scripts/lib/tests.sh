# Runs the built tests side by side. Source it after common.sh.
# shellcheck shell=bash

# A line names a target, a suite or a test; Tests/HouseTests sees to it that they are there.

# These judge how long something takes. They run last, and only as many at a time as there are processors.
timed_tests=(
  BlackBoxTests.BadPlaceTests/aLockedDatabaseIsNotWaitedFor
  BlackBoxTests.DaemonSurfaceTests/aSecondOneIsTurnedAwayInASecond
  BlackBoxTests.DaemonSurfaceTests/aSecondSignalEndsItAtOnce
  BlackBoxTests.HintTests/aFloodOfForgedHintsChangesNothing
  BlackBoxTests.RealHintTests
  BlackBoxTests.ServiceTests/pingsComeWhileTheDatabaseAnswersAndOnlyThen
  BlackBoxTests.StopTests/aSecondSignalAtOnceIsTheSameStop
  BlackBoxTests.StopTests/whatNeverEndsIsCutOffInTime
  DeliveryTests.LimitedReceiverTests
  TransportTests.LimitTests/announcedAtOnce
)

# These take longest. They are begun first, so that the end does not wait for one of them alone.
long_tests=(
  BlackBoxTests.DiskFaultTests
  BlackBoxTests.KillAtWorkTests
  BlackBoxTests.KillTests
  BlackBoxTests.ServicesTests
  BlackBoxTests.SignalTests
  BlackBoxTests.SummerTests
  BlackBoxTests.WebhookKillTests
  PollingTests
  ServiceTests
)

# A job that takes longer hangs.
job_seconds=900

# run_tests BUNDLE: every test of the bundle once. A job is a process that runs its tests one at a time, for some hold a
# thread for seconds: one for each black-box test, most of which wait, and one for each other target.
run_tests() {
  local timed long names began
  began=$(now_ms)
  bundle=$1
  test_logs=$(mktemp -d)
  trap 'stop_jobs; rm -rf "$test_logs"' EXIT
  : >"$test_logs/failed"
  timed=$(matching "${timed_tests[@]}")
  long=$(matching "${long_tests[@]}")
  "$bundle" --testing-library swift-testing --list-tests >"$test_logs/list"
  names=$(grep -Ev "$timed" "$test_logs/list" | sed -E '/^BlackBoxTests\./!s/\..*//; s/\(.*//; s/$/(/' | sort -u)
  mapfile -t names < <(grep -E "$long" <<<"$names" || true; grep -Ev "$long" <<<"$names" || true)
  run_jobs $(($(nproc) * 2)) "$timed" "${names[@]%(}"
  run_jobs "$(nproc)" '' "${timed_tests[@]}"
  judge_jobs
  note "in $(seconds_since "$began") s"
}

# matching NAME…: a regular expression for the tests of these names.
matching() {
  local IFS='|'
  printf '^(%s)[./(]' "${*//./\\.}"
}

# run_jobs MOST SKIPPED NAME…: a job for each name, so many at a time, without what SKIPPED matches.
run_jobs() {
  local most=$1 skipped=$2 name
  shift 2
  for name; do
    while (($(jobs -rp | wc -l) >= most)); do wait -n || true; done
    run_job "$name" --filter "$(matching "$name")" ${skipped:+--skip "$skipped"} &
  done
  wait
}

# run_job NAME OPTION…: says in a line how it ended, and what its tests printed.
run_job() {
  local name=$1 log began status=0
  log=$test_logs/${1//\//.}.log
  shift
  began=$(now_ms)
  NO_COLOR=1 timeout --kill-after=10 "$job_seconds" "$bundle" --testing-library swift-testing --no-parallel "$@" \
    >"$log" 2>&1 </dev/null &
  # shellcheck disable=SC2064
  trap "kill $! 2>/dev/null; exit 143" TERM
  wait $! || status=$?
  {
    if ((status == 0)); then
      printf '   ok %6s s  %s\n' "$(seconds_since "$began")" "$name"
      sed -E '/^(◇|✔|↳|$)/d; s/^/             /' "$log"
    else
      printf 'FAILED %6s s  %s\n' "$(seconds_since "$began")" "$name"
      printf '%s %s\n' "$status" "$name" >>"$test_logs/failed"
    fi
  } >"$log.end"
  cat "$log.end"
}

# judge_jobs: shows again what failed; fails when something did, or when not every test was run by exactly one job.
judge_jobs() {
  local listed ran status name
  while read -r status name; do
    printf '\n=== FAILED: %s (exit status %d%s)\n' "$name" "$status" \
      "$( ((status == 124 || status == 137)) && printf ': it took more than %d s' "$job_seconds")"
    grep -av '^◇' "$test_logs/${name//\//.}.log" || echo "it said nothing"
  done <"$test_logs/failed"
  if [[ -s $test_logs/failed ]]; then return 1; fi
  listed=$(wc -l <"$test_logs/list")
  ran=$(($(sed -nE 's/^. Test run with ([0-9]+) tests? .*/\1/p' "$test_logs"/*.log | paste -sd+)))
  ((ran == listed)) || die "there are $listed tests, and $ran were run"
  note "$ran tests"
}

stop_jobs() { jobs -rp | xargs --no-run-if-empty kill 2>/dev/null || true; }
