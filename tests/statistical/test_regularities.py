"""The regularities of scenarios/regularities in their fast form: few replicates of smaller systems. Fails when a verdict
is another than in the column `fast` of the table that is kept, not when a row is missed. Where a change of the model is
meant to change verdicts: python3 analysis/regularities.py --update. Argument: the path of reformsim."""
import os
import sys
import tempfile
import unittest

import numpy

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from analysis import PROGRAM, ROOT, SCENARIOS  # noqa: E402
from reformsim_patterns import page  # noqa: E402
from reformsim_patterns.files import load_yaml  # noqa: E402
from reformsim_patterns.runs import Runs  # noqa: E402
from reformsim_regularities import estimators, files, frames, suite, table  # noqa: E402

FOLDER = os.path.join(SCENARIOS, "regularities")


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.systems = files.read_systems(FOLDER)
        cls.kept = table.read(FOLDER)
        name = cls.kept["parameters"].iloc[0]
        with tempfile.TemporaryDirectory() as folder:
            runs = Runs(PROGRAM, SCENARIOS, folder, None if name == "default" else name, say=lambda words: None)
            cls.rows = suite.rows_of(cls.systems, runs, name, fast=True)

    def test_verdicts_are_those_of_the_table(self):
        kept = dict(zip(self.kept["id"], self.kept["fast"]))
        self.assertEqual([row["id"] for row in self.rows], list(kept), "another list of regularities")
        other = [f"{row['id']} {row['says']}: {row['simulated']:.4g}, measured {row['measured']:.4g}: "
                 f"{row['verdict']}, kept is {kept[row['id']]}" for row in self.rows if row["verdict"] != kept[row["id"]]]
        self.assertFalse(other, "\n  " + "\n  ".join(other))

    def test_the_page_shows_the_table(self):
        titles = {system.name: system.title for system in self.systems}
        with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
            self.assertIn(page.block("regularities", table.summary(self.kept, titles)), file.read())


class Trace(unittest.TestCase):
    def test_what_is_said_of_the_hindcast_is_what_the_table_has(self):
        kept = table.read(FOLDER)
        kept = kept[kept["scored"].astype(str) == "True"].set_index("id")
        row = {name.split()[1]: line for name, line in kept.iterrows() if name.startswith("hindcast ")}
        measured, simulated = (lambda name, kind=kind: float(row[name][kind]) for kind in ("measured", "simulated"))
        of = kept[kept["given"].astype(str) == "False"]["verdict"].tolist()
        with open(os.path.join(ROOT, "sim", "model", "TRACE.md"), encoding="utf-8") as file:
            text = " ".join(file.read().split())
        for said in (f"{simulated('a'):.1f} points where {measured('a'):.1f} were published (a;",
                     f"poor schools gained {measured('p'):.1f} points more than rich ones",
                     f"gained {measured('s1'):.0f} points, in the model {simulated('s1'):.1f} (s1)",
                     f"Of the {len(of)} scored rows of that page for which no population was drawn, over all systems, "
                     f"{of.count('agrees')} agree, {of.count('near')} are near and {of.count('misses')} are missed."):
            self.assertIn(said, text)
        self.assertEqual({row[name]["verdict"] for name in ("m", "z2")}, {"agrees"})
        self.assertEqual({row[name]["verdict"] for name in ("a", "d", "h", "p", "q", "r", "s1")}, {"misses"})
        self.assertLess(abs(simulated("p")), 2)  # "the same"
        self.assertLess(abs(simulated("r") / measured("r") - 2), 0.3)  # "twice the size"


class Measured(unittest.TestCase):
    def test_what_is_said_of_california_is_what_its_list_gives(self):
        found = suite.of_lists(files.read_systems(FOLDER))
        self.assertGreater(len(found), 50)
        for name, row, value in found:
            with self.subTest(name):  # files give three digits
                digit = 10 ** (numpy.floor(numpy.log10(abs(row["measured"]))) - 2)
                self.assertLess(abs(value - row["measured"]), 0.51 * digit)

    def test_the_law_asks_of_each_school_what_was_asked(self):
        """Targets by bands of 50 points are within 1.3 points of the published ones."""
        schools = frames.read_list(os.path.join(SCENARIOS, "populations", "california_schools.csv"))
        tested = (schools["tested"] / schools["enrolment"]).median()
        pupils = schools["enrolment"].fillna((schools["tested"] / tested).round())
        centre = ((pupils * schools["api1999"]).groupby(schools["phase"]).sum() / pupils.groupby(schools["phase"]).sum())
        score = (schools["api1999"] - schools["phase"].map(centre)) / 239
        law = load_yaml(os.path.join(SCENARIOS, "hindcast", "california_1999.yaml"))
        asked, times = numpy.full(len(schools), numpy.nan), numpy.zeros(len(schools), int)
        for entry in law["levers"]["external_accountability"]["target"]:
            where = entry["scope"]["where"]
            here = ((schools["phase"] == frames.PHASES[where["phase"]]) & (score >= where["score"].get("min", -9))
                    & (score < where["score"].get("max", 9)))
            asked[here] = 239 * entry["value"]
            times += here
        self.assertTrue((times == 1).all())
        wanted = schools["growth_target"].fillna(0)
        self.assertLess(numpy.abs(asked - wanted).max(), 1.8)  # whole points are published
        self.assertLess(numpy.abs(asked - wanted).mean(), 0.8)


class Estimators(unittest.TestCase):
    def setUp(self):
        self.draw = numpy.random.default_rng(7)

    def test_shares_of_variance_are_found(self):
        group = numpy.repeat(numpy.arange(400), self.draw.integers(2, 30, 400))
        x = self.draw.normal(size=len(group)) + self.draw.normal(size=400)[group]
        y = 3 * x + self.draw.normal(size=400)[group] + 2 * self.draw.normal(size=len(group))
        self.assertAlmostEqual(estimators.variance_share(y, group, [x]), 0.2, delta=0.03)
        self.assertLess(estimators.variance_share(self.draw.normal(size=len(group)), group), 0.01)
        self.assertAlmostEqual(estimators.regression_slope(y, x, group=group), 3, delta=0.1)

    def test_noise_of_size_is_found(self):
        pupils = self.draw.integers(100, 900, 60000).astype(float)
        change = self.draw.normal(size=60000) * numpy.sqrt(300 + 90000 / pupils)
        a, b = estimators.noise_of_size(change, pupils)
        self.assertAlmostEqual(a, 300, delta=30)
        self.assertAlmostEqual(b, 90000, delta=9000)

    def test_dissimilarity_by_hand(self):
        poor, pupils = numpy.array([1.0, 0.0, 0.0, 0.5]), numpy.array([10.0, 10.0, 20.0, 9.0])
        group = numpy.array([1, 1, 1, 2])
        self.assertAlmostEqual(estimators.dissimilarity(poor, pupils, group, 3), 1.0)

    def test_verdicts(self):
        self.assertEqual(table.verdict(1.0, 0.05, numpy.array([1.08, 1.09, 1.10])), "agrees")
        self.assertEqual(table.verdict(1.0, 0.01, numpy.array([1.20, 1.21, 1.22])), "near")
        self.assertEqual(table.verdict(1.0, 0.01, numpy.array([1.30, 1.31, 1.32])), "misses")
        self.assertEqual(table.verdict(0.0, 0.06, numpy.array([0.1, 0.2, 0.3])), "agrees")


if __name__ == "__main__":
    unittest.main()
