#!/usr/bin/python3
"""The tools of this folder, tried on small jobs: a Slurm of one's own (slurm.py) and Open MPI on loopback (mpi.py).

    /usr/bin/python3 tests/cluster/test_harness.py

About a minute. What is not installed is skipped, with the reason. Prints what it measured.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from signal import SIGUSR1

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import mpi  # noqa: E402
from slurm import LocalSlurm, wait_until  # noqa: E402

measured = []

# Goes on where its file ends, as a task has to that was queued again.
APPENDING = """#!/bin/sh
file=lines.$SLURM_ARRAY_TASK_ID
echo "$(date +%s.%N) $SLURM_ARRAY_TASK_ID ${SLURM_RESTART_COUNT:-0}" >>starts
touch $file
while n=$(wc -l <$file) && [ $n -lt 6 ]; do
  echo "line $n of run ${SLURM_RESTART_COUNT:-0}" >>$file
  sleep 0.2
done
echo "$(date +%s.%N) $SLURM_ARRAY_TASK_ID" >>ends
"""
# A shell lets a trap wait until its foreground command ends; `wait` is what a signal interrupts.
TRAPPING = """#!/bin/sh
trap 'date +%s.%N >warned.$SLURM_JOB_ID; exit 7' USR1
[ -z "$SLURM_RESTART_COUNT" ] || exit 0
date +%s.%N >started.$SLURM_JOB_ID
sleep 300 &
wait
"""


def skip(reason):
    if reason:
        print(f"skipped: {reason}", flush=True)
        raise unittest.SkipTest(reason)


class SlurmCase(unittest.TestCase):
    cpus = 2

    @classmethod
    def setUpClass(cls):
        skip(LocalSlurm.unavailable())
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.slurm = LocalSlurm(cls.folder, cpus=cls.cpus)
        cls.addClassCleanup(cls.nothing_is_left)
        cls.enterClassContext(cls.slurm)

    @classmethod
    def nothing_is_left(cls):
        measured.append(f"{cls.__name__}, seconds of each step: {cls.slurm.times}")
        left = cls.slurm.own_processes()
        if left or os.environ.get("SLURM_CONF") == cls.slurm.conf:
            raise AssertionError(f"still there: {left}")

    def path(self, name):
        return os.path.join(self.folder, name)

    def lines(self, name):
        if not os.path.exists(self.path(name)):
            return []
        with open(self.path(name), encoding="utf-8") as file:
            return file.read().splitlines()

    def number(self, name):
        return float(self.lines(name)[0])


class Jobs(SlurmCase):
    # One processor is for the job that waits for its warning, two are for the others.
    cpus = 3

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        script = TRAPPING.replace("#!/bin/sh\n", "#!/bin/sh\n#SBATCH --time=1 --signal=B:USR1@59\n")
        asked = time.time()
        cls.limited = cls.slurm.sbatch(script, cwd=cls.folder)
        cls.slurm.wait(cls.limited, 30, {"RUNNING"})
        measured.append(f"first job of a new slurmctld: runs {time.time() - asked:.1f} s after sbatch")

    def test_1_array_with_a_task_killed_and_requeued(self):
        asked = time.time()
        job = self.slurm.sbatch(APPENDING, array="0-3", cwd=self.folder)
        measured.append(f"sbatch itself: {time.time() - asked:.3f} s")
        victim = f"{job}_1"
        wait_until(lambda: len(self.lines("lines.1")) >= 2, 20, lambda: self.slurm.squeue())
        self.assertLessEqual(list(self.slurm.squeue(f"--jobs={job}").values()).count("RUNNING"), 2)
        killed = self.slurm.kill(victim)
        self.assertGreaterEqual(len(killed), 1)
        states = self.slurm.wait(job, 30)
        self.assertEqual(
            states, {f"{job}_0": "COMPLETED", victim: "FAILED", f"{job}_2": "COMPLETED", f"{job}_3": "COMPLETED"}
        )
        self.assertEqual(self.slurm.details(victim)["ExitCode"], "0:9")
        before = self.lines("lines.1")
        self.assertLess(len(before), 6)

        again = time.time()
        self.slurm.requeue(victim)
        self.assertEqual(self.slurm.wait(victim, 30), {victim: "COMPLETED"})
        self.assertEqual(self.slurm.details(victim)["Restarts"], "1")
        after = self.lines("lines.1")
        self.assertEqual(after[: len(before)], before)
        self.assertEqual(
            after[len(before) :], [f"line {line} of run 1" for line in range(len(before), 6)], "goes on in run 1"
        )
        starts = [line.split() for line in self.lines("starts")]
        first = min(float(start[0]) for start in starts)
        runs = sorted(" ".join(start[1:]) for start in starts)
        self.assertEqual(runs, ["0 0", "1 0", "1 1", "2 0", "3 0"])
        # Two at once: the second started before the first ended.
        first_end = min(float(line.split()[0]) for line in self.lines("ends"))
        self.assertLess(sorted(float(start[0]) for start in starts)[1], first_end)
        measured.append(f"array: first task starts {first - asked:.2f} s after sbatch")
        second = max(float(start[0]) for start in starts)
        measured.append(f"killed task: starts again {second - again:.2f} s after scontrol requeue, starttime=now")

    def test_2_requeue_while_running(self):
        job = self.slurm.sbatch(TRAPPING, cwd=self.folder)
        wait_until(lambda: self.lines(f"started.{job}"), 20, "the start")
        asked = time.time()
        self.slurm.requeue(job, at_once=False)
        self.slurm.wait(job, 10, {"PENDING"})
        measured.append(f"requeue of a running task: pending after {time.time() - asked:.2f} s")
        self.assertEqual(self.slurm.details(job)["Reason"], "BeginTime")
        self.assertEqual(self.slurm.jobs_processes(job), {})
        self.assertEqual(self.slurm.wait(job, 20), {job: "COMPLETED"})
        measured.append(f"requeue of a running task: over again after {time.time() - asked:.2f} s (cred_expire=5)")
        self.assertEqual(self.slurm.details(job)["Restarts"], "1")

    def test_3_signal(self):
        job = self.slurm.sbatch(TRAPPING, array="5", cwd=self.folder)
        task = f"{job}_5"
        wait_until(lambda: self.lines(f"started.{job}"), 20, "the start")
        sent = time.time()
        self.slurm.signal(task, SIGUSR1)
        self.assertEqual(self.slurm.wait(task, 20), {task: "FAILED"})
        self.assertEqual(self.slurm.details(task)["ExitCode"], "7:0")
        measured.append(f"scancel --signal=USR1 --batch: there after {self.number(f'warned.{job}') - sent:.2f} s")

    def test_4_cancel(self):
        job = self.slurm.sbatch(TRAPPING, array="0-1", cwd=self.folder)
        self.slurm.wait(f"{job}_0", 20, {"RUNNING"})
        self.slurm.cancel(job)
        self.assertEqual(set(self.slurm.wait(job, 20).values()), {"CANCELLED"})
        self.assertEqual(self.slurm.squeue(f"--jobs={job}"), {})

    def test_5_warning_before_the_time_limit(self):
        wait_until(lambda: self.lines(f"warned.{self.limited}"), 50, lambda: self.slurm.squeue())
        passed = self.number(f"warned.{self.limited}") - self.number(f"started.{self.limited}")
        measured.append(f"--time=1 --signal=B:USR1@59: warned {passed:.0f} s after the start")
        self.assertLess(passed, 40)


class Start(unittest.TestCase):
    def test_failure_leaves_nothing(self):
        skip(LocalSlurm.unavailable())
        before = os.environ.get("SLURM_CONF")
        with tempfile.TemporaryDirectory() as folder:
            slurm = LocalSlurm(folder, settings={"SelectType": "select/nonsense"})
            with self.assertRaisesRegex(RuntimeError, "nonsense"):
                slurm.__enter__()
            self.assertEqual(slurm.own_processes(), [])
        self.assertEqual(os.environ.get("SLURM_CONF"), before)


class Node(SlurmCase):
    def test_failure_requeues(self):
        # A second Slurm beside it sees nothing of it.
        with tempfile.TemporaryDirectory() as other:
            with LocalSlurm(other) as slurm:
                self.assertEqual(slurm.squeue("--states=all"), {})
        wanted = self.slurm.sbatch(TRAPPING, cwd=self.folder)
        unwanted = self.slurm.sbatch(TRAPPING, cwd=self.folder, extra=["--no-requeue"])
        for job in (wanted, unwanted):
            wait_until(lambda: self.lines(f"started.{job}"), 20, "the start")
        failed = time.time()
        self.slurm.crash_node()
        self.slurm.fail_node()
        self.assertEqual(self.slurm.wait(unwanted, 10), {unwanted: "NODE_FAIL"})
        self.slurm.wait(wanted, 10, {"PENDING"})
        measured.append(f"node lost: queued again after {time.time() - failed:.2f} s, --no-requeue: NODE_FAIL")
        self.slurm.boot_node()
        self.assertEqual(self.slurm.wait(wanted, 30), {wanted: "COMPLETED"})
        measured.append(f"node lost: over again after {time.time() - failed:.2f} s (cred_expire=5)")
        self.assertEqual(self.slurm.details(wanted)["Restarts"], "1")


class OpenMpi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        skip(mpi.unavailable())
        if not os.path.exists("/usr/include/boost/mpi.hpp"):
            skip("not installed: Boost.MPI (package libboost-mpi-dev)")
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.counter = os.path.join(cls.folder, "counter")
        start = time.monotonic()
        mpi.compile_program(os.path.join(HERE, "counter.cpp"), cls.counter)
        measured.append(f"compiling a program with Boost.MPI: {time.monotonic() - start:.1f} s")

    def count(self, ranks, *arguments, mca=None):
        done = mpi.mpirun(ranks, [self.counter, *map(str, arguments)], mca=mca)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        found = dict(re.findall(r'"(\w+)": (\[[^]]*\]|[^,}]+)', done.stdout))
        self.assertEqual(found["ranks"], str(ranks))
        self.assertEqual(found["once"], "true", done.stdout)
        return found

    def test_1_every_number_once(self):
        for ranks in (1, 2, 4):
            with self.subTest(ranks=ranks):
                start = time.monotonic()
                found = self.count(ranks, 1000, 0.001, 0.0005)
                around = time.monotonic() - start - float(found["seconds"])
                measured.append(
                    f"mpirun -n {ranks}: 1000 numbers in {found['seconds']} s, shares {found['shares']},"
                    f" {around:.2f} s to start and stop"
                )

    def test_2_does_a_busy_rank_0_delay_the_others(self):
        for name, mca, poll in (
            ("as mpi.py sets it", {}, 0),
            ("Open MPI's own choice", {name: None for name in mpi.MCA}, 0),
            ("osc sm", {"osc": "sm"}, 0),
            ("osc rdma", {"osc": "rdma", "btl_vader_single_copy_mechanism": None}, 0),
            ("osc pt2pt, as between machines over TCP", {"osc": "pt2pt"}, 0),
            ("the same, and rank 0 polls", {"osc": "pt2pt"}, 1),
        ):
            with self.subTest(name=name):
                found = self.count(2, 40, 0.05, 0.001, poll, mca=mca)
                measured.append(
                    f"{name}: rank 0 busy for 50 ms at a time; a fetch of rank 1 takes {found['median_us']} us"
                    f" (median; 90 %: {found['p90_us']}, longest {found['max_us']}), shares {found['shares']}"
                )

    def test_3_kills(self):
        file = os.path.join(self.folder, "bytes")
        for whom, code in ((2, 137), (0, 137), ("mpirun", -9), ("all", -9)):
            with self.subTest(whom=whom):
                if os.path.exists(file):
                    os.unlink(file)
                command = [self.counter, "1000000", "0.001", "0.001", "0", file]
                done = mpi.mpirun_killed(4, command, whom=whom, file=file, size=200)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertEqual(len(done.killed), 5 if whom == "all" else 1)
                self.assertEqual(done.stdout, "")
                self.assertGreaterEqual(os.path.getsize(file), 200)
                measured.append(
                    f"SIGKILL to {whom if isinstance(whom, str) else f'rank {whom}'} at 200 bytes: all over"
                    f" {done.end:.2f} s later at {os.path.getsize(file)} bytes, code {done.returncode},"
                    f" {len(done.orphans)} orphans"
                )

    def test_4_time_out_ends_all(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            mpi.mpirun(2, [self.counter, "1000000", "0.1", "0.1"], timeout=1)
        after = mpi.mpirun_killed(1, [self.counter, "10", "0.001", "0.001"], after=30)
        self.assertEqual((after.returncode, after.killed, after.end), (0, [], None))


def tearDownModule():
    if measured:
        print("\n".join(["", "Measured:", *("  " + line for line in measured)]), flush=True)


if __name__ == "__main__":
    unittest.main()
