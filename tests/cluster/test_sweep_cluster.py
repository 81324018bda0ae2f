"""One sweep on three executors: threads, MPI ranks, and an array of Slurm jobs, with ranks and tasks killed on the way.
All give the same bytes but for /clock. Argument: the path of reformsim; reformsim-mpi stands beside it."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else os.path.abspath("build/release/reformsim")
MPI_PROGRAM = os.path.join(os.path.dirname(PROGRAM), "reformsim-mpi")
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mpi  # noqa: E402
from slurm import LocalSlurm  # noqa: E402

PLAN = f"""reformsim_plan: 1
title: Three executors
scenarios: {{status_quo: {TOP}/scenarios/governance/status_quo.yaml, networked: {TOP}/scenarios/governance/networked.yaml}}
with: small.yaml
factors:
  parameters.cluster_trust.growth: {{}}
  levers.networks.facilitation: {{in: networked}}
design: {{kind: sobol, points: 24}}
replicates: 8
measures: [true_attainment_mean, real_participation]
years: [3, 6]
"""
SMALL = "reformsim: 1\npopulation: {schools: 120, districts: 6}\nhorizon: {years: 6}\n"
UNITS = 24 * 8


def digest(path):
    """Of every object, attribute and value of the file but /clock."""
    total = hashlib.sha256()

    def add(name, item):
        if name.split("/")[0] == "clock":
            return
        total.update(name.encode())
        for key in sorted(item.attrs):
            if key not in ("DIMENSION_LIST", "REFERENCE_LIST"):  # addresses in the file
                total.update(f"{key}={item.attrs[key]!r}".encode())
        if isinstance(item, h5py.Dataset):
            values = item[...]
            total.update(str(values.dtype).encode() + str(values.shape).encode())
            total.update(repr(values.tolist()).encode() if values.dtype == object else values.tobytes())

    with h5py.File(path) as file:
        add("", file)
        file.visititems(add)
    return total.hexdigest()


def journals_size(folder):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".journal"))


class Executors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="reformsim-cluster-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        for name, text in (("plan.yaml", PLAN), ("small.yaml", SMALL)):
            with open(os.path.join(cls.folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        cls.plan = os.path.join(cls.folder, "plan.yaml")
        cls.alone = cls.at("alone")
        begun = time.monotonic()
        subprocess.run([PROGRAM, "sweep", cls.plan, "-o", cls.alone, "--threads", "1", "--quiet"], check=True)
        cls.seconds = time.monotonic() - begun
        cls.expected = digest(os.path.join(cls.alone, "sweep.h5"))
        print(f"one thread: {cls.expected[:16]}, {cls.seconds:.1f} s", flush=True)

    @classmethod
    def at(cls, name):
        return os.path.join(cls.folder, name)

    def same(self, folder, what):
        found = digest(os.path.join(folder, "sweep.h5"))
        print(f"{what}: {found[:16]}", flush=True)
        self.assertEqual(found, self.expected, what)

    def test_threads(self):
        folder = self.at("threads")
        subprocess.run([PROGRAM, "sweep", self.plan, "-o", folder, "--threads", "2", "--quiet"], check=True)
        self.same(folder, "two threads")

    def mpi_or_skip(self):
        reason = mpi.unavailable()
        if reason is None and not os.path.exists(MPI_PROGRAM):
            reason = "reformsim-mpi was not built (libboost-mpi-dev)"
        if reason:
            self.skipTest(reason)

    def test_ranks(self):
        self.mpi_or_skip()
        for ranks in (1, 2, 4):
            folder = self.at(f"ranks{ranks}")
            done = mpi.mpirun(ranks, [MPI_PROGRAM, "sweep", self.plan, "-o", folder, "--quiet"], timeout=300)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.same(folder, f"{ranks} ranks")

    def test_ranks_killed_and_resumed(self):
        self.mpi_or_skip()
        for whom in (1, "all"):
            folder = self.at(f"killed{whom}")
            command = [MPI_PROGRAM, "sweep", self.plan, "-o", folder, "--quiet"]
            done = mpi.mpirun_killed(2, command, whom=whom, file=os.path.join(folder, "rank-00001.journal"),
                                     size=3000, timeout=300)
            self.assertTrue(done.killed, "the job was over before it could be killed")
            self.assertFalse(os.path.exists(os.path.join(folder, "sweep.h5")))
            before = journals_size(folder)
            self.assertGreater(before, 0)
            # With another number of ranks: what is finished stays finished.
            again = mpi.mpirun(4, command, timeout=300)
            self.assertEqual(again.returncode, 0, again.stderr)
            self.assertGreater(journals_size(folder), before)
            self.same(folder, f"2 ranks, {whom} killed, resumed with 4")

    def test_array_of_slurm_jobs(self):
        reason = LocalSlurm.unavailable()
        if reason:
            self.skipTest(reason)
        shards, folder = 4, self.at("array")
        made = subprocess.run([PROGRAM, "sweep", self.plan, "-o", folder, "--job-script", "slurm", "--shards",
                               str(shards)], check=True, stdout=subprocess.PIPE, text=True)
        with LocalSlurm(self.folder, cpus=2) as slurm:
            job = slurm.sbatch(made.stdout)
            # The first task is killed from outside in the middle of its work, and given back to the queue.
            first = os.path.join(folder, f"shard-00001-of-{shards:05}.journal")
            end = time.monotonic() + 60
            while not (os.path.exists(first) and os.path.getsize(first) > 1500):
                self.assertLess(time.monotonic(), end, slurm.log())
                time.sleep(0.002)
            task = f"{job}_1"
            killed = slurm.kill(task, only="reformsim")
            self.assertTrue(killed, "the task was over before it could be killed")
            kept = os.path.getsize(first)
            slurm.wait(task, 60)
            self.assertEqual(slurm.state(task), "FAILED")
            # With a shard cut short there is no result, and it is said which shard is missing.
            slurm.wait(job, 180)
            early = subprocess.run([PROGRAM, "merge", folder], capture_output=True, text=True)
            self.assertEqual(early.returncode, 2)
            self.assertIn(f"--shard 1/{shards} again", early.stderr)
            slurm.requeue(task)
            states = slurm.wait(job, 180)
            self.assertEqual(set(states.values()), {"COMPLETED"}, states)
            self.assertGreater(os.path.getsize(first), kept)
        subprocess.run([PROGRAM, "merge", folder, "--quiet"], check=True)
        self.same(folder, f"{shards} Slurm tasks, one killed and requeued")

    def test_slurm_warns_before_the_time_is_up(self):
        reason = LocalSlurm.unavailable()
        if reason:
            self.skipTest(reason)
        folder = self.at("warned")
        made = subprocess.run([PROGRAM, "sweep", self.plan, "-o", folder, "--job-script", "slurm", "--shards", "1"],
                              check=True, stdout=subprocess.PIPE, text=True)
        with LocalSlurm(self.folder, cpus=2) as slurm:
            job = slurm.sbatch(made.stdout)
            journal = os.path.join(folder, "sweep.journal")
            end = time.monotonic() + 60
            while not (os.path.exists(journal) and os.path.getsize(journal) > 1500):
                self.assertLess(time.monotonic(), end, slurm.log())
                time.sleep(0.002)
            # As Slurm does a minute before the time is up: to the steps, and not to the script.
            slurm.signal(f"{job}_1", signal.SIGUSR1, whom="")
            # The script gives the task back to the queue by itself, and it goes on to the end.
            end = time.monotonic() + 120
            while slurm.details(f"{job}_1").get("Restarts") != "1" or slurm.state(f"{job}_1") != "COMPLETED":
                self.assertLess(time.monotonic(), end, (slurm.states(job), slurm.log()))
                time.sleep(0.2)
        self.same(folder, "a Slurm task that was warned, gave itself back and went on")


if __name__ == "__main__":
    unittest.main(verbosity=2)
