"""What a sweep costs beside its runs, for each unit: /usr/bin/python3 tests/bench/sweep_costs.py [PROGRAM] [UNITS]

Units are made as small as they can be (five schools, one year, two scenarios, eight values each), so that what is around
them shows. Printed: handing out and writing down a unit, reading it again when a sweep goes on, merging it, its bytes in
the journal and in sweep.h5; the first rank's counter in shared memory and by messages over TCP; and what the
program moves between ranks. From these follows where a sweep of units of 50 ms stops scaling. Times are processor
time, or shares of it, which another program on the machine does not change by much. scenarios/sweeps/README.md has the figures.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import h5py

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "cluster"))
import mpi  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release/reformsim")
UNITS = int(sys.argv[2]) if len(sys.argv) > 2 else 8000
RUN = 0.05  # seconds that a unit takes, for the figures on paper
PLAN = f"""reformsim_plan: 1
title: The smallest runs there are
scenarios: {{status_quo: {TOP}/scenarios/governance/status_quo.yaml, networked: {TOP}/scenarios/governance/networked.yaml}}
with: system.yaml
factors: {{levers.networks.facilitation: {{in: networked}}}}
design: {{kind: random, points: POINTS}}
replicates: 4
years: [1]
"""
SYSTEM = "reformsim: 1\npopulation: {schools: 5, districts: 1}\nhorizon: {years: 1, burn_in_years: 1}\n"


def call(*command):
    """Processor seconds, and what was printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {command}")
    return used.ru_utime + used.ru_stime, out


def plan(units):
    name = f"plan{units}.yaml"
    with open(name, "w", encoding="utf-8") as file:
        file.write(PLAN.replace("POINTS", str(units // 4)))
    return name


def around_runs(units):
    """Seconds of a sweep of one thread that were not in its runs; how long a unit took."""
    _, out = call(PROGRAM, "sweep", plan(units), "-o", f"sweep{units}", "--threads", "1")
    share = float(re.search(r"took ([\d.]+)%", out)[1]) / 100
    with h5py.File(f"sweep{units}/sweep.h5") as file:
        seconds = file["clock/wall_s"][()].sum()
    return seconds * (1 / share - 1), seconds / units


def fetch(program, mca):
    """Seconds that the second rank waits for a number from the first one's counter, while that one takes numbers too."""
    done = mpi.mpirun(2, [program, "200000", "0.00001", "0"], mca=mca)
    if done.returncode:
        sys.exit(done.stderr)
    return 1e-6 * float(re.search(r'"median_us": ([\d.]+)', done.stdout)[1])


def main():
    folder = tempfile.mkdtemp(prefix="reformsim-costs-")
    os.chdir(folder)
    try:
        with open("system.yaml", "w", encoding="utf-8") as file:
            file.write(SYSTEM)
        few, many = UNITS // 10, UNITS
        more = many - few
        (small, _), (large, each) = around_runs(few), around_runs(many)
        around = (large - small) / more
        merge = [call(PROGRAM, "merge", f"sweep{units}", "--quiet") for units in (few, many)]
        again = [call(PROGRAM, "sweep", plan(units), "-o", f"sweep{units}", "--quiet") for units in (few, many)]
        merging = (merge[1][0] - merge[0][0]) / more
        reading = (again[1][0] - again[0][0]) / more - merging
        sizes = [[os.path.getsize(f"sweep{units}/{name}") for name in ("sweep.journal", "sweep.h5", "plan.yaml")]
                 for units in (few, many)]
        bytes_each = [(b - a) / more for a, b in zip(*sizes)]
        print(f"{many} units of {1e3 * each:.2f} ms against {few}, 2 scenarios x 8 measures x 1 year; for each unit:")
        print(f"  handing out and journal   {1e6 * around:6.1f} us of one thread's time")
        print(f"  merge                     {1e6 * merging:6.1f} us, one thread")
        print(f"  going on: read again      {1e6 * reading:6.1f} us, the first rank")
        print(f"  disk                      {bytes_each[0]:6.0f} bytes in the journal, {bytes_each[1]:.0f} in sweep.h5")
        print(f"  sent at the start         {sizes[1][2]} bytes of plan to each rank, and a byte for each unit")
        rates = {}
        reason = mpi.unavailable()
        if reason:
            print("counter: not measured, " + reason)
        else:
            mpi.compile_program(os.path.join(TOP, "tests", "cluster", "counter.cpp"), "counter")
            # Where Open MPI has no way into the other's memory it sends messages, which the first rank answers.
            tcp = {"btl": "self,tcp", "osc": "pt2pt", "btl_tcp_if_include": "lo"}
            for name, mca in (("shared memory", {}), ("messages over TCP", tcp)):
                seconds = fetch(os.path.abspath("counter"), mca)
                rates[name] = 1 / max(seconds, 1e-7)
                print(f"counter by {name:18} {1e6 * seconds:7.2f} us for a number")
        print(f"Units of {1e3 * RUN:.0f} ms, from these figures:")
        print(f"  scheduling and journal take {100 * around / RUN:.3f}% of a core's time")
        print(f"  merge lasts as long as the runs themselves at {RUN / merging:,.0f} cores, 3% of that at "
              f"{0.03 * RUN / merging:,.0f}")
        for name, rate in rates.items():
            print(f"  the counter by {name} serves one after the other {rate * RUN:,.0f} cores")
        for cores in (10, 1000, 100000):
            print(f"  {cores:7,} cores: {cores / RUN:11,.0f} units a second, {cores / RUN * bytes_each[0] / 1e6:8.3f} MB/s "
                  f"of journals; a million units run for {1e6 * RUN / cores:8.1f} s, merge {1e6 * merging:.1f} s")
    finally:
        os.chdir(TOP)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
