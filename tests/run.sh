#!/bin/sh
# Installs what is missing, builds, runs tests. `sh tests/run.sh --help` explains.
set -eu
cd -- "$(dirname -- "$0")/.."
. tests/setup.sh

help() {
  cat <<'END'
sh tests/run.sh [WHAT...]     installs what is missing, builds, runs tests

  nothing       the default tests: everything but what is marked slow
  all           the default tests, then each of the steps below
  a label       the tests of that folder: unit statistical worlds identity
                golden faults
  a step        one step of `all`:
    slow            the tests marked slow, the rebuild of the model from ODD.md
                    among them
    cluster         a sweep on a Slurm of its own and under mpirun, with tasks
                    and ranks killed: the same bytes as from one process
    browser         the report and the live page in a Chromium without a
                    screen: without a network, on a phone, on paper, by
                    keyboard, with hostile names, answers equal to compare's
    format          clang-format 14 has nothing to change
    signature       the last commit message ends with the line
                    "Signature: ..." that the golden test prints, or with
                    "No functional change"
    asan            unit tests, the smallest worlds and the workshop server
                    under the address and undefined-behaviour sanitizers
    tsan            the smallest world and the live engine under the thread
                    sanitizer
    planted-tsan    a data race planted on purpose: the thread sanitizer must
                    see it
    planted-race    the same race without sanitizer: the identity tests must
                    turn red
    planted-fma     fused multiply-add planted on purpose: the golden
                    signature must turn red

  golden-update writes the present results into tests/golden/signatures.txt
                and prints the line that the commit message has to end with
  documents-update writes the tables of sim/model/ODD.md and TRACE.md anew

Stops at the first failure. The output of installing and building is kept in
build/log. A single test: build/release/tests/test_unit "its name"
END
}

steps='slow cluster browser format signature asan tsan planted-tsan planted-race planted-fma'

# Each step is a function: what it says last on a failure is the reason.

run_ctest() {
  quiet_for=$1
  shift
  ctest --test-dir build/release --output-on-failure --timeout "$quiet_for" -j "$(job_count)" "$@"
}

step_tests() {
  build release
  run_ctest 300 -LE '^slow$' --no-tests=error
}

step_label() {
  build release
  run_ctest 300 -L "^$1\$" -LE '^slow$' --no-tests=error
}

step_slow() {
  build release
  run_ctest 1500 -L '^slow$'
}

step_cluster() {
  build release reformsim reformsim-mpi
  timeout 900 /usr/bin/python3 -B tests/cluster/test_harness.py
  timeout 900 /usr/bin/python3 -B tests/cluster/test_sweep_cluster.py build/release/reformsim
}

step_browser() {
  build release reformsim
  timeout 900 /usr/bin/python3 -B tests/browser/test_report.py build/release/reformsim
  timeout 900 /usr/bin/python3 -B tests/browser/test_live.py build/release/reformsim
  timeout 900 /usr/bin/python3 -B tests/browser/test_exercises.py build/release/reformsim
}

step_format() {
  find sim tests -name '*.[ch]pp' -exec clang-format-14 --dry-run -Werror {} + ||
    fail 'clang-format would change these lines' \
      "To let it: find sim tests -name '*.[ch]pp' -exec clang-format-14 -i {} +"
}

step_signature() {
  if [ ! -e .git ]; then
    say 'skipped: this is not a git checkout'
    return
  fi
  build release test_golden
  printed=$(build/release/tests/test_golden '[signature]' -w NoTests | grep '^Signature: [0-9a-f]') ||
    fail 'the golden test prints no signature'
  # The folder may belong to someone else, as in a container.
  if [ -n "$(git -c safe.directory='*' status --porcelain --untracked-files=no)" ]; then
    say "skipped: there are uncommitted changes. They give $printed"
    return
  fi
  written=$(git -c safe.directory='*' log -1 --format=%B | sed '/^[[:space:]]*$/d' | tail -n 1)
  case $written in
    "$printed" | 'No functional change') say "the commit says: $written" ;;
    *)
      fail 'the last commit message must end with what the results are' \
        "either   $printed" 'or       No functional change' "it says  $written"
      ;;
  esac
}

# tests_of PRESET FOLDER CATCH_ARGUMENT...: runs one test program; a selection without tests is a failure.
tests_of() {
  program=build/$1/tests/test_$2
  shift 2
  # shellcheck disable=SC2086 # $steady is a command with arguments, or nothing
  timeout 1200 $steady "$program" -w NoTests "$@"
}

step_golden_update() {
  build release test_golden
  REFORMSIM_UPDATE_GOLDEN=1 tests_of release golden '[signature]' >build/log/golden-update.log 2>&1 ||
    fail 'the golden scenarios did not run' 'see build/log/golden-update.log'
  grep '^Signature: ' build/log/golden-update.log
}

step_documents_update() {
  build release test_unit
  REFORMSIM_UPDATE_DOCUMENTS=1 tests_of release unit '[documents]' >build/log/documents-update.log 2>&1 ||
    fail 'the documents could not be written' 'see build/log/documents-update.log'
}

step_asan() {
  use_steady_addresses
  build asan-ubsan test_unit test_worlds test_identity reformsim
  export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
  tests_of asan-ubsan unit '~[slow]'
  tests_of asan-ubsan worlds '[sanitize]'
  tests_of asan-ubsan identity '[live]'
  timeout 900 /usr/bin/python3 -B tests/faults/test_serve_faults.py build/asan-ubsan/reformsim
}

step_tsan() {
  use_steady_addresses
  build tsan test_identity
  tests_of tsan identity '[tsan]'
}

# must_turn_red LOG PATTERN COMMAND...: the command has to fail, and for the reason we planted.
must_turn_red() {
  log=build/log/$1
  pattern=$2
  shift 2
  mkdir -p build/log
  if "$@" >"$log" 2>&1; then
    tail -n 20 "$log"
    fail 'the planted fault was not seen: the tests stayed green'
  fi
  if ! grep -E -m 1 "$pattern" "$log"; then
    tail -n 20 "$log"
    fail 'the tests turned red, but not because of the planted fault'
  fi
  say 'red, as it must be'
}
red_in_catch='^test cases: .* failed'

step_planted_tsan() {
  use_steady_addresses
  build planted-tsan test_identity
  export TSAN_OPTIONS=halt_on_error=1
  must_turn_red planted-tsan.log 'WARNING: ThreadSanitizer: data race' tests_of planted-tsan identity '[tsan]'
}

step_planted_race() {
  build planted-race test_identity
  must_turn_red planted-race.log "$red_in_catch" tests_of planted-race identity '~[slow]' --abort
}

step_planted_fma() {
  if ! grep -qw fma /proc/cpuinfo; then
    say 'skipped: this processor has no fused multiply-add'
    return
  fi
  build planted-fma test_golden
  must_turn_red planted-fma.log "$red_in_catch" tests_of planted-fma golden '[signature]'
}

# step NAME FUNCTION ARGUMENT...: runs it in a subshell, where `set -e` stops at its first failure.
step() {
  name=$1
  shift
  say '' "== $name"
  step_start=$(now)
  set +e
  (
    set -e
    set_traps
    "$@"
  )
  status=$?
  set -e
  if [ "$status" -gt 128 ]; then exit "$status"; fi
  if [ "$status" -ne 0 ]; then
    say "== $name: FAIL after $(since "$step_start")"
    if [ "$name" = tests ]; then name=; fi
    say "   To repeat: sh tests/run.sh${name:+ $name}"
    exit 1
  fi
  say "== $name: PASS in $(since "$step_start")"
}

packages="$packages_program $packages_tests"
for what in "$@"; do
  case $what in
    -h | --help | help)
      help
      exit
      ;;
    unit | statistical | worlds | identity | golden | faults | golden-update | documents-update) ;;
    *)
      case " all $steps " in
        *" $what "*) packages="$packages_program $packages_tests $packages_all $packages_cluster $packages_browser" ;;
        *) fail "unknown: $what" 'sh tests/run.sh --help explains' ;;
      esac
      ;;
  esac
done

whole_start=$(now)
# shellcheck disable=SC2086 # one word per package
install_packages $packages
use_ccache
[ $# -gt 0 ] || set -- tests
# shellcheck disable=SC2086 # one word per step
if [ "$1" = all ]; then set -- tests $steps; fi
for what in "$@"; do
  case $what in
    tests) step tests step_tests ;;
    unit | statistical | worlds | identity | golden | faults) step "$what" step_label "$what" ;;
    *) step "$what" "step_$(echo "$what" | tr - _)" ;;
  esac
done
say '' "Everything passed in $(since "$whole_start")."
