"""What `sweep`, `merge`, `replay` and `verify` say, and the job scripts. Argument: the path of reformsim."""
import os
import re
import resource
import shlex
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import PROGRAM, call  # noqa: E402
from sweeps import MPI_PROGRAM, MPIRUN, SweepTest, why_no_mpi  # noqa: E402

# Stands for srun, scontrol and reformsim: writes its words down, each between brackets, and ends as it is told to.
WITNESS = """#!/bin/sh
{ printf '%s' "$(basename "$0")"; for word in "$@"; do printf ' [%s]' "$word"; done; printf '\\n'; } >>"$WITNESS"
case $0 in */srun) exit "${ENDS:-0}" ;; esac
"""
HOSTILE = ["plain", "two words", "it's", 'a "quote"', "$(touch hacked)", "`touch hacked`", "semi;colon & more",
           "back\\slash",
           "100%j", "Grüße", "-dash", "*?[a]", "#hash", "tab\there"]


class Messages(SweepTest):
    def short(self, text, most=80):
        for line in text.splitlines():
            self.assertLessEqual(len(line), most, line)
            self.assertEqual(line, line.rstrip())

    def used(self):
        """Processor time of all programs that this one started and that ended."""
        of = resource.getrusage(resource.RUSAGE_CHILDREN)
        return of.ru_utime + of.ru_stime

    def test_help(self):
        for command in ("sweep", "merge", "replay", "verify"):
            done = self.ends(call(command, "--help"), 0)
            self.short(done.stdout)
            self.assertIn("Example", done.stdout)
            self.assertIn(command, self.ends(call("--help"), 0).stdout)
        self.short(call("--help").stdout)

    def test_dry_run(self):
        self.plan(points=1234, replicates=50)
        done = self.sweep("none", "--dry-run", "--threads", "2")
        self.assertFalse(os.path.exists(self.path("none")))
        self.assertEqual(done.stderr, "")
        self.short(done.stdout)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:5], [
            "Small", "1,234 points x 2 scenarios x 50 replicates = 123,400 runs",
            "  levers.capacity_building.coaching: uniform 0 to 1", "  population.districts: levels 1, 3",
            "  levers.networks.participation: levels none, voluntary, mandated"])
        self.assertRegex("\n".join(lines[5:]), r"^One point and replicate took [\d.e-]+ s of processor time here;\n"
                         r"all of them .*, about .* on 2 threads\nMemory: about \d+ [kMG]B for each thread, and \d+ MB besides\n"
                         r"Disk: \d+ MB of journals and at most \d+ MB for sweep.h5$")
        # What it says of the disk is what comes.
        self.plan("small.yaml", points=10, replicates=20)
        said = self.sweep("none", "--dry-run", plan="small.yaml").stdout
        journal, file = (int(number) * 1000 for number in re.search(r"Disk: (\d+) kB .* (\d+) kB", said).groups())
        self.sweep("small", "--quiet", plan="small.yaml")
        self.assertAlmostEqual(os.path.getsize(self.path("small", "sweep.journal")), journal, delta=2000)
        self.assertLess(os.path.getsize(self.path("small", "sweep.h5")), file + 30000)
        # And of the time: on a busy machine too, since it is the processors'.
        self.plan("longer.yaml", points=60, replicates=20)
        begun = self.used()
        self.sweep("longer", "--quiet", "--threads", "1", plan="longer.yaml")
        used = self.used() - begun
        said = self.sweep("none", "--dry-run", "--threads", "4", plan="longer.yaml").stdout
        each, whole, short = (float(number) for number in re.search(
            r"took ([\d.e-]+) s .*\nall of them ([\d.]+) s, about ([\d.]+) s on 4", said).groups())
        self.assertAlmostEqual(whole, 1200 * each, delta=0.06 + 0.01 * whole)
        self.assertAlmostEqual(short, whole / 4, delta=0.1)
        self.assertTrue(used / 3 < whole < 3 * used, (whole, used))
        self.plan("precise.yaml", change=[("replicates: 3", "replicates: {batch: 2, most: 9, until: {measure: "
                                           "true_attainment_mean, year: 1, half_width: 0.1}}")])
        said = self.sweep("none", "--dry-run", plan="precise.yaml").stdout
        self.assertIn("  (at most; a point has no more batches of 2 once true_attainment_mean at year 1\n  is known to 0.1)\n",
                      said)
        self.short(said)
        self.plan("bad.yaml", points=3, change=[("[1, 3]", "[30]")])
        said = self.sweep("none", "--dry-run", plan="bad.yaml", code=3).stdout
        self.assertRegex(said, r"\nA run failed: point \d: base: population.districts: 30 districts for 6 schools")
        self.plan("faulty.yaml", change=[("years: [1, 2]", "years: [1, 3]")])
        self.fails(call("sweep", self.path("faulty.yaml"), "--dry-run"), "faulty.yaml:12:12: years: 3 is out of range")

    def test_what_is_said(self):
        done = self.sweep("one")
        self.assertEqual(done.stderr, "Running 5 points x 2 scenarios x 3 replicates\n")
        self.assertRegex(done.stdout, r"^15 units \(30 runs\) are done, 15 of them now, in [\d.]+ s\nThe runs took [\d.]+% of "
                                      r"the time of \d+ threads?\nResults: .*/one/sweep.h5\n$")
        self.short(done.stdout.replace(self.path(), ""))
        done = self.sweep("shard", "--shard", "2/3")
        self.assertIn(f"When all 3 shards are done: reformsim merge {self.path('shard')}\n", done.stdout)
        self.assertIn("5 units (10 runs) are done", done.stdout)
        for done in (self.sweep("quiet", "--quiet"), call("merge", self.path("quiet"), "--quiet")):
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.plan("one.yaml", 1, 1)
        self.assertEqual(self.sweep("single", plan="one.yaml").stderr, "Running 1 point x 2 scenarios x 1 replicate\n")

    def test_mistaken_arguments(self):
        plan = self.path("plan.yaml")
        for shard in ("0/3", "4/3", "3", "a/b", "1/0", "-1/3", "1/3x", "1/-3", "99999999999999999999/3"):
            self.fails(call("sweep", plan, f"--shard={shard}"),
                       "expected the number of the shard and how many there are: 3/16")
        for option, value, expected in (("replicates", "0", "1 to 1000000"), ("replicates", "1.5", "1 to 1000000"),
                                        ("replicates", "4294967297", "1 to 1000000"), ("seed", "-1",
                                                                                       "0 to 9000000000000000"),
                                        ("replicates", "x", "1 to 1000000")):
            (line,) = self.fails(call("sweep", plan, f"--{option}={value}"))
            self.assertEqual(line, f"--{option} {value}: expected a whole number from {expected}")
        self.fails(call("sweep", plan, "--shrad", "1/2"), "--shrad", "did you mean '--shard'?")
        self.fails(call("sweep"), "plan")
        self.fails(call("sweep", self.path("none.yaml")), "none.yaml: no such file")
        self.fails(call("sweep", self.path()), "this is a folder, not a file")
        self.fails(call("sweep", plan, "--job-script", "slrum"), "expected one of slurm, pbs")
        self.assertFalse(os.path.exists(os.path.join(os.getcwd(), "sweep")))

    def test_names_of_scenarios(self):
        names = ["two words", "it's", 'a "quote"', "a/b", "Grüße", "$(x)", "true", "1", "a: b", "[x]", "#", "100%"]
        text = "".join(f"  {self.quoted(name)}: tiny.yaml\n" for name in names)
        self.write("names.yaml", f"reformsim_plan: 1\nscenarios:\n{text}baseline: {self.quoted(names[2])}\nreplicates: 1\n"
                                 "factors:\n  population.districts: {levels: [1, 40], in: [" +
                   ", ".join(self.quoted(name) for name in names[:3]) + "]}\n")
        self.sweep("names", "--quiet", plan="names.yaml", code=3)
        self.sweep("names", "--quiet", plan="names.yaml", code=3)  # the plan in the folder is the same plan
        self.ends(call("merge", self.path("names"), "--quiet"), 3)
        for name in names:
            self.ends(call("replay", self.path("names", "sweep.h5"), "--scenario", name, "--quiet"), 0)
        self.fails(call("replay", self.path("names", "sweep.h5")), "--scenario : expected one of two words, it's")
        self.write("names.yaml", 'reformsim_plan: 1\nscenarios: {"a\\nb": tiny.yaml}\n')
        self.fails(call("sweep", self.path("names.yaml"), "-o", self.path("new")),
                   "names.yaml:2:13: scenarios: the text holds a line break; expected one line")

    def quoted(self, name):
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def test_ranks(self):
        if why_no_mpi():
            print("not tested: " + why_no_mpi())
            return

        def ranks(program, *arguments):
            return subprocess.run([*MPIRUN, "-n", "2", program, *arguments], capture_output=True, text=True, timeout=60)

        for done, text in (
                (ranks(MPI_PROGRAM, "check", self.path("tiny.yaml")), "of several ranks only `sweep` makes use"),
                (ranks(MPI_PROGRAM, "sweep", self.path("plan.yaml"), "--shard", "1/2"),
                 "ranks share the work among themselves"),
                (ranks(MPI_PROGRAM, "sweep", self.path("none.yaml")), "none.yaml: no such file"),
                (ranks(MPI_PROGRAM, "sweep", "--shrad", "1/2"), "unknown option '--shrad'")):
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertEqual(done.stderr.count(text), 1, done.stderr)
            self.assertEqual(done.stdout.strip("-\n "), re.sub(r"^-*$", "", done.stdout.strip("-\n ")))
        done = ranks(PROGRAM, "sweep", self.path("plan.yaml"), "-o", self.path("x"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("use `mpirun reformsim-mpi sweep ...`, or shards", done.stderr)
        for arguments in (["--help"], ["--version"], ["sweep", self.path("plan.yaml"), "--dry-run"],
                          ["sweep", self.path("plan.yaml"), "-o", self.path("piped"), "--job-script", "slurm"]):
            alone = subprocess.run([MPI_PROGRAM, *arguments], capture_output=True, text=True, timeout=60)
            done = ranks(MPI_PROGRAM, *arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), len(alone.stdout.splitlines()))


class JobScripts(SweepTest):
    def setUp(self):
        super().setUp()
        self.commands = self.path("bin")
        os.mkdir(self.commands)
        for name in ("srun", "scontrol"):
            self.write("bin/" + name, WITNESS)
            os.chmod(self.path("bin", name), 0o755)

    def run_script(self, script, folder, **environment):
        """The words that the commands of the script are given."""
        self.write("job.sh", script)
        witness = self.path("witness")
        if os.path.exists(witness):
            os.remove(witness)
        self.assertEqual(subprocess.run(["sh", "-n", self.path("job.sh")], capture_output=True).stderr, b"")
        done = subprocess.run(["sh", self.path("job.sh")], cwd=folder, capture_output=True, text=True, timeout=60, env={
            "PATH": self.commands + ":/usr/bin:/bin", "WITNESS": witness, "SLURM_ARRAY_TASK_ID": "2",
            "SLURM_JOB_ID": "77", "SLURM_CPUS_PER_TASK": "3", "PBS_ARRAY_INDEX": "2", **environment})
        lines = []
        if os.path.exists(witness):
            with open(witness, encoding="utf-8") as file:
                lines = [[line.split(" ")[0], *re.findall(r" \[(.*?)\](?= \[|$)",
                                                          line)] for line in file.read().splitlines()]
        return done, lines

    def test_words_arrive_unharmed(self):
        os.mkdir(self.path("start"))
        for name in HOSTILE:
            with self.subTest(name):
                home = self.path("a " + name)
                os.mkdir(home)
                for file in ("tiny.yaml", "tiny_reform.yaml", "plan.yaml"):
                    os.link(self.path(file), os.path.join(home, file))
                plan, folder, over = (os.path.join(home, one) for one in ("plan.yaml", "out " + name, "over.yaml"))
                self.write(os.path.join(home, "over.yaml"), "reformsim: 1\ntitle: x\n")
                sets = f'description="{name}"'.replace("\\", "\\\\").replace('a "quote"',
                                                                             'a \\"quote\\"').replace("\t", " ")
                done = self.ends(call("sweep", "plan.yaml", "-o", "out " + name, "--job-script", "slurm", "--shards",
                                      "64",
                                      "--threads", "3", "--with", "over.yaml", "--set", sets, cwd=home), 0)
                self.assertEqual(os.listdir(folder), [])  # where the scheduler opens the logs
                ran, lines = self.run_script(done.stdout, self.path("start"))
                self.assertEqual((ran.returncode, ran.stderr), (0, ""))
                self.assertEqual(lines, [["srun", "--ntasks=1", PROGRAM, "sweep", plan, "-o", folder, "--shard", "2/64",
                                          "--threads", "3", "--quiet", "--with", over, "--set", sets]])
                self.assertTrue(os.path.isdir(folder))
                self.assertFalse(os.path.exists(os.path.join(home, "hacked")))
                # What the scheduler reads: the name in quotes, % as itself.
                (output,) = re.findall(r"^#SBATCH --output=(.*)$", done.stdout, re.MULTILINE)
                self.assertEqual(shlex.split(output)[0],
                                 folder.replace("%", "%%") + "/shard-%a.log")
        self.assertEqual(os.listdir(self.path("start")), [])

    def test_line_breaks_are_refused(self):
        home = self.path("two\nlines")
        os.mkdir(home)
        for scheduler in ("slurm", "pbs"):
            (line,) = self.fails(call("sweep", self.path("plan.yaml"), "-o", os.path.join(home, "x"), "--job-script",
                                      scheduler))
            self.assertIn("has a line break in its name; a job script can have none", line)

    def test_slurm_requeues_what_was_stopped(self):
        script = self.ends(call("sweep", self.path("plan.yaml"), "-o", self.path("out"), "--job-script", "slurm"),
                           0).stdout
        self.assertIn("#SBATCH --array=1-16\n", script)
        self.assertIn(f"#SBATCH --output={self.path('out')}/shard-%a.log\n", script)
        for code, ends, commands in ((0, 0, ["srun"]), (130, 0, ["srun", "scontrol"]), (1, 1, ["srun"]), (2, 2,
                                                                                                          ["srun"])):
            done, lines = self.run_script(script, self.path(), ENDS=str(code))
            self.assertEqual(done.returncode, ends)
            self.assertEqual([line[0] for line in lines], commands)
            if code == 130:
                self.assertEqual(lines[1], ["scontrol", "requeue", "77"])

    def test_pbs(self):
        """The script of PBS calls the program itself: a shard is really made."""
        folder = self.path("pbs it's")
        script = self.ends(call("sweep", "plan.yaml", "-o", folder, "--job-script", "pbs", "--shards", "3",
                                "--replicates", "2",
                                cwd=self.path()), 0).stdout
        self.assertIn("#PBS -J 1-3\n", script)
        self.assertIn("#PBS -l select=1:ncpus=1:mem=500mb\n", script)
        # Memory is asked for the whole job there, for each processor of Slurm.
        for scheduler, line in (("pbs", "#PBS -l select=1:ncpus=8:mem=4000mb\n"), ("slurm", "#SBATCH --mem-per-cpu=500M ")):
            self.assertIn(line, self.ends(call("sweep", "plan.yaml", "-o", folder, "--job-script", scheduler, "--threads",
                                               "8", cwd=self.path()), 0).stdout)
        self.assertIn(f'#PBS -o "{folder}/"\n', script)
        for index in (1, 2, 3):
            done, _ = self.run_script(script, "/", PBS_ARRAY_INDEX=str(index))
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        # What the script says to do at the end.
        merge = script.rstrip().splitlines()[-1].lstrip("# ")
        self.assertEqual(subprocess.run(["sh", "-c", merge], capture_output=True, timeout=60).returncode, 0)
        self.assertTrue(os.path.exists(os.path.join(folder, "sweep.h5")))

    def test_faulty_plan_is_no_job(self):
        self.plan("faulty.yaml", change=[("years: [1, 2]", "years: [1, 3]")])
        done = call("sweep", self.path("faulty.yaml"), "--job-script", "slurm")
        self.fails(done, "years: 3 is out of range")

    def test_program_may_stand_anywhere(self):
        os.mkdir(self.path("my programs"))
        program = self.path("my programs", "reform'sim")
        os.link(PROGRAM, program) if os.stat(PROGRAM).st_dev == os.stat(self.path()).st_dev else subprocess.run(
            ["cp", PROGRAM, program], check=True)
        os.chmod(program, os.stat(program).st_mode | stat.S_IXUSR)
        done = subprocess.run([program, "sweep", self.path("plan.yaml"), "-o", self.path("out"), "--job-script",
                               "slurm"],
                              capture_output=True, text=True)
        self.assertEqual(self.run_script(done.stdout, "/")[1][0][2], program)


if __name__ == "__main__":
    unittest.main()
