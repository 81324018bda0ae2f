"""A sweep gives the same file but for /clock, whoever makes its runs, when, in which order, and however often it is
stopped. Argument: the path of reformsim; reformsim-mpi is looked for beside it."""
import json
import os
import shutil
import signal
import sys
import unittest

import h5py
import numpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import call  # noqa: E402
from sweeps import (MPI_PROGRAM, MPIRUN, SweepTest, all_records, contents, records, why_no_mpi,  # noqa: E402
                    without_clock)

PRECISION = [("replicates: 2", "replicates: {batch: 2, most: 9, until: {measure: true_attainment_mean, year: 1, "
                               "half_width: WIDTH}}")]


class Identity(SweepTest):
    def setUp(self):
        super().setUp()
        self.sweep("one", "--threads", "1", "--quiet")

    def shards(self, folder, count, order, *options, plan="plan.yaml"):
        for index in order:
            self.sweep(folder, "--shard", f"{index}/{count}", "--quiet", *options, plan=plan)
        self.assertFalse(os.path.exists(self.path(folder, "sweep.h5")))
        self.ends(call("merge", self.path(folder), "--quiet"), 0)

    def test_comparison_sees_a_difference(self):
        shutil.copytree(self.path("one"), self.path("other"))
        self.same("one", "other")
        for change in ("value", "attribute", "status"):
            with self.subTest(change):
                shutil.copy(self.path("one", "sweep.h5"), self.path("other", "sweep.h5"))
                with h5py.File(self.path("other", "sweep.h5"), "r+") as file:
                    if change == "value":
                        file["teacher_turnover"][1, 2, 1, 0] = numpy.nextafter(file["teacher_turnover"][1, 2, 1, 0], 1e9)
                    elif change == "attribute":
                        file["teacher_turnover"].attrs["units"] = "x"
                    else:
                        file["status"][0, 0] = 2
                with self.assertRaises(AssertionError):
                    self.same("one", "other", raw=False)

    def test_threads(self):
        for threads in ("2", "5"):
            self.sweep("threads" + threads, "--threads", threads, "--quiet")
            self.same("one", "threads" + threads)

    def test_twice_is_once(self):
        before = self.read("one/sweep.h5")
        done = self.sweep("one", "--threads", "2")
        self.assertIn("15 units (30 runs) are done, 0 of them now", done.stdout)
        self.assertEqual(self.read("one/sweep.h5"), before)

    def test_shards(self):
        self.shards("three", 3, (1, 2, 3))
        self.same("one", "three")
        self.shards("turned", 3, (2, 3, 1), "--threads", "2")
        self.same("one", "turned")
        self.shards("many", 20, range(20, 0, -1))  # more shards than units
        self.same("one", "many")
        # Some by shards, the rest by a whole sweep, and by other shards.
        for index in (1, 4):
            self.sweep("mixed", "--shard", f"{index}/4", "--quiet")
        self.sweep("mixed", "--shard", "2/3", "--quiet")
        self.sweep("mixed", "--quiet")
        self.same("one", "mixed")
        self.each_once("mixed", 15)
        # Folders of several machines.
        for index in (1, 2):
            self.sweep(f"machine{index}", "--shard", f"{index}/2", "--quiet")
        self.ends(call("merge", self.path("machine2"), self.path("machine1"), self.path("machine2"), "-o",
                       self.path("both.h5"), "--quiet"), 0)
        self.same("one", "both.h5")

    def test_shards_side_by_side(self):
        running = [self.begun("beside", "--shard", f"{index}/5", "--threads", "1") for index in range(1, 6)]
        for process in running:
            out, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, out + error)
        self.each_once("beside", 15)
        self.ends(call("merge", self.path("beside")), 0)
        self.same("one", "beside")

    def test_signals(self):
        self.plan("long.yaml", 8, 30)
        self.sweep("whole", "--quiet", plan="long.yaml")
        for index, name in enumerate(("SIGTERM", "SIGUSR1", "SIGINT", "SIGHUP")):
            with self.subTest(name):
                stops, kept = 0, {}
                while stops < 3:
                    process = self.begun(name, "--threads", str(1 + index % 2), plan="long.yaml")
                    self.wait_for_records(name, len(kept) + 15, process)
                    process.send_signal(getattr(signal, name))
                    out, error = process.communicate(timeout=30)
                    self.assertEqual(process.returncode, 130, out + error)
                    self.assertEqual(out, "")
                    self.assertRegex(error, r"Stopped: \d+ of 240 units are finished and kept. The same command goes "
                                            r"on from there\n$")
                    now = all_records(self.path(name))
                    self.assertEqual({unit: now.get(unit) for unit in kept}, kept)
                    self.assertIn(f"Stopped: {len(now)} of 240", error)
                    self.assertFalse(os.path.exists(self.path(name, "sweep.h5")))
                    kept, stops = now, stops + 1
                done = self.sweep(name, plan="long.yaml")
                self.assertIn(f"240 units (480 runs) are done, {240 - len(kept)} of them now", done.stdout)
                self.each_once(name, 240)
                self.same("whole", name)

    def test_more_points_and_replicates(self):
        self.plan("large.yaml", 9, 5)
        self.sweep("large", "--quiet", plan="large.yaml")
        for name, steps in (("points first", [(9, 3), (9, 5)]), ("replicates first", [(5, 4), (9, 5)]),
                            ("both", [(9, 5)])):
            shutil.copytree(self.path("one"), self.path(name))
            for points, replicates in steps:
                self.plan("step.yaml", points, replicates)
                self.sweep(name, "--quiet", "--threads", "2", plan="step.yaml")
            self.same("large", name)
            self.each_once(name, 45)
        # By the command line, by shards, and for the other designs that can grow.
        self.sweep("grown", "--quiet", "--replicates", "1", plan="large.yaml")
        for index in (2, 1):
            self.sweep("grown", "--quiet", "--shard", f"{index}/2", plan="large.yaml")
        self.ends(call("merge", self.path("grown"), "--quiet"), 0)
        self.same("large", "grown")
        for design, few, many in (("random", "points: 3", "points: 6"), ("saltelli", "points: 1", "points: 2"),
                                  ("morris", "trajectories: 1", "trajectories: 2")):
            with self.subTest(design):
                written = "design: {kind: sobol, points: 5, seed: 2}"
                for name, size in (("few.yaml", few), ("many.yaml", many)):
                    self.plan(name, change=[(written, f"design: {{kind: {design}, {size}}}")])
                self.sweep(design, "--quiet", plan="few.yaml")
                self.sweep(design, "--quiet", plan="many.yaml")
                self.sweep(design + "2", "--quiet", plan="many.yaml")
                self.same(design, design + "2")

    def test_tables_of_points(self):
        """A design from a file, in one process and by shards."""
        self.write("points.csv", "capacity_building.coaching,remark,population.districts,networks.participation\n"
                                 "0.1,a,1,none\n0.30000000000000004,b,2,mandated\n1e-3,c,3,voluntary\n")
        self.plan("csv.yaml", change=[("{kind: sobol, points: 5, seed: 2}", "{kind: csv, file: points.csv}")])
        self.sweep("csv", "--quiet", plan="csv.yaml")
        self.shards("csv shards", 2, (1, 2), plan="csv.yaml")
        self.same("csv", "csv shards")
        with h5py.File(self.path("csv", "sweep.h5"), "r") as file:
            self.assertEqual(file["design_value"][1].tolist(), [0.30000000000000004, 2, 2])

    def test_ranks(self):
        if why_no_mpi():
            print("not tested: " + why_no_mpi())
            return
        for count in (1, 2, 4):
            with self.subTest(ranks=count):
                done = self.ranks(count, f"ranks{count}")
                self.assertIn("15 units (30 runs) are done, 15 of them now", done.stdout)
                self.same("one", f"ranks{count}")
                self.each_once(f"ranks{count}", 15)
        # Begun by two ranks, ended by four, by one process, and by shards.
        self.plan("few.yaml", 5, 1)
        for name, go_on in (("r4", lambda: self.ranks(4, "r4")), ("r0", lambda: self.sweep("r0")),
                            ("rs", lambda: self.shards("rs", 2, (1, 2)))):
            self.ranks(2, name, plan="few.yaml")
            if name == "rs":
                os.remove(self.path(name, "sweep.h5"))
            go_on()
            self.same("one", name)
            self.each_once(name, 15)

    def test_ranks_stopped_by_a_signal(self):
        if why_no_mpi():
            print("not tested: " + why_no_mpi())
            return
        # Long enough that a busy machine does not come to the end before it hears the signal.
        self.plan("long.yaml", 8, 60)
        larger = ("--set", "population.schools=400")
        self.sweep("whole", "--quiet", *larger, plan="long.yaml")
        there = 0
        for number in (signal.SIGTERM, signal.SIGUSR1):
            process = self.begun("stopped", *larger, plan="long.yaml", program=(*MPIRUN, "-n", "2", MPI_PROGRAM))
            self.wait_for_records("stopped", there + 10, process, "rank-00001.journal")
            process.send_signal(number)
            out, error = process.communicate(timeout=60)
            self.assertNotEqual(process.returncode, 0, out + error)
            there = len(records(self.path("stopped", "rank-00001.journal")))
            self.assertLess(len(all_records(self.path("stopped"))), 480)
        self.ranks(2, "stopped", *larger, plan="long.yaml")
        self.same("whole", "stopped")
        self.each_once("stopped", 480)

    def test_sets_of_parameters(self):
        """Replicates simulate sets in turn: the same file whoever computes it, each run made again, and no run of
        another set taken for one of these."""
        sets = "set,teaching.effort,learning.retention\na,0.05,0.6\nb,0.3,0.5\nc,0.6,0.4\n"
        self.write("sets.csv", sets)
        self.write("beliefs.yaml", "parameters: {sets: sets.csv}\n")
        change = [("baseline: base\n", "baseline: base\nparameters: beliefs.yaml\n"), ("replicates: 4", "replicates: 4")]
        self.plan("sets.yaml", 3, 4, change=change)
        self.sweep("s1", "--threads", "1", "--quiet", plan="sets.yaml")
        self.sweep("s3", "--threads", "3", "--quiet", plan="sets.yaml")
        self.same("s1", "s3")
        self.shards("sharded", 3, (3, 1, 2), plan="sets.yaml")
        self.same("s1", "sharded")
        with h5py.File(self.path("s1", "sweep.h5")) as file:
            values = file["true_attainment_mean"][()]
        # Each replicate is what a scenario with the values of its set is; two of them share a set.
        for replicate, effort, retention in ((1, 0.05, 0.6), (2, 0.3, 0.5)):
            self.plan("one.yaml", 3, 4)
            self.sweep(f"one{replicate}", "--quiet", "--set", f"parameters.teaching.effort={effort}", "--set",
                       f"parameters.learning.retention={retention}", plan="one.yaml")
            with h5py.File(self.path(f"one{replicate}", "sweep.h5")) as file:
                numpy.testing.assert_array_equal(file["true_attainment_mean"][()][:, :, replicate],
                                                 values[:, :, replicate])
        # A factor that names a parameter wins over the sets.
        fixed = [*change, ("  population.districts: [1, 3]", "  population.districts: [1, 3]\n"
                           "  parameters.teaching.effort: [0.11]\n  parameters.learning.retention: [0.55]")]
        self.plan("fixed.yaml", 3, 4, change=fixed)
        self.plan("plain.yaml", 3, 4, change=fixed[2:])
        for name in ("fixed", "plain"):
            self.sweep(name, "--quiet", plan=name + ".yaml")
        with h5py.File(self.path("fixed", "sweep.h5")) as a, h5py.File(self.path("plain", "sweep.h5")) as b:
            numpy.testing.assert_array_equal(a["true_attainment_mean"][()], b["true_attainment_mean"][()])
        self.ends(call("verify", self.path("s1", "sweep.h5"), "--quiet"), 0)
        self.ends(call("replay", self.path("s1", "sweep.h5"), "--point", "1", "--replicate", "3", "--scenario", "reform"), 0)
        # Other sets under the same name are another experiment.
        self.write("sets.csv", sets.replace("0.3", "0.31"))
        self.fails(call("replay", self.path("s1", "sweep.h5"), "--point", "1"), "sweep.h5")
        self.fails(call("sweep", self.path("sets.yaml"), "-o", self.path("s1"), "--quiet"), "another experiment", code=1)

    def test_precision(self):
        """The same replicates, whoever decides that they are enough."""
        precise = [(old, new.replace("WIDTH", "0.0092")) for old, new in PRECISION]
        self.plan("precise.yaml", 6, 2, change=precise)
        self.sweep("p1", "--threads", "1", "--quiet", plan="precise.yaml")
        with h5py.File(self.path("p1", "sweep.h5"), "r") as file:
            status = file["status"][()]
            values = file["true_attainment_mean"][:, :, :, 0]
        counts = (status == 1).sum(axis=1)
        # Some points end earlier than others, in whole batches, and what was not asked for is missing.
        self.assertGreater(len(set(counts.tolist())), 1, counts)
        self.assertTrue(set(counts.tolist()) <= {2, 4, 6, 8, 9}, counts)
        self.assertTrue((numpy.isnan(values[0]) == (status == 0)).all())
        quantile = {2: 12.7062047, 4: 3.18244631, 6: 2.57058184, 8: 2.36462425, 9: 2.30600414}
        for point, count in enumerate(counts):
            for tried in (2, 4, 6, 8):
                difference = (values[1] - values[0])[point, :tried]
                width = quantile[tried] * difference.std(ddof=1) / tried ** 0.5
                if tried < count:
                    self.assertGreater(width, 0.0092)
                elif tried == count:
                    self.assertLessEqual(width, 0.0092)
        self.sweep("p2", "--threads", "2", "--quiet", plan="precise.yaml")
        self.same("p1", "p2")
        self.shards("p3", 4, (3, 1, 4, 2), plan="precise.yaml")
        self.same("p1", "p3")
        if why_no_mpi():
            print("not tested with ranks: " + why_no_mpi())
        else:
            self.ranks(2, "pr2", plan="precise.yaml")
            self.same("p1", "pr2")
            self.ranks(3, "pr3", plan="precise.yaml")
            self.same("p1", "pr3")
        # Fewer at most, then more.
        for most in ("1", "3", "4", "9"):
            self.sweep("p4", "--quiet", "--replicates", most, plan="precise.yaml")
        self.same("p1", "p4")
        # Stopped and gone on with.
        self.plan("wide.yaml", 40, 2, change=precise)
        self.sweep("w1", "--quiet", plan="wide.yaml")
        process = self.begun("w2", "--threads", "2", plan="wide.yaml")
        self.wait_for_records("w2", 60, process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.sweep("w2", "--quiet", plan="wide.yaml")
        self.same("w1", "w2")

    def test_luck(self):
        """With common random numbers a point's values are those of `run` with the same sets; without, each point has
        its own luck, of which nothing else depends."""
        with h5py.File(self.path("one", "sweep.h5"), "r") as file:
            values = {name: file[name][()] for name in ("true_attainment_mean", "disadvantage_gap", "teacher_turnover")}
            points, names = file["design_value"][()], file["design_names"].asstr()[()]
            seed = file.attrs["seed"]
            self.assertEqual(file.attrs["common_random_numbers"], 1)
        participation = names[2].split(",")
        for point in (0, 3, 4):
            for s, scenario in enumerate(("tiny.yaml", "tiny_reform.yaml")):
                sets = [f"population.districts={int(points[point, 1])}"]
                if scenario == "tiny_reform.yaml":
                    # The ramp stays as the scenario has it.
                    sets += [f"levers.capacity_building.coaching={{value: {points[point, 0]!r}, from: 0, ramp: 1}}",
                             f"levers.networks.participation={participation[int(points[point, 2])]}"]
                options = [part for one in sets for part in ("--set", one)]
                self.ends(call("run", self.path(scenario), "-o", self.path("run.h5"), *options), 0)
                with h5py.File(self.path("run.h5"), "r") as run:
                    self.assertEqual(run.attrs["seed"], seed)
                    at = [list(run["year"][()]).index(year) for year in (1, 2)]
                    for name in values:
                        direct = run["system/" + name][()] if "system/" + name in run else run[name][()]
                        self.assertEqual(values[name][s, point].tobytes(), direct[:3, at].tobytes(), (name, point, s))
        self.plan("own.yaml", more="common_random_numbers: off\n")
        self.sweep("own", "--threads", "1", "--quiet", plan="own.yaml")
        self.sweep("own2", "--threads", "2", "--quiet", plan="own.yaml")
        self.same("own", "own2")
        with h5py.File(self.path("own", "sweep.h5"), "r") as file:
            self.assertEqual(file.attrs["common_random_numbers"], 0)
            own = file["true_attainment_mean"][()]
        self.assertTrue((own != values["true_attainment_mean"]).all())
        # Points whose factors do not reach the baseline and are alike: one luck gives one value, two give two.
        alike = [p for p in range(5) if points[p, 1] == points[0, 1]]
        self.assertGreater(len(alike), 1)
        common = values["true_attainment_mean"][0, alike, :, -1]
        self.assertTrue((common == common[0]).all())
        self.assertEqual(len(set(own[0, alike, 0, -1].tolist())), len(alike))
        self.assertEqual(call("verify", self.path("own", "sweep.h5")).returncode, 0)

    def test_records_are_the_same_but_for_the_seconds(self):
        self.sweep("again", "--threads", "2", "--quiet")
        first, second = (all_records(self.path(name)) for name in ("one", "again"))
        self.assertEqual({unit: [without_clock(r) for r in those] for unit, those in first.items()},
                         {unit: [without_clock(r) for r in those] for unit, those in second.items()})

    def test_from_another_folder(self):
        """Relative names, other working folders, and a list of schools beside the scenario."""
        self.write("schools.csv", "id,name,district,pupils,kind,poor\n" + "".join(
            f"S{i},School {i},D{i % 3},{200 + 10 * i},primary,0.{i + 1}\n" for i in range(9)))
        os.mkdir(self.path("elsewhere"))
        shutil.copy(self.path("schools.csv"), self.path("elsewhere"))
        listed = ("reformsim: 1\npopulation: {kind: list, file: schools.csv, columns: {school_id: id, school_name: name, "
                  "district_id: district, enrolment: pupils, phase: kind, deprivation: poor}, "
                  "phases: {primary: [primary]}}\n"
                  "horizon: {years: 2, burn_in_years: 1}\nensemble: {replicates: 2}\n")
        self.write("listed.yaml", listed)
        self.write("elsewhere/other.yaml", listed + "levers: {capacity_building.coaching: 1}\n")
        self.write("lists.yaml", "reformsim_plan: 1\nscenarios: {a: listed.yaml, b: elsewhere/other.yaml}\n"
                                 "factors: {external_accountability.stakes: [0, 1]}\n")
        os.rename(self.path("schools.csv"), self.path("elsewhere", "first.csv"))
        self.write("listed.yaml", listed.replace("schools.csv", "elsewhere/first.csv"))
        self.sweep("lists", "--quiet", plan="lists.yaml")
        here = {"cwd": self.path()}
        self.ends(call("sweep", "lists.yaml", "-o", "relative", "--quiet", **here), 0)
        self.same("lists", "relative")
        for where in (self.path("elsewhere"), "/"):
            there = {"cwd": where}
            self.assertIn(" 0 of them now", self.ends(
                call("sweep", self.path("lists.yaml"), "-o", self.path("relative"), **there), 0).stdout)
            self.ends(call("merge", self.path("relative"), "--quiet", **there), 0)
            self.same("lists", "relative")
            self.ends(call("verify", self.path("relative", "sweep.h5"), "--quiet", **there), 0)
            self.ends(call("replay", self.path("relative", "sweep.h5"), "--point", "1", "--quiet", **there), 0)

    def test_file_is_as_described(self):
        found = contents(self.path("one", "sweep.h5"))
        for name in ("true_attainment_mean", "design_value", "design_unit", "design_names", "design_distribution",
                     "status", "scenario_text", "scenario", "point", "replicate", "year", "factor"):
            self.assertIn(name, found)
        with h5py.File(self.path("one", "sweep.h5"), "r") as file:
            self.assertEqual(file["true_attainment_mean"].shape, (2, 5, 3, 2))
            self.assertEqual(file["clock/wall_s"].shape, (5, 3))
            self.assertTrue((file["clock/wall_s"][()] > 0).all())
            self.assertEqual((file.attrs["runs"], file.attrs["failed"]), (30, 0))
            self.assertEqual(file["scenario"].asstr()[()].tolist(), ["base", "reform"])
            # The plan in the file is a plan.
            self.write("again.yaml", file.attrs["plan"])
        self.sweep("again", "--quiet", plan="again.yaml")
        self.same("one", "again")
        self.assertTrue(json.dumps(sorted(found)))


if __name__ == "__main__":
    unittest.main()
