"""Sweeps under kills, full disks, damaged and foreign files, failing runs. What was finished is never lost, never
there twice, and the sweep that goes on ends like one that was left alone. Argument: the path of reformsim."""
import fcntl
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

import h5py
import numpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import PROGRAM, call  # noqa: E402
from sweeps import MPI_PROGRAM, MPIRUN, SweepTest, all_records, records, why_no_mpi  # noqa: E402

SCOPED = """reformsim: 1
extends: tiny.yaml
population: {districts: 3}
levers:
  capacity_building.coaching: {value: 0.5, from: 0, scope: {districts: ["District 3"]}}
"""
FAILING = """reformsim_plan: 1
scenarios: {base: tiny.yaml, scoped: scoped.yaml}
factors: {population.districts: [3, 2, 1], external_accountability.stakes: {levels: [0, 1], in: scoped}}
replicates: 2
measures: [true_attainment_mean, teacher_turnover]
"""


def why_no_strace():
    if shutil.which("strace") is None:
        return "strace is missing"
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True)
    return None if tried.returncode == 0 else "strace may not trace here"


class Kills(SweepTest):
    def test_killed_at_random(self):
        self.plan("long.yaml", 8, 150)
        self.sweep("whole", "--quiet", plan="long.yaml")
        chance = random.Random(20240607)
        kept, kills = {}, 0
        while kills < 20:
            process = self.begun("killed", "--threads", "2", plan="long.yaml")
            if kills % 4 < 3:
                self.wait_for_records("killed", len(kept) + chance.randint(1, 30), process)
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            process.communicate()
            self.assertEqual(process.returncode, -signal.SIGKILL)
            now = all_records(self.path("killed")) if os.path.isdir(self.path("killed")) else {}
            self.assertEqual({unit: now.get(unit) for unit in kept}, kept, f"lost after kill {kills}")
            self.assertTrue(all(len(those) == 1 for those in now.values()), f"doubled after kill {kills}")
            kept, kills = now, kills + 1
        self.assertGreater(len(kept), 100)
        self.assertLess(len(kept), 1200)
        done = self.sweep("killed", "--threads", "2", plan="long.yaml")
        self.assertIn(f"1,200 units (2,400 runs) are done, {1200 - len(kept):,} of them now", done.stdout)
        self.each_once("killed", 1200)
        self.same("whole", "killed")

    def test_one_of_several_ranks_killed(self):
        if why_no_mpi():
            print("not tested: " + why_no_mpi())
            return
        self.plan("long.yaml", 8, 100)
        self.sweep("whole", "--quiet", plan="long.yaml")
        process = self.begun("killed", plan="long.yaml", program=(*MPIRUN, "-n", "2", MPI_PROGRAM))
        self.wait_for_records("killed", 20, process, "rank-00001.journal")
        # One rank dies, and mpirun ends the others.
        ranks = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
        self.assertEqual(len(ranks), 2)
        os.kill(int(ranks[1]), signal.SIGKILL)
        out, error = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0, out + error)
        kept = all_records(self.path("killed"))
        self.assertLess(len(kept), 800)
        self.sweep("killed", plan="long.yaml")
        now = all_records(self.path("killed"))
        self.assertEqual({unit: now.get(unit) for unit in kept}, kept)
        self.each_once("killed", 800)
        self.same("whole", "killed")


class SystemCalls(SweepTest):
    """Killed, or refused by the system, within chosen system calls."""

    def setUp(self):
        super().setUp()
        reason = why_no_strace()
        if reason:
            print("not tested: " + reason)
            self.skipTest(reason)
        self.sweep("whole", "--quiet")

    def under(self, fault, folder, only=None, command=None):
        path = ["-P", only] if only else []
        return subprocess.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", *path, "-e", "trace=" + fault.split(":")[0],
             "-e", "inject=" + fault, PROGRAM,
             *(command or ["sweep", self.path("plan.yaml"), "-o", self.path(folder), "--threads", "1"])],
            capture_output=True, text=True, timeout=60)

    def count(self, name, only=None):
        """How often a sweep from its beginning to its end makes a system call."""
        log = self.path("count.log")
        path = ["-P", only] if only else []
        done = subprocess.run(["strace", "-f", "-qq", "-o", log, *path, "-e", "trace=" + name, PROGRAM, "sweep",
                               self.path("plan.yaml"), "-o", self.path("counted"), "--threads", "1"],
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        shutil.rmtree(self.path("counted"))
        with open(log) as file:
            return sum(f"{name}(" in line for line in file)

    def nothing_half_there(self, folder):
        """A file under its final name is whole."""
        names = os.listdir(self.path(folder)) if os.path.isdir(self.path(folder)) else []
        for name in names:
            self.assertRegex(name, r"^(plan\.yaml(\.partial-\w{6})?|sweep\.journal|sweep\.h5(\.partial)?)$")
        if "plan.yaml" in names:
            self.assertTrue(self.read(f"{folder}/plan.yaml").endswith(b"\non_failure: finish\n"))
        if "sweep.h5" in names:
            self.same("whole", folder)
        return names

    def goes_on(self, folder):
        kept = all_records(self.path(folder)) if os.path.isdir(self.path(folder)) else {}
        self.sweep(folder, "--quiet")
        now = all_records(self.path(folder))
        self.assertEqual({unit: now.get(unit) for unit in kept}, kept)
        self.each_once(folder, 15)
        self.same("whole", folder)
        self.assertFalse(os.path.exists(self.path(folder, "sweep.h5.partial")))

    def test_killed_in_system_calls(self):
        seen = set()
        for name, most in (("pwrite64", 24), ("fdatasync", 3), ("fsync", 5), ("rename", 3), ("ftruncate", 3),
                           ("write", 6), ("mkdir", 1), ("openat", 12)):
            # The loader's files are of no interest, and what happens in the folder is.
            numbers = list(range(1, self.count(name) + 1))
            if name == "openat":
                numbers = numbers[-14:]
            if len(numbers) > most:
                numbers = numbers[:most // 2] + random.Random(3).sample(numbers[most // 2:], most - most // 2)
            for number in sorted(numbers):
                with self.subTest(f"killed in {name} {number}"):
                    folder = f"{name}{number}"
                    done = self.under(f"{name}:signal=KILL:when={number}", folder)
                    if done.returncode == 0:  # it makes fewer of them today
                        continue
                    self.assertIn(done.returncode, (-9, 137))
                    seen.add((name, frozenset(re.sub(r"-\w{6}$", "", n) for n in self.nothing_half_there(folder))))
                    self.goes_on(folder)
        # Kills came before there was a plan, before sweep.h5, and after it.
        states = {files for _, files in seen}
        self.assertIn(frozenset({"plan.yaml", "sweep.journal"}), states)
        self.assertTrue(any("sweep.h5.partial" in files for files in states), states)
        self.assertTrue(any("plan.yaml" not in files for files in states), states)

    def refused(self, fault, *texts, only=None, folder="refused"):
        done = self.under(fault, folder, only=only)
        error = [line for line in done.stderr.splitlines() if not line.startswith("Running ")]
        self.assertEqual(done.returncode, 1, f"{fault}: {done.stdout}{done.stderr}")
        self.assertEqual(len(error), 1, error)
        for text in texts:
            self.assertIn(text, error[0])
        self.assertLess(len(error[0]), 300)
        self.nothing_half_there(folder)
        self.goes_on(folder)
        shutil.rmtree(self.path(folder))

    def test_full_disk_at_each_write_of_the_journal(self):
        journal = self.path("refused", "sweep.journal")
        for number in (1, 2, 3, 9, 16):
            for error, text in (("ENOSPC", "the disk is full"), ("EIO", "Input/output error")):
                self.refused(f"pwrite64:error={error}:when={number}", journal,
                             "cannot be written (what was finished before is kept): " + text, only=journal)
        self.refused("fdatasync:error=EIO:when=1", journal, "Input/output error", only=journal)

    def test_full_disk_at_each_write_of_the_file(self):
        """HDF5 neither hangs nor crashes, also when it fails while closing."""
        partial, path = self.path("refused", "sweep.h5.partial"), self.path("refused", "sweep.h5")
        writes = self.count("pwrite64", self.path("counted", "sweep.h5.partial"))
        self.assertGreater(writes, 5)
        tried = sorted({1, 2, 3, writes - 2, writes - 1, writes} | set(random.Random(5).sample(range(4, writes), 5)))
        for number in tried:
            with self.subTest(number):
                # Once, or from then on, as a disk that stays full.
                self.refused(f"pwrite64:error=ENOSPC:when={number}", path, "the disk is full", only=partial)
                self.refused(f"pwrite64:error=ENOSPC:when={number}+", path, "the disk is full", only=partial)
        self.refused("fsync:error=EIO:when=1", path, "Input/output error", only=partial)
        self.refused("fsync:error=ENOSPC:when=1", path, "the disk is full", only=partial)
        self.refused("rename:error=EACCES:when=1", path, "no permission", only=partial)
        self.refused("openat:error=EACCES:when=1", path, "no permission", only=partial)

    def test_full_disk_while_the_plan_is_written(self):
        plan = self.path("refused", "plan.yaml")
        for fault in ("write:error=ENOSPC:when=1", "rename:error=EIO:when=1", "fsync:error=ENOSPC:when=1"):
            done = self.under(fault, "refused", only=None)
            if done.returncode == 1:
                self.assertTrue(done.stderr.startswith(plan + ": cannot be written: "), done.stderr)
                self.assertEqual(os.listdir(self.path("refused")), [])
            self.goes_on("refused")
            shutil.rmtree(self.path("refused"))


class FullDisk(SweepTest):
    def setUp(self):
        super().setUp()
        self.disk = self.path("disk")
        os.mkdir(self.disk)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", self.disk],
                                               capture_output=True).returncode != 0:
            print("not tested: mounting a small disk needs root and a kernel that lets it")
            self.skipTest("no mount")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def room(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.disk], check=True)

    def test_disk_fills_up_and_has_room_again(self):
        self.plan("long.yaml", 8, 300)
        self.sweep("whole", "--quiet", plan="long.yaml")
        for threads in ("1", "2"):
            done = self.sweep(f"disk/s{threads}", "--threads", threads, plan="long.yaml", code=1)
            self.assertEqual(done.stderr.splitlines()[1:],
                             [self.path("disk", "s" + threads, "sweep.journal") + ": cannot be written (what was "
                              "finished before is kept): the disk is full"])
            kept = all_records(self.path("disk", "s" + threads))
            self.assertGreater(len(kept), 100)
            self.assertEqual(sorted(os.listdir(self.path("disk", "s" + threads))), ["plan.yaml", "sweep.journal"])
            # The journal ends with a whole record.
            size = 56 + sum(len(r) for those in kept.values() for r in those)
            self.assertEqual(os.path.getsize(self.path("disk", "s" + threads, "sweep.journal")), size)
            # Room for the journal, but not for the file.
            journal = os.path.getsize(self.path("whole", "sweep.journal"))
            self.room(f"{journal // 1024 + 100}k")
            done = self.sweep(f"disk/s{threads}", plan="long.yaml", code=1)
            self.assertRegex(done.stderr.splitlines()[-1],
                             r"sweep\.h5: cannot be written: it may come to \d MB, and the disk has room for \d$")
            now = all_records(self.path("disk", "s" + threads))
            self.assertEqual({unit: now.get(unit) for unit in kept}, kept)
            self.assertEqual(sorted(os.listdir(self.path("disk", "s" + threads))), ["plan.yaml", "sweep.journal"])
            self.room("8m")
            done = self.sweep(f"disk/s{threads}", plan="long.yaml")
            self.assertIn("2,400 units (4,800 runs) are done, 0 of them now", done.stdout)
            self.same("whole", f"disk/s{threads}")
            shutil.rmtree(self.path("disk", "s" + threads))
            self.room("256k")


class Folders(SweepTest):
    def setUp(self):
        super().setUp()
        self.sweep("one", "--quiet")

    def shards(self, folder="shards", count=3):
        for index in range(1, count + 1):
            self.sweep(folder, "--shard", f"{index}/{count}", "--quiet")

    def merge_fails(self, *texts, folders=("shards",), code=2):
        return self.fails(call("merge", *(self.path(folder) for folder in folders)), *texts, code=code)

    def test_no_permission(self):
        os.chmod(self.path(), 0o755)
        os.mkdir(self.path("closed"))
        os.chmod(self.path("closed"), 0o555)
        shutil.copytree(self.path("one"), self.path("sealed"))
        os.chmod(self.path("sealed"), 0o000)
        as_nobody = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        try:
            call("--version", **as_nobody)
        except PermissionError:
            print("not tested: nobody else may start the program")
            return
        self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path("closed"), **as_nobody),
                   "closed/plan.yaml: cannot be written: no permission to write in this folder", code=1)
        self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path("closed", "new"), **as_nobody),
                   "closed/new: cannot be made: Permission denied", code=1)
        self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path("sealed"), **as_nobody),
                   "sealed/plan.yaml: cannot be read: Permission denied", code=1)
        self.fails(call("merge", self.path("sealed"), **as_nobody), "this is not the folder of a sweep")
        self.fails(call("merge", self.path("one"), "-o", self.path("closed", "x.h5"), **as_nobody),
                   "closed/x.h5: cannot be written: no permission to write in this folder", code=1)
        os.chmod(self.path("sealed"), 0o755)

    def test_what_stands_in_the_way(self):
        self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path("tiny.yaml")), "tiny.yaml: cannot be made",
                   code=1)
        self.fails(call("merge", self.path("one"), "-o", self.path()), "it is a folder", code=1)
        self.fails(call("merge", self.path("one"), "-o", self.path("none", "x.h5")), "the folder does not exist",
                   code=1)
        # No device is ever replaced by a file.
        os.mkfifo(self.path("pipe"))
        self.fails(call("merge", self.path("one"), "-o", self.path("pipe")), "it is not a plain file", code=1)
        os.symlink(self.path("pipe"), self.path("link to pipe"))
        self.fails(call("merge", self.path("one"), "-o", self.path("link to pipe")), "it is not a plain file", code=1)
        # A link stays one; the file keeps its rights.
        self.write("real.h5", "old")
        os.chmod(self.path("real.h5"), 0o600)
        os.symlink(self.path("real.h5"), self.path("link.h5"))
        self.ends(call("merge", self.path("one"), "-o", self.path("link.h5"), "--quiet"), 0)
        self.assertTrue(os.path.islink(self.path("link.h5")))
        self.assertEqual(os.stat(self.path("real.h5")).st_mode & 0o777, 0o600)
        self.same("one", "real.h5")
        os.mkdir(self.path("one", "sweep.h5.partial"))
        done = self.ends(call("sweep", self.path("plan.yaml"), "-o", self.path("one")), 1)
        self.assertIn("sweep.h5: cannot be written: Is a directory", done.stderr)

    def test_two_writers_of_one_file(self):
        """Two that end together write one after the other."""
        running = [subprocess.Popen([PROGRAM, "merge", self.path("one")], stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
                   for _ in range(8)]
        for process in running:
            out, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, error)
        self.sweep("other", "--quiet")
        self.same("one", "other")

    def test_no_plan(self):
        os.remove(self.path("one", "plan.yaml"))
        before = self.read("one/sweep.journal")
        self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path("one")),
                   "one: holds journals of a sweep, but not its plan.yaml")
        self.fails(call("merge", self.path("one")), "this is not the folder of a sweep: plan.yaml: no such file")
        self.assertEqual(self.read("one/sweep.journal"), before)
        self.fails(call("merge", self.path("none")), "none: this is not the folder of a sweep")
        # A plan that somebody wrote is called plan.yaml too.
        said = ": this is not the folder of a sweep: its plan.yaml was not written by `sweep`; use another folder"
        for command in ("merge", "verify", "replay"):
            self.assertEqual(self.fails(call(command, self.path())), [self.path() + said])
        before = self.read("plan.yaml")
        (line,) = self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path()))
        self.assertEqual(line, self.path() + said)
        self.assertEqual(self.read("plan.yaml"), before)

    def test_journal_of_another_plan(self):
        self.sweep("other", "--quiet", "--seed", "77")
        shutil.copy(self.path("other", "sweep.journal"), self.path("one", "other.journal"))
        text = self.path("one", "other.journal") + ": this journal belongs to another experiment"
        done = self.ends(call("sweep", self.path("plan.yaml"), "-o", self.path("one")), 1)
        self.assertEqual(done.stderr.splitlines()[-1], text)
        self.merge_fails(text, folders=("one",), code=1)
        self.merge_fails("other: holds another experiment than", "seed was 5, and is 77 now", folders=("one", "other"))
        self.write("one/other.journal", "no journal at all, but long enough to hold the first bytes of one")
        self.merge_fails("other.journal: this is not a journal of a sweep", folders=("one",), code=1)

    def test_journal_twice(self):
        self.shards()
        shutil.copy(self.path("shards", "shard-00002-of-00003.journal"), self.path("shards", "copy.journal"))
        lines = self.merge_fails()
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"shards/shard-00002-of-00003\.journal: holds 5 of the units that are in \S+/shards/"
                                   r"copy\.journal too, the first of them point \d, replicate \d; move one of the two "
                                   r"files away$")
        self.assertFalse(os.path.exists(self.path("shards", "sweep.h5")))
        os.remove(self.path("shards", "copy.journal"))
        self.ends(call("merge", self.path("shards")), 0)
        self.same("one", "shards")

    def test_shard_missing(self):
        self.shards()
        os.rename(self.path("shards", "shard-00002-of-00003.journal"), self.path("kept"))
        lines = self.merge_fails("run --shard 2/3 again: it has 5 of them")
        self.assertEqual(len(lines), 6)
        self.assertTrue(all("is missing" in line for line in lines[:5]))
        self.assertFalse(os.path.exists(self.path("shards", "sweep.h5")))
        self.sweep("shards", "--shard", "2/3", "--quiet")
        self.ends(call("merge", self.path("shards")), 0)
        self.same("one", "shards")

    def test_damaged_journal(self):
        """In the middle it is told by all; at its end it is cut off and made again."""
        whole = self.read("one/sweep.journal")
        size = len(next(iter(records(self.path("one", "sweep.journal")).values()))[0])
        at = 56 + 4 * size + 50
        with open(self.path("one", "sweep.journal"), "r+b") as file:
            file.seek(at)
            file.write(bytes([whole[at] ^ 1]))
        text = (f"sweep.journal: damaged at byte {56 + 4 * size}, and sound again at byte {56 + 5 * size}; without this "
                "file its runs are made again (move it away and give the same sweep command)")
        self.merge_fails(text, folders=("one",), code=1)
        done = self.ends(call("sweep", self.path("plan.yaml"), "-o", self.path("one")), 1)
        self.assertTrue(done.stderr.splitlines()[-1].endswith(text), done.stderr)
        self.assertEqual(len(self.read("one/sweep.journal")), len(whole))
        shutil.copytree(self.path("one"), self.path("other"))
        os.remove(self.path("other", "sweep.journal"))
        self.sweep("other", "--quiet")
        with open(self.path("one", "sweep.journal"), "wb") as file:
            file.write(whole[:-7] + bytes(4000))
        done = self.sweep("one")
        self.assertIn("15 units (30 runs) are done, 1 of them now", done.stdout)
        self.same("one", "other")

    def test_two_processes_at_once(self):
        """The second waits for the first, as a task that was started again too early, and has nothing left to do."""
        self.plan("long.yaml", 8, 60)
        for shard in ("1/1", "2/3"):
            folder = "twice" + shard[0]
            name = "sweep.journal" if shard == "1/1" else "shard-00002-of-00003.journal"
            first = self.begun(folder, "--shard", shard, plan="long.yaml")
            self.wait_for_records(folder, 3, first, name)
            second = self.begun(folder, "--shard", shard, plan="long.yaml")
            for process in (first, second):
                out, error = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, out + error)
            self.assertIn(" 0 of them now", out)
            found = all_records(self.path(folder))
            self.assertEqual({unit for unit, those in found.items() if len(those) > 1}, set())
        self.each_once("twice1", 480)

    def test_another_process_that_does_not_end(self):
        """Of a journal and of sweep.h5: they are waited for, and left alone in the end."""
        journal, partial = self.path("one", "sweep.journal"), self.path("one", "sweep.h5.partial")
        before = self.read("one/sweep.h5")
        with open(journal, "rb") as first, open(partial, "w") as second:
            for held in (first, second):
                fcntl.flock(held, fcntl.LOCK_EX)
            running = [self.begun("one"), subprocess.Popen([PROGRAM, "merge", self.path("one")], text=True,
                                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)]
            ends = [(process.communicate(timeout=60)[1].splitlines()[-1], process.returncode) for process in running]
        self.assertEqual(ends, [
            (journal + ": another process is writing this part of the sweep", 1),
            (self.path("one", "sweep.h5") + ": cannot be written: another process is writing it", 1)])
        self.assertEqual(self.read("one/sweep.h5"), before)
        self.sweep("one", "--quiet")

    def test_another_build(self):
        text = self.read("one/plan.yaml").decode()
        first = text.splitlines()[0]
        self.assertRegex(first, r"^# reformsim \S+ \(\w+\)$")
        self.write("one/plan.yaml", text.replace(first, "# reformsim 9.9.9 (0123abc)", 1))
        for done in (call("sweep", self.path("plan.yaml"), "-o", self.path("one")), call("merge", self.path("one"))):
            (line,) = self.fails(done)
            self.assertIn("one/plan.yaml:1:1: begun by another build (reformsim 9.9.9 (0123abc); this is "
                          + first[2:] + "); results of two builds are not mixed", line)
        # A file made by another build can be looked at, and says so when it has other bits.
        self.write("one/plan.yaml", text)
        with h5py.File(self.path("one", "sweep.h5"), "r+") as file:
            file.attrs.modify("git_commit", numpy.bytes_("0" * 40))
        self.ends(call("verify", self.path("one", "sweep.h5")), 0)
        self.spoil("teacher_turnover", (1, 2, 1, 0))
        self.assertIn("the file is of another build", call("verify", self.path("one", "sweep.h5"), "--sample",
                                                           "15").stderr)

    def test_changed_plans(self):
        def refused(what, *options, **change):
            self.plan("changed.yaml", **change)
            before = {name: self.read("one/" + name) for name in os.listdir(self.path("one"))}
            lines = self.fails(call("sweep", self.path("changed.yaml"), "-o", self.path("one"), "--quiet", *options))
            file = self.path("one", "plan.yaml")
            self.assertEqual(lines[-1], file + ": a sweep may be given more points and more replicates; for anything "
                                               "else use another folder")
            self.assertEqual(lines[:-1], [f"{file}: {one}" for one in what])
            self.assertEqual({name: self.read("one/" + name) for name in os.listdir(self.path("one"))}, before)

        refused(["seed was 5, and is 6 now"], "--seed", "6")
        refused(["scenario base: population.schools was 6, and is 9 now",
                 "scenario reform: population.schools was 6, and is 9 now"], "--set", "population.schools=9")
        refused(["3 replicates before, 2 now"], "--replicates", "2")
        refused(["5 points before, 4 now"], points=4)
        refused(["design was sobol, seed 2, and is sobol, seed 3 now"], change=[("seed: 2", "seed: 3")])
        refused(["factor levers.capacity_building.coaching was {low: 0, high: 1, in: [reform]}, and is "
                 "{low: 0, high: 0.5, in: [reform]} now"], change=[("high: 1", "high: 0.5")])
        refused(["baseline was base, and is reform now"], change=[("baseline: base", "baseline: reform")])
        refused(["years was 1, 2, and is 2 now"], change=[("years: [1, 2]", "years: 2")])
        refused(["measures was [true_attainment_mean, disadvantage_gap, teacher_turnover], and is "
                 "[true_attainment_mean, teacher_turnover] now"], change=[("disadvantage_gap, ", "")])
        refused(["scenarios or factors stand in another order now"],
                change=[("base: tiny.yaml, reform: tiny_reform.yaml", "reform: tiny_reform.yaml, base: tiny.yaml")])
        # What is no part of the results may be another, and more may be asked for.
        self.plan("more.yaml", 7, 4, more="description: other words\non_failure: stop\n", change=[("Small", "Large")])
        self.sweep("one", "--quiet", plan="more.yaml")
        self.sweep("other", "--quiet", plan="more.yaml")
        self.same("one", "other")
        self.fails(call("sweep", self.path("plan.yaml"), "-o", self.path("one")), "4 replicates before, 3 now",
                   "7 points before, 5 now")

    # ---- results that are not what the program makes

    def spoil(self, name, at, bit=0):
        """Turns one bit of one value."""
        with h5py.File(self.path("one", "sweep.h5"), "r+") as file:
            values = file[name][()]
            whole = numpy.uint64 if values.dtype.itemsize == 8 else numpy.uint32
            values.view(whole)[at] ^= whole(1 << bit)
            file[name][...] = values

    def test_one_bit(self):
        path = self.path("one", "sweep.h5")
        every = ["--sample", "15"]
        self.assertIn("Certified: 30 runs of " + path, self.ends(call("verify", path, *every), 0).stdout)
        self.assertIn("Certified: 4 runs", self.ends(call("verify", path, "--sample", "2"), 0).stdout)
        self.assertIn("The 6 values that the sweep has of this run are the same, bit for bit.",
                      self.ends(call("replay", path, "--point", "2", "--replicate", "1"), 0).stdout)
        for bit in (0, 31, 63):
            with self.subTest(bit=bit):
                self.spoil("teacher_turnover", (1, 2, 1, 0), bit)
                done = self.ends(call("verify", path, *every, "--threads", "1"), 1)
                self.assertEqual(done.stdout, "point 2, replicate 1 has other values\n")
                self.assertIn(f"{path}: rejected: 1 of 15 units drawn are not what this program makes\n", done.stderr)
                done = self.ends(call("replay", path, "--point", "2", "--replicate", "1", "--scenario", "reform"), 1)
                self.assertEqual(done.stderr.splitlines()[-1], path + ": the sweep has other values of this run")
                self.assertNotIn("bit for bit", done.stdout)
                # The other scenario of the unit, and other units, are sound.
                for options in (["--point", "2", "--replicate", "1", "--scenario", "base"], ["--point", "2"]):
                    self.ends(call("replay", path, *options, "--quiet"), 0)
                self.spoil("teacher_turnover", (1, 2, 1, 0), bit)
                self.ends(call("verify", path, *every), 0)
        # With a seed and a number of samples the same units are drawn; any of them can be.
        self.spoil("disadvantage_gap", (0, 4, 2, 1))
        codes = {call("verify", path, "--sample", "5", "--seed", str(seed), "--quiet").returncode for seed in range(12)}
        self.assertEqual(codes, {0, 1})

    def test_spoilt_attributes(self):
        path = self.path("one", "sweep.h5")
        text = self.read("one/sweep.h5")
        for name, value, said in (("plan_digest", "0" * 32, "its plan is not the one its results are of"),
                                  ("format_version", "2.0", "format 2.0 is not one this program reads"),
                                  ("file_type", "x", "this is not the file of a sweep")):
            with h5py.File(path, "r+") as file:
                del file.attrs[name]
                file.attrs[name] = numpy.bytes_(value)
            for command in ("verify", "replay"):
                self.fails(call(command, path), said)
            with open(path, "wb") as file:
                file.write(text)
        self.spoil("status", (2, 1), 1)  # done -> 3
        self.fails(call("verify", path), "its numbers of runs are not those of its units")
        self.spoil("status", (2, 1), 0)  # -> 2, failed
        self.fails(call("verify", path), "its numbers of runs are not those of its units")
        with h5py.File(path, "r+") as file:
            file.attrs.modify("failed", 2)
        done = self.ends(call("verify", path, "--sample", "15"), 1)
        self.assertIn("point 2, replicate 1 failed then, and is done now", done.stdout)
        done = self.ends(call("replay", path, "--point", "2", "--replicate", "1"), 1)
        self.assertIn("failed then (), and is done now", done.stderr)
        for size in (0, 100, len(text) // 2, len(text) - 100):
            with open(path, "wb") as file:
                file.write(text[:size])
            for command in ("verify", "replay"):
                done = call(command, path)
                self.assertIn(done.returncode, (1, 2), f"{size} bytes: {done.stdout} {done.stderr}")
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_what_merging_refuses_is_not_certified(self):
        self.sweep("twice")
        shutil.copy(self.path("twice", "sweep.journal"), self.path("twice", "shard-1-of-2.journal"))
        for command in (["verify", self.path("twice")], ["replay", self.path("twice"), "--point", "0"]):
            self.fails(call(*command), "is there twice; move one of the journals away")

    def change(self, name, value, attribute=None):
        """Writes another value into a file that is sound, and gives back how it was."""
        path = self.path("one", "sweep.h5")
        shutil.copy(path, self.path("kept.h5"))
        with h5py.File(path, "r+") as file:
            if attribute:
                old = file[name].attrs[attribute]
                file[name].attrs.modify(attribute, numpy.bytes_(value) if isinstance(old, numpy.bytes_) else value)
                self.assertNotEqual(old, file[name].attrs[attribute])
            else:
                old = file[name][()]
                file[name][...] = value(old)
                self.assertNotEqual(old.tolist(), file[name][()].tolist())

    def test_spoilt_names(self):
        """Values that are right, under names that are wrong."""
        path = self.path("one", "sweep.h5")
        said = f"{path}: the file was changed: its scenarios, years, measures or design are not those of its plan"
        turned = lambda old: old[::-1]  # noqa: E731
        for name in ("scenario", "factor", "point", "replicate", "year", "scenario_text", "design_names", "design_units",
                     "design_distribution", "design_value", "design_unit"):
            with self.subTest(name):
                # Where all are alike turning them round changes nothing.
                self.change(name, (lambda old: [b"x"] * len(old)) if name == "design_units" else turned)
                for command in ("verify", "replay"):
                    self.assertEqual(self.fails(call(command, path)), [said])
                shutil.move(self.path("kept.h5"), path)
        for name, value in (("baseline", "reform"), ("design", "random"), ("design_points", 6), ("seed", 6),
                            ("common_random_numbers", 0), ("design_second_order", 1)):
            with self.subTest(name):
                self.change("/", value, name)
                self.assertEqual(self.fails(call("verify", path)), [said])
                shutil.move(self.path("kept.h5"), path)
        self.change("teacher_turnover", "pupil SD", "units")
        self.assertEqual(self.fails(call("verify", path)), [said])
        shutil.move(self.path("kept.h5"), path)
        for name, value in (("runs", 28), ("failed", 2)):
            self.change("/", value, name)
            self.fails(call("verify", path), "its numbers of runs are not those of its units")
            shutil.move(self.path("kept.h5"), path)
        self.ends(call("verify", path), 0)

    def test_left_out_as_not_asked_for(self):
        """Replicates that somebody does not like cannot be left out of a sweep with a precision trigger."""
        self.plan("precise.yaml", 6, 2, change=[
            ("replicates: 2", "replicates: {batch: 2, most: 9, until: {measure: true_attainment_mean, year: 1, "
                              "half_width: 0.0092}}")])
        shutil.rmtree(self.path("one"))
        self.sweep("one", "--quiet", plan="precise.yaml")
        path = self.path("one", "sweep.h5")
        self.ends(call("verify", path), 0)
        with h5py.File(path) as file:
            status = file["status"][()]
            runs = file.attrs["runs"]
        point = int((status == 1).sum(axis=1).argmax())
        count = int((status[point] == 1).sum())
        self.assertGreater(count, 2)
        for left_out in ([count - 1], [0], range(2, count)):
            with h5py.File(path, "r+") as file:
                changed = status.copy()
                changed[point, list(left_out)] = 0
                file["status"][...] = changed
                file.attrs.modify("runs", runs - 2 * len(list(left_out)))
            self.fails(call("verify", path), f"point {point} has other replicates than its precision asks for")

    def test_before_the_end(self):
        """What is finished of a sweep can be made again before there is a file."""
        self.sweep("part", "--shard", "2/3", "--quiet")
        self.assertFalse(os.path.exists(self.path("part", "sweep.h5")))
        done = sorted(all_records(self.path("part")))
        self.assertEqual(len(done), 5)
        self.assertIn("Certified: 10 runs of " + self.path("part"),
                      self.ends(call("verify", self.path("part"), "--sample", "15"), 0).stdout)
        for point, replicate in done:
            said = self.ends(call("replay", self.path("part"), "--point", str(point), "--replicate", str(replicate)), 0)
            self.assertIn("The 6 values that the sweep has of this run are the same, bit for bit.", said.stdout)
        other = next((p, r) for p in range(5) for r in range(3) if (p, r) not in done)
        said = self.ends(call("replay", self.path("part"), "--point", str(other[0]), "--replicate", str(other[1])), 0)
        self.assertIn("The sweep has no results of this run to compare with.", said.stdout)
        # Values that another program wrote, with a checksum that fits.
        journal = self.path("part", "shard-00002-of-00003.journal")
        (one,) = all_records(self.path("part"))[done[0]]
        self.sweep("other", "--seed", "77", "--shard", "2/3", "--quiet")
        data = bytearray(self.read("part/shard-00002-of-00003.journal"))
        at = data.index(one)
        (false,) = all_records(self.path("other"))[done[0]]
        self.assertEqual(len(false), len(one))
        data[at:at + len(one)] = false
        with open(journal, "wb") as file:
            file.write(data)
        said = self.ends(call("verify", self.path("part"), "--sample", "15"), 1)
        self.assertEqual(said.stdout, f"point {done[0][0]}, replicate {done[0][1]} has other values\n")
        os.remove(journal)
        self.fails(call("verify", self.path("part")), "no run of this sweep is finished")

    def test_arguments_of_replay(self):
        path = self.path("one", "sweep.h5")
        lines = self.fails(call("replay", path, "--point", "5", "--replicate", "-1"),
                           "--point 5: expected a point from 0 to 4",
                           "--replicate -1: expected a replicate from 0 to 2")
        self.assertEqual(len(lines), 2)
        self.fails(call("replay", path, "--scenario", "refrom"), "expected one of base, reform; did you mean 'reform'?")
        self.fails(call("replay", self.path("none.h5")), "none.h5: ")
        self.fails(call("verify", self.path("plan.yaml")), "plan.yaml: ")
        # In full, as a run that was asked for alone.
        self.ends(call("replay", path, "--point", "1", "--replicate", "2", "-o", self.path("full.h5")), 0)
        self.ends(call("info", self.path("full.h5")), 0)


class FailedRuns(SweepTest):
    def setUp(self):
        super().setUp()
        self.write("scoped.yaml", SCOPED)
        self.write("failing.yaml", FAILING)

    def fails_again(self, error, reason):
        """The command that the program gives for a failed run does what it is said to do."""
        command = error.splitlines()[-1]
        self.assertRegex(command, r"^  reformsim replay \S+ --point \d+ --replicate \d+$")
        done = self.ends(call(*command.split()[1:]), 1)
        self.assertIn(f"fails again, for the same reason: {reason}", done.stderr)

    def test_finish(self):
        done = self.sweep("failing", plan="failing.yaml", code=3)
        self.assertIn("12 units (24 runs) are done", done.stdout)
        self.assertIn("8 of 12 units failed; the file says which and why (failure_reason). To make the first again:\n"
                      f"  reformsim replay {self.path('failing', 'sweep.h5')} --point 2 --replicate 0\n", done.stderr)
        reason = "scoped: levers.capacity_building.coaching: there is no district 'District 3'; did you mean 'District 1'?"
        with h5py.File(self.path("failing", "sweep.h5"), "r") as file:
            status = file["status"][()]
            self.assertEqual(status.tolist(), [[1, 1], [1, 1], [2, 2], [2, 2], [2, 2], [2, 2]])
            self.assertEqual(file["failure_reason"].asstr()[()].tolist(), [reason] * 8)
            self.assertEqual(file["failure_reason"].attrs["replay"].decode(),
                             "reformsim replay FILE --point failure_point --replicate failure_replicate")
            self.assertEqual(list(zip(file["failure_point"][()], file["failure_replicate"][()])),
                             [(p, r) for p in range(6) for r in range(2) if status[p, r] == 2])
            self.assertEqual((file.attrs["runs"], file.attrs["failed"]), (24, 16))
            values = file["true_attainment_mean"][()]
            # Nothing of a failed unit is kept, not even of the scenario that could run: pairs stay pairs.
            self.assertTrue(numpy.isnan(values[:, status == 2]).all())
            self.assertTrue(numpy.isfinite(values[:, status == 1]).all())
        path = self.path("failing", "sweep.h5")
        for options in ([], ["--scenario", "base"], ["--replicate", "1", "-o", self.path("x.h5")]):
            done = self.ends(call("replay", path, "--point", "3", *options), 1)
            self.assertIn(f"fails again, for the same reason: {reason}", done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertFalse(os.path.exists(self.path("x.h5")))
        self.ends(call("replay", path, "--point", "1"), 0)
        self.assertIn("Certified: 24 runs", self.ends(call("verify", path, "--sample", "12"), 0).stdout)
        # The same by others, and again.
        for threads in ("1", "2"):
            self.sweep("t" + threads, "--quiet", "--threads", threads, plan="failing.yaml", code=3)
            self.same("failing", "t" + threads)
        for index in (2, 1):
            done = self.sweep("shards", "--shard", f"{index}/2", plan="failing.yaml")
            self.assertRegex(done.stderr, r"\n4 units failed; point \d, replicate \d: scoped: levers")
            self.fails_again(done.stderr, reason)
        done = self.ends(call("merge", self.path("shards")), 3)
        self.assertIn("24 runs of 12 units, 8 failed", done.stdout)
        self.fails_again(done.stderr, reason)
        self.same("failing", "shards")
        again = self.sweep("failing", plan="failing.yaml", code=3)
        self.assertIn(" 0 of them now", again.stdout)
        if why_no_mpi():
            print("not tested with ranks: " + why_no_mpi())
        else:
            self.ranks(2, "ranks", plan="failing.yaml", code=3)
            self.same("failing", "ranks")

    def test_stop(self):
        self.write("stop.yaml", FAILING.replace("replicates: 2", "replicates: 400") + "on_failure: stop\n")
        self.sweep("stop", plan="stop.yaml", code=1)
        before = all_records(self.path("stop"))
        self.assertLess(len(before), 1000)
        self.assertFalse(os.path.exists(self.path("stop", "sweep.h5")))
        # The same command stops at the same place, until somebody decides otherwise.
        done = self.sweep("stop", plan="stop.yaml", code=1)
        self.assertEqual(all_records(self.path("stop")), before)
        self.assertRegex(done.stderr.splitlines()[1],
                         r"^Stopped at a failed run \(on_failure: stop\): point [2-5], replicate 0: scoped: levers\."
                         r"capacity_building\.coaching: there is no district 'District 3'; did you mean 'District 1'\?$")
        self.assertEqual(done.stderr.splitlines()[2], "With `on_failure: finish` in the plan the same command goes on "
                                                      "past it. To make the run again:")
        self.fails_again(done.stderr, "scoped: levers.capacity_building.coaching: there is no district 'District 3'")
        self.write("finish.yaml", FAILING)
        self.fails(call("sweep", self.path("finish.yaml"), "-o", self.path("stop")), "400 replicates before, 2 now")
        if why_no_mpi():
            print("not tested with ranks: " + why_no_mpi())
            return
        # A single point fails: when one rank meets it, the others make no more than what they are at.
        rows = ", ".join(["[3]"] * 20 + ["[1]"] + ["[3]"] * 179)
        self.write("rare.yaml", "reformsim_plan: 1\nscenarios: {base: tiny.yaml, scoped: scoped.yaml}\n"
                                "factors: {population.districts: 3}\nreplicates: 2\non_failure: stop\n"
                                f"design: {{kind: list, rows: [{rows}]}}\n")
        self.sweep("rare", "--threads", "1", plan="rare.yaml", code=1)
        alone = len(all_records(self.path("rare")))
        self.assertLess(alone, 150)
        for count in (1, 3):
            done = self.ranks(count, f"ranks{count}", plan="rare.yaml", code=1)
            self.assertEqual(done.stderr.count("Stopped at a failed run"), 1)
            self.assertIn("point 20, replicate 0: scoped: levers.capacity_building.coaching: there is no district "
                          "'District 3'", done.stderr)
            self.assertLess(len(all_records(self.path(f"ranks{count}"))), alone + 20)

    def test_values_that_do_not_go_together(self):
        self.plan("cross.yaml", change=[("[1, 3]", "[1, 3, 30]")])
        self.sweep("cross", plan="cross.yaml", code=3)
        with h5py.File(self.path("cross", "sweep.h5"), "r") as file:
            bad = file["design_value"][:, 1] == 30
            self.assertTrue(0 < bad.sum() < 5)
            self.assertEqual((file["status"][()] == 2).all(axis=1).tolist(), bad.tolist())
            reasons = set(file["failure_reason"].asstr()[()])
        self.assertEqual(reasons, {"base: population.districts: 30 districts for 6 schools; expected at most one district "
                                   "for each school"})

    def test_broken_list_is_told_at_once(self):
        self.write("schools.csv", "id,pupils\nS1,200\n")
        self.write("listed.yaml", "reformsim: 1\npopulation: {kind: list, file: schools.csv, columns: {school_id: id, "
                                  "enrolment: pupils}}\n")
        self.write("lists.yaml", "reformsim_plan: 1\nscenarios: listed.yaml\n")
        self.fails(call("sweep", self.path("lists.yaml"), "-o", self.path("lists")), "must name a column of")
        self.assertFalse(os.path.exists(self.path("lists")))


class Memory(SweepTest):
    def peak(self, folder, replicates):
        """The largest resident set, as the kernel keeps it while the process lives; it never falls."""
        process = self.begun(folder, "--quiet", "--threads", "2", "--shard", "1/2", "--replicates", str(replicates),
                             plan="cheap.yaml")
        most = 0
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/status") as file:
                    found = re.search(r"VmHWM:\s+(\d+) kB", file.read())
            except OSError:
                break
            most = int(found.group(1)) * 1024 if found else most
        out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, out + error)
        return most

    def test_does_not_grow_with_the_number_of_runs(self):
        self.write("cheap.yaml", "reformsim_plan: 1\nscenarios: {one: cheap_scenario.yaml}\n"
                                 "factors: {external_accountability.stakes: [0, 0.2, 0.4, 0.6, 0.8]}\nmeasures: all\n")
        self.write("cheap_scenario.yaml", "reformsim: 1\npopulation: {schools: 5, districts: 1}\n"
                                          "horizon: {years: 1, burn_in_years: 1}\n")
        few, many = self.peak("few", 80), self.peak("many", 1600)
        size = sum(len(record) for those in all_records(self.path("many")).values() for record in those)
        print(f"200 units: {few >> 10} kB, 4000 units: {many >> 10} kB; their results: {size >> 10} kB")
        self.assertGreater(few, 5e6)
        self.assertGreater(size, 2e6)
        self.assertLess(many - few, size / 4)


if __name__ == "__main__":
    unittest.main()
