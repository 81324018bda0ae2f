# Shared by scenarios/demo.sh and tests/run.sh: installing, building, telling the time. POSIX sh; to be sourced
# from the top folder of the checkout after `set -eu`.
# shellcheck shell=sh disable=SC2034

packages_program='g++ cmake ninja-build libtbb-dev libhdf5-dev libyaml-cpp-dev libfmt-dev nlohmann-json3-dev
  libcli11-dev libcsv-dev libxxhash-dev librandom123-dev libboost-dev libjs-chart.js
  node-d3-hierarchy'
packages_tests='catch2 librapidcheck-dev python3 python3-numpy python3-h5py python3-xarray python3-h5netcdf
  python3-netcdf4 python3-pandas python3-scipy python3-sklearn python3-matplotlib python3-yaml python3-websocket
  netcdf-bin hdf5-tools strace'
# For tests/browser: the report and the live page in a browser without a screen.
packages_browser='chromium chromium-driver python3-selenium poppler-utils'
# For tests/cluster, which runs on a Slurm of its own and on Open MPI; besides packages_program.
packages_cluster='munge slurmctld slurmd slurm-client openmpi-bin libopenmpi-dev libboost-mpi-dev'
packages_all='ccache clang-format-14 git'

say() { printf '%s\n' "$@"; }

fail() {
  say "" "FAILED: $1" >&2
  shift
  for line in "$@"; do say "  $line" >&2; done
  exit 1
}

now() { date +%s; }

# "75 s" or "12 min 5 s" since the time given.
since() {
  seconds=$(($(now) - $1))
  if [ "$seconds" -lt 120 ]; then echo "$seconds s"; else echo "$((seconds / 60)) min $((seconds % 60)) s"; fi
}

ticker=
stop_ticker() {
  if [ -n "$ticker" ]; then kill "$ticker" 2>/dev/null || true; fi
  ticker=
}
# To be called again in a subshell, which starts without traps.
set_traps() {
  trap stop_ticker EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
set_traps

# quietly LOG COMMAND...: the output goes to build/log/LOG; every ten seconds its newest line is shown as a sign
# of life; if the command fails, so does the script, with the end of the log.
quietly() {
  log=build/log/$1
  shift
  mkdir -p build/log
  : >"$log"
  ticked=$(now)
  # The sleeping child must not hold our output open: a pipe behind the script would wait for it.
  while sleep 10 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    newest=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1 | tr '\r\t' '  ' |
      sed 's|Building CXX object .*\.dir/||' | cut -c 1-60)
    say "    $(since "$ticked"): $newest"
  done </dev/null &
  ticker=$!
  status=0
  "$@" >"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  if [ "$status" -ne 0 ]; then
    tail -n 40 "$log" >&2
    fail "$1 stopped with code $status" "The whole output: $PWD/$log"
  fi
}

missing_packages() {
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
      ?i*) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# apt-get waits for another package manager by itself, but not for the lock on the package lists; and it refuses
# to work after a dpkg that was cut short. Both are waited for, or repaired, here.
apt_get() {
  tries=0
  until $sudo env DEBIAN_FRONTEND=noninteractive apt-get -y --no-remove -o DPkg::Lock::Timeout=300 "$@"; do
    tries=$((tries + 1))
    if tail -n 5 "$log" | grep -q 'dpkg was interrupted' && [ "$tries" -le 2 ]; then
      echo 'An earlier dpkg was cut short: dpkg --configure -a'
      $sudo env DEBIAN_FRONTEND=noninteractive dpkg --configure -a || return 1
    elif tail -n 5 "$log" | grep -q 'Could not get lock' && [ "$tries" -le 30 ]; then
      echo 'Another package manager is at work: waiting for it'
      sleep 10
    else
      return 1
    fi
  done
}

# install PACKAGE...: those that are missing, from the machine's own Debian sources; nothing is ever removed.
install_packages() {
  start=$(now)
  command -v dpkg-query >/dev/null ||
    fail 'this is not a Debian system' "Needed, by their Debian 12 names: $*"
  missing=$(missing_packages "$@")
  missing=${missing% }
  if [ -z "$missing" ]; then
    say "Packages: all $# are installed"
    return
  fi
  say 'Packages missing:'
  say "$missing" | fold -s -w 74 | sed 's/^/    /'
  command="apt-get install --no-install-recommends $missing"
  sudo=
  if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    command -v sudo >/dev/null || fail 'installing needs root, and there is no sudo' 'An administrator can run:' \
      "  $command"
  fi
  if [ -t 0 ]; then
    printf 'Install them now? [Y/n] '
    read -r answer
    case $answer in
      '' | [Yy]*) ;;
      *) fail 'the packages are needed' 'To install them yourself:' "  ${sudo:+sudo }$command" ;;
    esac
    # Asked for here, where the question can be seen.
    ${sudo:+sudo -v}
  elif [ -n "$sudo" ] && ! sudo -n true 2>/dev/null; then
    fail 'installing needs root, and sudo asks for a password' 'An administrator can run:' "  $command"
  fi
  say '  fetching the package lists'
  quietly apt-update.log apt_get update
  say '  installing'
  # shellcheck disable=SC2086 # one word per package
  quietly apt-install.log apt_get install --no-install-recommends $missing
  left=$(missing_packages "$@")
  [ -z "$left" ] || fail "still missing after the installation: $left"
  say "Packages: installed in $(since "$start")"
}

# As many jobs as there are processors, and no more than there is memory for: about 1.5 GiB each.
job_count() {
  cores=$(nproc)
  kib=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [ "$limit" != max ] && [ "$((limit / 1024))" -lt "$kib" ]; then kib=$((limit / 1024)); fi
  fit=$((kib / 1572864))
  if [ "$fit" -lt 1 ]; then fit=1; fi
  if [ "$fit" -lt "$cores" ]; then echo "$fit"; else echo "$cores"; fi
}

# Where ccache is installed, the build folders share what they compile. By itself it would keep programs with debug
# information apart by folder, hence the last setting.
use_ccache() {
  if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_NOHASHDIR=1
  fi
}

# The sanitizers of g++ 12 lose their way when the kernel spreads addresses widely, so their programs (and their
# builds, which list the tests by running them) start with a fixed layout where the system allows it.
steady=
use_steady_addresses() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then steady="setarch $(uname -m) -R"; fi
}

# build PRESET [TARGET...]
build() {
  start=$(now)
  preset=$1
  shift
  count=$(job_count)
  say "Building build/$preset with $count jobs"
  quietly "configure-$preset.log" cmake --preset "$preset"
  # shellcheck disable=SC2086 # $steady is a command with arguments, or nothing
  quietly "build-$preset.log" $steady cmake --build --preset "$preset" -j "$count" ${1+--target "$@"}
  say "Built build/$preset in $(since "$start")"
}
