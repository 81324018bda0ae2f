#!/bin/sh
# From a clean clone to a comparison of reforms: installs what is missing, builds, runs the main job and says where
# to look. Harmless when repeated. For Debian 12, as root or with sudo.
set -eu
cd -- "$(dirname -- "$0")/.."
. tests/setup.sh

# shellcheck disable=SC2086 # one word per package
install_packages $packages_program

say ''
use_ccache
build release reformsim

say '' 'Running:' ''
g=scenarios/governance
set -- build/release/reformsim compare "$g/status_quo.yaml" "$g/top_down.yaml" "$g/autonomous.yaml" \
  "$g/networked.yaml" --with scenarios/populations/california.yaml --beliefs calibrated -o build/demo
cat <<'END'
build/release/reformsim compare \
  scenarios/governance/status_quo.yaml scenarios/governance/top_down.yaml \
  scenarios/governance/autonomous.yaml scenarios/governance/networked.yaml \
  --with scenarios/populations/california.yaml --beliefs calibrated -o build/demo

END
start=$(now)
"$@" || fail "the comparison stopped with code $?"
cat <<END

The comparison took $(since "$start"). Where to look:
  build/demo/report.html       four ways of governing the same schools, for a browser
  the table above              the same in short
  build/demo/comparison.csv    the same as data
  build/demo/*.h5              the results, one file for each scenario
What to try next:
  build/release/reformsim info build/demo/networked.h5
  build/release/reformsim explain value_added_mean
  build/release/reformsim diff $g/status_quo.yaml \\
    $g/networked.yaml
  python3 analysis/example.py build/demo/networked.h5 build/demo/networked.png
    (needs python3-matplotlib, python3-xarray and python3-h5netcdf)
  sh tests/run.sh
END
