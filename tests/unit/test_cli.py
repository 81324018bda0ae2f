"""The command line from outside: exit codes, what goes where, and what happens when a run is stopped.
Argument: the path of reformsim."""
import csv
import json
import os
import shlex
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import BASE, PROGRAM, CommandLineTest, call  # noqa: E402

COMMANDS = ["run", "compare", "report", "knockouts", "check", "explain", "diff", "schema", "info", "trace-diff"]


class CommandLine(CommandLineTest):
    # ---- help and mistakes

    def test_help_fits_into_80_columns(self):
        for arguments in ([], *([command] for command in COMMANDS)):
            for line in self.ends(call(*arguments, "--help"), 0).stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_an_option_given_twice(self):
        lines = self.fails(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "-o", self.path("Q.h5"),
                                "--seed", "1", "--seed=2"), "'-o' is given twice", "'--seed' is given twice")
        self.assertEqual(len(lines), 2)
        self.ends(call("check", self.path("base.yaml"), "--set", "horizon.years=1", "--set", "ensemble.replicates=1"),
                  0)

    def test_help_of_each_command_has_examples(self):
        whole = self.ends(call("--help"), 0)
        self.assertEqual(whole.stderr, "")
        for command in COMMANDS:
            self.assertIn(command, whole.stdout)
            done = self.ends(call(command, "--help"), 0)
            self.assertIn(f"Usage: reformsim {command} ", done.stdout)
            self.assertIn("Example", done.stdout)
            self.assertEqual(done.stderr, "")

    def test_version(self):
        self.assertRegex(self.ends(call("--version"), 0).stdout, r"^reformsim \d+\.\d+\.\d+")

    def test_no_command_shows_help_and_is_bad_input(self):
        done = self.ends(call(), 2)
        self.assertEqual(done.stdout, "")
        self.assertIn("compare", done.stderr)

    def test_unknown_command_and_options_get_a_suggestion(self):
        self.assertEqual(len(self.fails(call("comapre", "x"), "unknown command 'comapre'", "'compare'")), 1)
        self.fails(call("help"), "--help")
        lines = self.fails(call("run", self.path("base.yaml"), "--replicats", "3", "--thread=2"),
                           "'--replicats'; did you mean '--replicates'?", "'--thread'; did you mean '--threads'?")
        self.assertEqual(len(lines), 2)

    def test_missing_arguments(self):
        self.assertEqual(len(self.fails(call("run"), "reformsim run --help")), 1)
        self.assertEqual(len(self.fails(call("run", self.path("base.yaml")), "--output")), 1)
        self.assertEqual(len(self.fails(call("compare", self.path("base.yaml")), "two scenarios")), 1)

    def test_bad_option_values(self):
        base, out = self.path("base.yaml"), self.path("R.h5")
        for arguments, text in ((["--threads", "many"], "many"), (["--threads", "-1"], "-1"),
                                (["--replicates", "0"], "--replicates 0"),
                                (["--replicates", "few"], "--replicates few"),
                                (["--seed", "x"], "--seed x"),
                                (["--set", "horizon.yeers=3"], "did you mean 'years'"),
                                (["--set", "nonsense"], "path=value"),
                                (["--until", "9"], "--until 9"),
                                (["--until", "soon"], "soon"),
                                (["--with", self.path("absent.yaml")], "absent.yaml"),
                                (["--parameters", self.path("absent.yaml")], "absent.yaml"),
                                (["--from", self.path("absent.checkpoint")], "absent.checkpoint"),
                                (["--trace-replicates", "2"], "--trace")):
            with self.subTest(arguments):
                self.assertEqual(len(self.fails(call("run", base, "-o", out, *arguments), text)), 1)
                self.assertFalse(os.path.exists(out))

    # ---- run

    def test_run_writes_results_and_a_summary(self):
        out = self.path("R.h5")
        done = self.ends(call("run", self.path("base.yaml"), "-o", out), 0)
        self.assertIn("As it is", done.stdout)
        self.assertIn("year 3", done.stdout)
        self.assertIn(out, done.stdout)
        self.assertNotIn("Simulating", done.stdout)
        self.assertIn("Simulating", done.stderr)
        self.assertNotIn("\r", done.stderr)  # no terminal, no line that is rewritten
        self.assertNotIn("\033", done.stderr + done.stdout)
        self.assertEqual(self.read("R.h5")[:4], b"\x89HDF")
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["R.h5", "base.yaml", "long.yaml", "reform.yaml"])

    def test_quiet_says_nothing_on_stderr(self):
        done = self.ends(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--quiet"), 0)
        self.assertEqual(done.stderr, "")
        self.assertNotEqual(done.stdout, "")

    def test_run_json(self):
        done = self.ends(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--json",
                              "--replicates", "2", "--seed", "9"), 0)
        document = json.loads(done.stdout)
        self.assertEqual(document["replicates"], [0, 1])
        self.assertEqual(document["year"], [0, 3])
        self.assertEqual(len(document["measures"]["value_added_mean"]["mean"]), 2)
        info = json.loads(self.ends(call("info", self.path("R.h5"), "--json"), 0).stdout)
        self.assertEqual(info["seed"], 9)

    def test_a_set_wins_over_files_and_an_overlay_is_laid_over(self):
        overlay = self.write("overlay.yaml", "reformsim: 1\npopulation: {schools: 11}\nhorizon: {years: 2}\n")
        done = self.ends(call("check", self.path("base.yaml"), "--with", overlay, "--set", "horizon.years=7"), 0)
        self.assertIn("11 synthetic schools, 7 years, 4 replicates", done.stdout)

    def test_the_output_is_no_input(self):
        base = self.path("base.yaml")
        before = self.read("base.yaml")
        self.fails(call("run", base, "-o", base), "overwrite an input")
        # Also not a file that the scenario extends, by another name.
        os.symlink(base, self.path("alias.yaml"))
        self.fails(call("run", self.path("reform.yaml"), "-o", self.path("alias.yaml")), "overwrite an input")
        self.fails(call("run", base, "-o", self.path("R.h5"), "--trace", self.path("R.h5")), "same file as -o")
        self.assertEqual(self.read("base.yaml"), before)

    def test_outputs_that_do_not_exist_yet_are_told_apart_by_where_they_lie(self):
        base, here = self.path("base.yaml"), self.folder.name
        for option, other in (("--checkpoint", "./R.h5"), ("--trace", os.path.join(here, "R.h5")),
                              ("--checkpoint", "R.incomplete.h5")):
            self.fails(call("run", base, "-o", "R.h5", option, other, cwd=here), "the same file as")
        os.rename(base, self.path("R.incomplete.h5"))
        self.fails(call("run", self.path("R.incomplete.h5"), "-o", self.path("R.h5")), "overwrite an input")

    def test_the_spelling_of_a_path_does_not_change_the_results(self):
        os.mkdir(self.path("sub"))
        for name, scenario, folder in (("a.h5", "reform.yaml", self.folder.name),
                                       ("b.h5", self.path("reform.yaml"), "/"),
                                       ("c.h5", "../reform.yaml", self.path("sub"))):
            self.ends(call("run", scenario, "-o", self.path(name), "--quiet", cwd=folder), 0)
        infos = [json.loads(call("info", self.path(name), "--json").stdout) for name in ("a.h5", "b.h5", "c.h5")]
        self.write("recipe.yaml", infos[0]["scenario"])
        self.ends(call("run", self.path("recipe.yaml"), "-o", self.path("d.h5"), "--quiet"), 0)
        infos.append(json.loads(call("info", self.path("d.h5"), "--json").stdout))
        self.assertEqual(len({info["results_digest"] for info in infos}), 1)
        self.assertEqual([file["path"] for file in infos[1]["input_files"]],
                         [self.path("reform.yaml"), self.path("base.yaml")])
        self.assertEqual(len({len(self.read(name)) for name in ("a.h5", "b.h5", "c.h5")}), 1)

    def test_a_path_that_is_not_utf8(self):
        name = os.path.join(os.fsencode(self.folder.name), b"\xff.yaml")
        os.rename(self.path("base.yaml"), name)
        done = subprocess.run([PROGRAM, "check", name, "--json"], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(json.loads(done.stdout)[0]["ok"])
        for command in (["run", name], ["compare", name, self.path("reform.yaml"), "--set", "title=x"]):
            self.write("base.yaml", BASE)
            done = subprocess.run([PROGRAM, *command, "-o", self.path("R"), "--json", "--quiet"], capture_output=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            json.loads(done.stdout)
            if os.path.isfile(self.path("R")):
                os.remove(self.path("R"))

    def test_a_parameters_file_may_name_its_section(self):
        some = next(entry for entry in json.loads(call("explain", "--json").stdout)
                    if entry["kind"] == "parameter" and entry["type"] == "number")
        name = some["name"].removeprefix("parameters.")
        bare = self.write("bare.yaml", f"{name}: {some['default']}\n")
        below = self.write("below.yaml", f"reformsim: 1\nparameters:\n  {name}: {some['default']}\n")
        other = self.write("other.yaml", f"parameters:\n  {name}: {some['default']}\ntitle: x\n")
        for file in (bare, below):
            self.ends(call("check", self.path("base.yaml"), "--parameters", file), 0)
        self.fails(call("check", self.path("base.yaml"), "--parameters", other), "other.yaml")

    def test_until_is_a_time_that_the_results_hold(self):
        base, out = self.path("base.yaml"), self.path("R.h5")
        self.fails(call("run", base, "-o", out, "--until", "1.5"), "whole year")
        terms = ["--set", "record.every=term", "--set", "horizon.steps_per_year=3"]
        self.fails(call("run", base, "-o", out, "--until", "1.5", *terms), "nearest is 1.667")
        self.ends(call("run", base, "-o", out, "--until", "1.6667", "--quiet", *terms), 0)
        self.assertAlmostEqual(json.loads(call("info", out, "--json").stdout)["years"][-1], 5 / 3, places=6)

    def test_the_output_folder_must_exist_before_the_run_starts(self):
        start = time.monotonic()
        self.fails(call("run", self.path("long.yaml"), "-o", self.path("absent", "R.h5")), "does not exist")
        self.fails(call("run", self.path("long.yaml"), "-o", self.folder.name), "folder")
        self.fails(call("compare", self.path("long.yaml"), self.path("long.yaml"), "-o", self.path("a", "b")),
                   "does not exist")
        self.assertLess(time.monotonic() - start, 20)
        self.assertFalse(os.path.exists(self.path("absent")))

    def test_an_output_that_cannot_be_written_is_said_before_the_run_starts(self):
        self.fails(call("run", self.path("long.yaml"), "-o", "/proc/R.h5"), "/proc/R.h5", code=1)
        self.fails(call("run", self.path("long.yaml"), "-o", "/dev/null"), "/dev/null", code=1)

    def test_an_existing_file_is_replaced_by_a_whole_one(self):
        self.write("R.h5", "old")
        self.ends(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--quiet"), 0)
        self.assertEqual(self.read("R.h5")[:4], b"\x89HDF")

    def test_a_replaced_file_keeps_its_rights(self):
        os.chmod(self.write("R.h5", "old"), 0o600)
        self.ends(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--quiet"), 0)
        self.assertEqual(os.stat(self.path("R.h5")).st_mode & 0o777, 0o600)

    def test_a_limit_on_the_size_of_files_is_a_failure_with_a_message(self):
        import resource
        self.write("R.h5", "old")
        done = call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--quiet",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000)))
        self.fails(done, "larger than is allowed", code=1)
        self.assertEqual(self.read("R.h5"), b"old")

    def test_a_failed_run_leaves_the_old_file(self):
        self.write("R.h5", "old")
        self.fails(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--replicates", "0"))
        self.assertEqual(self.read("R.h5"), b"old")

    def test_standard_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    # ---- stopping

    def stop(self, command, wanted, sends):
        """Starts a command, waits until it is at work, and sends the signal."""
        with subprocess.Popen([PROGRAM, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            try:
                first = process.stderr.readline()
                self.assertIn("Simulating", first)
                time.sleep(wanted)
                self.assertIsNone(process.poll(), "the run ended before it could be stopped")
                process.send_signal(sends)
                out, err = process.communicate(timeout=60)
            finally:
                if process.poll() is None:
                    process.kill()
        return process.returncode, out, err

    def test_a_stopped_run_keeps_what_is_finished_and_the_old_results(self):
        for number, sends in enumerate((signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)):
            with self.subTest(sends.name):
                name = f"R{number}"
                self.write(name + ".h5", "old")
                code, out, err = self.stop(["run", self.path("long.yaml"), "-o", self.path(name + ".h5")], 1.5, sends)
                self.assertEqual(code, 130, err)
                self.assertEqual(out, "")
                self.assertIn(f"{name}.incomplete.h5", err)
                self.assertEqual(self.read(name + ".h5"), b"old")
                info = json.loads(self.ends(call("info", self.path(name + ".incomplete.h5"), "--json"), 0).stdout)
                self.assertIs(info["complete"], False)
                leftovers = [file for file in os.listdir(self.folder.name) if "partial" in file]
                self.assertEqual(leftovers, [])

    def test_a_run_under_nohup_goes_on_when_the_terminal_is_closed(self):
        with subprocess.Popen([PROGRAM, "run", self.path("long.yaml"), "-o", self.path("R.h5")],
                              stderr=subprocess.PIPE, text=True,
                              preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
            try:
                self.assertIn("Simulating", process.stderr.readline())
                process.send_signal(signal.SIGHUP)
                time.sleep(1)
                self.assertIsNone(process.poll())
            finally:
                process.kill()

    def test_finished_replicates_of_a_stopped_run_are_those_of_a_whole_one(self):
        try:
            import h5py
        except ImportError:
            self.skipTest("h5py is not installed")
        code, _, err = self.stop(["run", self.path("long.yaml"), "-o", self.path("R.h5")], 1.5, signal.SIGINT)
        self.assertEqual(code, 130, err)
        with h5py.File(self.path("R.incomplete.h5")) as part:
            replicate = int(part["replicate"][0])
            values = part["value_added_mean"][0]
        self.ends(call("run", self.path("long.yaml"), "-o", self.path("W.h5"), "--quiet", "--replicates",
                       str(replicate + 1)), 0)
        with h5py.File(self.path("W.h5")) as whole:
            self.assertEqual(list(whole["value_added_mean"][replicate]), list(values))

    def test_a_stopped_comparison(self):
        code, out, err = self.stop(["compare", self.path("long.yaml"), self.path("long.yaml"), "-o",
                                    self.path("out")], 2, signal.SIGTERM)
        self.assertEqual(code, 130, err)
        self.assertEqual(out, "")
        self.assertEqual(sorted(os.listdir(self.path("out"))), ["long-2.incomplete.h5", "long.incomplete.h5"])
        kept = [len(json.loads(call("info", self.path("out", name), "--json").stdout)["replicates_written"])
                for name in os.listdir(self.path("out"))]
        self.assertGreater(kept[0], 0)
        self.assertEqual(kept[0], kept[1])

    # ---- checkpoint and trace

    def test_a_run_continued_from_a_checkpoint_equals_an_uninterrupted_one(self):
        reform, part = self.path("reform.yaml"), self.path("year1.checkpoint")
        self.ends(call("run", reform, "-o", self.path("whole.h5"), "--quiet"), 0)
        self.ends(call("run", reform, "-o", self.path("part.h5"), "--quiet", "--until", "1", "--checkpoint", part), 0)
        self.ends(call("run", reform, "-o", self.path("rest.h5"), "--quiet", "--from", part), 0)
        digests = [json.loads(call("info", self.path(name), "--json").stdout)["results_digest"]
                   for name in ("whole.h5", "part.h5", "rest.h5")]
        self.assertEqual(digests[0], digests[2])
        self.assertNotEqual(digests[0], digests[1])

    def test_a_checkpoint_of_another_system_is_refused(self):
        part = self.path("year1.checkpoint")
        self.ends(call("run", self.path("base.yaml"), "-o", self.path("part.h5"), "--quiet", "--until", "1",
                       "--checkpoint", part), 0)
        out = self.path("rest.h5")
        self.fails(call("run", self.path("base.yaml"), "-o", out, "--from", part, "--seed", "6"), "year1.checkpoint")
        self.fails(call("run", self.path("base.yaml"), "-o", out, "--from", part, "--replicates", "5"), "replicates")
        self.fails(call("run", self.path("base.yaml"), "-o", out, "--from", self.path("base.yaml")), "base.yaml")

    def test_clusters_are_settled_when_a_run_is_continued(self):
        part, reform = self.path("year1.checkpoint"), self.path("reform.yaml")
        self.ends(call("run", reform, "-o", self.path("part.h5"), "--quiet", "--until", "1", "--checkpoint", part), 0)
        self.fails(call("run", reform, "-o", self.path("R.h5"), "--from", part, "--set", "networks.cluster_size=9"),
                   "networks.cluster_size", "formed at year 0")
        self.ends(call("run", reform, "-o", self.path("R.h5"), "--quiet", "--from", part, "--set",
                       "networks.peer_review=0.5"), 0)

    def test_a_checkpoint_is_the_same_bytes_for_any_number_of_threads(self):
        for threads in ("1", "3"):
            self.ends(call("run", self.path("base.yaml"), "-o", self.path("R.h5"), "--quiet", "--threads", threads,
                           "--replicates", "9", "--until", "1", "--checkpoint", self.path(threads)), 0)
        self.assertEqual(self.read("1"), self.read("3"))

    def test_trace_diff(self):
        base, reform = self.path("base.yaml"), self.path("reform.yaml")
        for name, scenario, threads in (("one", base, "1"), ("two", base, "2"), ("other", reform, "1")):
            self.ends(call("run", scenario, "-o", self.path(name + ".h5"), "--quiet", "--threads", threads,
                           "--trace", self.path(name + "_trace.h5"), "--trace-replicates", "2"), 0)
        self.ends(call("trace-diff", self.path("one_trace.h5"), self.path("two_trace.h5")), 0)
        done = self.ends(call("trace-diff", self.path("one_trace.h5"), self.path("other_trace.h5"), "--json"), 1)
        self.assertIs(json.loads(done.stdout)["same"], False)
        # The options that it proposes are good ones.
        text = json.loads(done.stdout)["difference"]
        options = shlex.split(next(line for line in text.splitlines() if line.startswith("  --")))
        self.ends(call("run", base, "-o", self.path("closer.h5"), "--quiet", *options), 0)
        self.fails(call("trace-diff", self.path("one_trace.h5"), base), "base.yaml")

    # ---- compare

    def test_compare_prints_a_table_of_80_columns(self):
        done = self.ends(call("compare", self.path("base.yaml"), self.path("reform.yaml")), 0)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        for text in ("As it is", "A reform", "4 replicates", "baseline", "pupil SD", "one month"):
            self.assertIn(text, done.stdout)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["base.yaml", "long.yaml", "reform.yaml"])

    def test_compare_writes_its_folder(self):
        base, reform = self.path("base.yaml"), self.path("reform.yaml")
        done = self.ends(call("compare", base, reform, base, "-o", self.path("out"), "--json", "--quiet"), 0)
        self.assertEqual(done.stderr, "")
        self.assertEqual(sorted(os.listdir(self.path("out"))),
                         ["base-2.h5", "base.h5", "comparison.csv", "comparison.h5", "comparison.json", "reform.h5",
                          "report.html"])
        printed = json.loads(done.stdout)
        with open(self.path("out", "comparison.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file), printed)
        self.assertEqual([s["name"] for s in printed["scenarios"]], ["base", "reform", "base-2"])
        same = printed["scenarios"][2]["measures"]["value_added_mean"]["difference"]
        self.assertEqual(same, [0, 0, 0, 0])  # the same scenario under the same luck
        changed = printed["scenarios"][1]["measures"]["value_added_mean"]["difference"]
        self.assertNotEqual(changed[3], 0)
        self.assertEqual(changed[0], 0)  # a shared burn-in
        with open(self.path("out", "comparison.csv"), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        row = [r for r in rows if r["scenario"] == "reform" and r["measure"] == "value_added_mean" and r["year"] == "3"]
        self.assertEqual(float(row[0]["difference"]), changed[3])

    def test_the_difference_is_that_of_the_results_files(self):
        try:
            import h5py
        except ImportError:
            self.skipTest("h5py is not installed")
        done = self.ends(call("compare", self.path("base.yaml"), self.path("reform.yaml"), "-o", self.path("out"),
                              "--json", "--quiet"), 0)
        printed = json.loads(done.stdout)["scenarios"][1]["measures"]["teacher_turnover"]["difference"]
        with h5py.File(self.path("out", "base.h5")) as base, h5py.File(self.path("out", "reform.h5")) as reform:
            pairs = reform["teacher_turnover"][:, 3] - base["teacher_turnover"][:, 3]
        self.assertAlmostEqual(printed[3], sum(pairs) / 4, places=9)

    def test_another_baseline(self):
        base, reform = self.path("base.yaml"), self.path("reform.yaml")
        named = json.loads(self.ends(call("compare", base, reform, "--baseline", reform, "--json"), 0).stdout)
        self.assertEqual(named["baseline"], "reform")
        added = json.loads(self.ends(call("compare", reform, "--baseline", base, "--json"), 0).stdout)
        self.assertEqual([s["name"] for s in added["scenarios"]], ["base", "reform"])
        self.assertEqual(added["baseline"], "base")

    def test_scenarios_with_other_luck_are_not_compared(self):
        other = self.write("other.yaml", BASE.replace("seed: 5", "seed: 6"))
        lines = self.fails(call("compare", self.path("base.yaml"), other), "--seed")
        self.assertEqual(len(lines), 1)
        self.assertIn("other.yaml:", lines[0])
        self.ends(call("compare", self.path("base.yaml"), other, "--seed", "7"), 0)

    def test_differences_beside_policy_are_announced(self):
        other = self.write("other.yaml", BASE.replace("schools: 24", "schools: 25"))
        done = self.ends(call("compare", self.path("base.yaml"), other), 0)
        self.assertIn("population.schools", done.stdout)

    # ---- check, diff, explain, schema, info

    def test_check(self):
        done = self.ends(call("check", self.path("base.yaml"), self.path("reform.yaml")), 0)
        self.assertEqual(done.stderr, "")
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn(self.path("base.yaml") + ": ok (", done.stdout)

    def test_check_reports_all_files_in_one_pass(self):
        one = self.write("one.yaml", "reformsim: 1\nhorizon: {yeers: 3}\n")
        two = self.write("two.yaml", "reformsim: 1\nensemble: {replicates: 0}\n")
        self.write("list.csv", "id,d,pupils,poor\na,x,-5,0.5\n")
        three = self.write("three.yaml", "reformsim: 1\npopulation:\n  kind: list\n  file: list.csv\n  columns: "
                           "{school_id: id, district_id: d, enrolment: pupils, deprivation: poor}\n")
        done = call("check", one, self.path("base.yaml"), two, three)
        self.ends(done, 2)
        self.assertEqual(done.stdout.splitlines(),
                         [line for line in done.stdout.splitlines() if line.startswith(self.path("base.yaml"))])
        self.assertIn(one + ":2:11:", done.stderr)
        self.assertIn(two + ":2:", done.stderr)
        self.assertIn("list.csv:2:5:", done.stderr)
        document = json.loads(call("check", one, self.path("base.yaml"), "--json").stdout)
        self.assertEqual([entry["ok"] for entry in document], [False, True])
        self.assertEqual(document[0]["problems"][0]["line"], 2)

    def test_diff(self):
        done = self.ends(call("diff", self.path("base.yaml"), self.path("reform.yaml")), 0)
        self.assertIn("external_accountability.stakes", done.stdout)
        self.assertIn("capacity_building.coaching", done.stdout)
        self.assertNotIn("governance", done.stdout)
        self.assertTrue(json.loads(call("diff", self.path("base.yaml"), self.path("reform.yaml"), "--json").stdout))
        same = self.ends(call("diff", self.path("base.yaml"), self.path("base.yaml")), 0)
        self.assertIn("no difference", same.stdout)

    def test_explain(self):
        self.assertIn("peer review", self.ends(call("explain", "networks.peer_review"), 0).stdout)
        self.assertIn("What pupils owe to their school", self.ends(call("explain", "value_added_mean"), 0).stdout)
        self.fails(call("explain", "value_aded_mean"), "value_added_mean")
        self.assertIn("value_added_mean", self.ends(call("explain"), 0).stdout)
        document = json.loads(self.ends(call("explain", "networks.peer_review", "--json"), 0).stdout)
        self.assertEqual(document[0]["range"], [0, 1])
        self.assertIn("peer_review (M13)", document[0]["used_by"])

    def test_explain_mechanism(self):
        # A mechanism and a lever of one name: both are told, the mechanism with all it declares.
        done = self.ends(call("explain", "choice"), 0)
        for text in ("choice (mechanism M9)", "mechanisms.choice: on", "  owns      roll,", "  moves     cohort_pupils,",
                     "governance.choice (lever)", "used by   money (M24), choice (M9)"):
            self.assertIn(text, done.stdout)
        self.assertEqual(done.stdout, self.ends(call("explain", "M9"), 0).stdout.rstrip("\n") + "\n\n"
                         + self.ends(call("explain", "governance.choice"), 0).stdout)
        for line in self.ends(call("explain", "mechanisms.choice"), 0).stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        document = json.loads(self.ends(call("explain", "choice", "--json"), 0).stdout)
        self.assertEqual([entry["kind"] for entry in document], ["mechanism", "lever"])
        self.assertEqual(document[0]["code"], "M9")
        self.assertEqual(document[0]["switch"], "mechanisms.choice")
        self.assertIn("attainment", document[0]["moves"])
        # Two units share a code; an owner has no switch; both are reached by name.
        self.assertEqual(len(json.loads(call("explain", "M12", "--json").stdout)), 2)
        self.assertNotIn("switch", self.ends(call("explain", "teaching"), 0).stdout)
        self.fails(call("explain", "diffusoin"), "'diffusion'")

    def test_explain_column(self):
        done = self.ends(call("explain", "mastery"), 0)
        for text in ("float32 by practice", "owner     repertoire (owner)", "read by   prescription (M3)"):
            self.assertIn(text, done.stdout)
        self.assertIn("owner     climate (owner)", self.ends(call("explain", "energy"), 0).stdout)

    def test_explain_says_what_is_calibrated(self):
        document = json.loads(self.ends(call("explain", "parameters", "--json"), 0).stdout)
        parameters = [entry for entry in document if entry["kind"] == "parameter"]
        self.assertGreater(len(parameters), 50)
        self.assertLessEqual({entry["role"] for entry in parameters}, {"free", "constant"})
        for entry in parameters[::10]:
            page = call("explain", entry["name"]).stdout
            self.assertIn("role      free" if entry["role"] == "free" else "role      held constant", page)

    def test_schema(self):
        document = json.loads(self.ends(call("schema"), 0).stdout)
        self.assertIn("$schema", document)

    def test_info_of_what_is_no_results_file(self):
        self.assertEqual(len(self.fails(call("info", self.path("base.yaml")), "base.yaml")), 1)
        self.assertEqual(len(self.fails(call("info", self.path("absent.h5")), "absent.h5")), 1)


if __name__ == "__main__":
    unittest.main()
