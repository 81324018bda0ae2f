"""What a sweep loses to its own scheduling and output: python3 tests/bench/sweep_scaling.py [PROGRAM] [ROUNDS] [UNITS]

In each round, one after the other: two independent processes at once (each a shard, with one thread; the yardstick),
one process with two threads, two MPI ranks. Prints medians and ranges over the rounds of units per second, against
the yardstick of the same round, and the share of the threads' time that was not spent in runs. Runs take about 50 ms;
mpirun needs half a second to start and end, which is in its figure.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release/reformsim")
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
UNITS = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLAN = f"""reformsim_plan: 1
title: Runs of about 50 ms
scenarios: {{networked: {TOP}/scenarios/governance/networked.yaml}}
with: system.yaml
factors: {{parameters.cluster_trust.growth: {{}}}}
design: {{kind: sobol, points: {UNITS}}}
replicates: 1
years: [15]
"""
SYSTEM = "reformsim: 1\npopulation: {schools: 500, districts: 20}\n"
MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def seconds(*commands):
    """Of all commands at once, and what the first printed."""
    begun = time.monotonic()
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                env={**os.environ, **MPI}) for command in commands]
    outputs = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        sys.exit(f"failed: {commands}")
    return time.monotonic() - begun, outputs[0]


def shown(values, digits=1):
    return f"{statistics.median(values):6.{digits}f}  ({min(values):.{digits}f} to {max(values):.{digits}f})"


def main():
    folder = tempfile.mkdtemp(prefix="reformsim-scaling-")
    try:
        for name, text in (("plan.yaml", PLAN), ("system.yaml", SYSTEM)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        ways = {"two threads": [PROGRAM, "sweep", "plan.yaml", "-o", "{}", "--threads", "2"]}
        mpi = os.path.join(os.path.dirname(PROGRAM), "reformsim-mpi")
        if os.path.exists(mpi) and shutil.which("mpirun"):
            ways["two ranks"] = ["mpirun", "-n", "2", "--oversubscribe", mpi, "sweep", "plan.yaml", "-o", "{}"]
        os.chdir(folder)
        ratios, overhead, each = {name: [] for name in ways}, [], []
        for r in range(ROUNDS):
            yardstick, _ = seconds(*[[PROGRAM, "sweep", "plan.yaml", "-o", f"shards{r}", "--shard", f"{i}/2",
                                      "--threads", "1", "--quiet"] for i in (1, 2)])
            for name, command in ways.items():
                took, output = seconds([word.format(f"{name.split()[1]}{r}") for word in command])
                ratios[name].append(100 * yardstick / took)
                if name == "two threads":
                    overhead.append(100 - float(re.search(r"took ([\d.]+)%", output)[1]))
                    each.append(2000 * took / UNITS)
        print(f"{ROUNDS} rounds of {UNITS} runs of {statistics.median(each):.0f} ms; median (range)")
        for name, values in ratios.items():
            print(f"{name}, % of two independent processes  {shown(values)}")
        print(f"time of two threads not spent in runs, %     {shown(overhead, 2)}")
    finally:
        os.chdir(TOP)
        shutil.rmtree(folder)


main()
