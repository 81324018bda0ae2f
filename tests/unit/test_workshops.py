"""The guided exercises: files in order, mistakes found where they are, and nothing said of robustness that the tables
beside them do not say. Argument: the path of reformsim."""
import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import PROGRAM, call  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(TOP, "scenarios", "workshops")
FILES = sorted(glob.glob(os.path.join(FOLDER, "*.yaml")))
NAMES = {"rising_target", "tablets", "fifth_initiative", "freed_schools", "imposed_network", "cosy_network",
         "isolated_clusters", "impatient_minister"}


def text_of(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


class Shipped(unittest.TestCase):
    def test_the_eight_are_there_and_agree_with_their_tables(self):
        self.assertEqual({os.path.basename(path)[:-5] for path in FILES}, NAMES)
        done = call("workshop", *FILES)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), len(NAMES))

    def test_tables_hold_the_statements_of_now_and_no_others(self):
        with open(os.path.join(FOLDER, "robustness.csv"), newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        tried = {(row["exercise"], row["id"]) for row in rows if not row["id"].startswith("prediction")}
        done = call("workshop", *FILES, "--json")
        exercises = json.loads(done.stdout)
        self.assertEqual(tried, {(e["name"], effect["id"]) for e in exercises for effect in e["effects"]})
        for row in rows:
            self.assertLessEqual(int(row["holds"]), int(row["sets"]))
            self.assertLessEqual(float(row["low"]), float(row["high"]))
        # Every number on a facilitator's page stands in the other table.
        for exercise in exercises:
            page = self.page(exercise["name"])
            self.assertNotIn("not tried", page)

    def test_tables_are_over_the_sets_that_are_there(self):
        with open(os.path.join(TOP, "scenarios", "parameters", "calibrated.csv"), newline="", encoding="utf-8") as file:
            sets = len(list(csv.DictReader(file)))
        for name in ("robustness.csv", "numbers.csv"):
            with open(os.path.join(FOLDER, name), newline="", encoding="utf-8") as file:
                told = {row["sets"] for row in csv.DictReader(file) if row["parameters"] == "calibrated"}
            self.assertEqual(told, {str(sets)}, name)

    def page(self, name):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.html")
            done = call("workshop", os.path.join(FOLDER, name + ".yaml"), "-o", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                return file.read()

    def test_answers_of_a_prediction_share_out_all_sets(self):
        with open(os.path.join(FOLDER, "robustness.csv"), newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["id"].startswith("prediction.")]
        for key in {(row["exercise"], row["parameters"]) for row in rows}:
            answers = [row for row in rows if (row["exercise"], row["parameters"]) == key]
            self.assertEqual(sum(int(row["holds"]) for row in answers), int(answers[0]["sets"]), key)

    def test_page_is_one_file_with_a_policy_of_its_own(self):
        page = self.page("tablets")
        self.assertIn("default-src 'none'", page)
        self.assertNotIn("unsafe-inline", page)
        self.assertEqual(re.findall(r"<(?:script|img|link|iframe)", page), [])
        for heading in ("Before people come in", "predict", "Reveal", "the chain", "Debrief", "Evidence",
                        "When it would not happen", "What the model cannot say"):
            self.assertIn(heading, page)

    def test_readme_lists_them(self):
        readme = text_of("README.md")
        for name in NAMES:
            title = re.search(r"^title: (.*)$", text_of(name + ".yaml"), re.MULTILINE).group(1)
            driver = re.search(r"^driver: (.*)$", text_of(name + ".yaml"), re.MULTILINE).group(1)
            minutes = re.search(r"^minutes: (.*)$", text_of(name + ".yaml"), re.MULTILINE).group(1)
            self.assertIn(f"| [`{name}`]({name}.yaml): {title} | {driver} | {minutes} |", readme)

    def test_quotations_are_short(self):
        for path in FILES:
            for quoted in re.findall(r'\\"([^"\\]*)\\"', text_of(path)):
                self.assertLessEqual(len(quoted.split()), 8, quoted)


class Command(unittest.TestCase):
    def test_tables_are_for_all_exercises_over_all_calibrated_sets(self):
        for other in (["--only", "tablets"], ["--most", "3"], ["--parameters", "default"]):
            done = subprocess.run(["/usr/bin/python3", "-B", os.path.join(TOP, "analysis", "workshops.py"), "--update",
                                   *other, "--program", PROGRAM], capture_output=True, text=True)
            if "No module named" in done.stderr:
                self.skipTest(done.stderr.splitlines()[-1])
            self.assertEqual(done.returncode, 2, other)
            self.assertIn("--update is for all exercises, over all sets of calibrated", done.stderr)


class Mistakes(unittest.TestCase):
    """Each takes a good file, spoils it, and looks for the line where the spoiling is."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        shutil.copytree(os.path.join(TOP, "scenarios"), os.path.join(folder.name, "scenarios"))
        self.folder = os.path.join(folder.name, "scenarios", "workshops")
        self.path = os.path.join(self.folder, "tablets.yaml")

    def spoil(self, *changes):
        """Line numbers (from 1) of what was changed, and the lines of stderr."""
        with open(self.path, encoding="utf-8") as file:
            text = file.read()
        places = []
        for old, new in changes:
            self.assertEqual(text.count(old), 1, old)
            places.append(text[:text.index(old)].count("\n") + 1 + old.rstrip("\n").count("\n"))
            text = text.replace(old, new)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        done = call("workshop", self.path)
        self.assertEqual(done.returncode, 2, done.stdout)
        return places, done.stderr.splitlines()

    def one(self, old, new, *words):
        (line,), said = self.spoil((old, new))
        here = [text for text in said if text.startswith(f"{self.path}:{line}:")]
        self.assertTrue(here, said)
        for word in words:
            self.assertTrue(any(word in text for text in here), (word, said))

    def test_a_key_that_is_not_known(self):
        self.one("audience:", "audiense:", "did you mean 'audience'?")

    def test_a_measure_that_is_not_known(self):
        self.one("measures: [true_attainment_mean]", "measures: [true_attainment_maen]", "'true_attainment_mean'?")

    def test_a_scenario_that_is_not_there(self):
        self.one("baseline: status_quo\n", "baseline: status_qou\n", "'status_quo'?")

    def test_a_lever_that_is_not_known_inside_a_scenario(self):
        self.one("      technology.investment: {value: 1, from: 6, ramp: 2}",
                 "      technology.invesment: {value: 1, from: 6, ramp: 2}", "investment")

    def test_a_value_out_of_range_inside_a_scenario(self):
        self.one("      technology.investment: {value: 1, ramp: 2}", "      technology.investment: {value: 7, ramp: 2}",
                 "0 to 1")

    def test_what_does_not_belong_into_a_scenario(self):
        self.one("    description: A device for every tenth pupil.", "    population: {schools: 5}", "population",
                 "does not belong")

    def test_a_year_beyond_the_end(self):
        self.one("measure: technology_use, year: 2, above", "measure: technology_use, year: 13, above", "0 to 12")

    def test_answers_with_a_gap(self):
        self.one("above: 0.02, below: 0.08}", "above: 0.03, below: 0.08}", "begin above where the one before ends")

    def test_an_effect_that_nothing_can_refute(self):
        self.one("year: 2, above: 0.3, robustness", "year: 2, robustness", "what would be wrong")

    def test_an_exception_without_its_effect(self):
        self.one("effect: strong_ahead}", "effect: strong_ahed}", "'strong_ahead'?")

    def test_all_mistakes_at_once(self):
        places, said = self.spoil(("minutes: 35", "minutes: soon"), ("effect: strong_ahead}", "effect: strong_ahed}"),
                                  ("technology.investment: {value: 1, from: 6, ramp: 2}",
                                   "technology.invesment: {value: 1, from: 6, ramp: 2}"))
        for line in places:
            self.assertTrue(any(text.startswith(f"{self.path}:{line}:") for text in said), (line, said))

    def test_another_version(self):
        self.one("reformsim_exercise: 1", "reformsim_exercise: 2", "expected 1")

    def test_robustness_that_the_table_does_not_show(self):
        self.one("measure: technology_use, year: 2, above: 0.3, robustness: firm",
                 "measure: technology_use, year: 2, above: 0.3, robustness: seldom", "which is `firm`")

    def test_a_statement_that_was_not_tried(self):
        self.one("measure: technology_use, year: 2, above: 0.3,", "measure: technology_use, year: 2, above: 0.2,",
                 "another statement")

    def test_scenarios_that_were_not_tried(self):
        _, said = self.spoil(("      technology.investment: {value: 1, ramp: 2}",
                              "      technology.investment: {value: 0.9, ramp: 2}"))
        self.assertTrue(all("other scenarios" in text for text in said), said)
        # One for each effect and no more.
        self.assertEqual(len(said), text_of("tablets.yaml").count("robustness:"))


class Numbers(unittest.TestCase):
    """What is made of a sweep, on numbers with an answer on paper."""

    def setUp(self):
        sys.path.insert(0, os.path.join(TOP, "analysis"))
        try:
            import numpy
            import xarray
            from reformsim_workshops import robustness
        except ImportError as missing:
            self.skipTest(f"{missing} (packages of analysis/README.md)")
        self.robustness = robustness
        # Two sets with two lucks each: value = 100 x scenario + 10 x set + luck + year.
        value = numpy.array([[[[100.0 * s + 10 * (r // 2) + r % 2 + y for y in (4, 12)] for r in range(4)]]
                             for s in range(2)])
        dims = ("scenario", "point", "replicate", "year")
        self.sweep = xarray.Dataset({"a": (dims, value), "b": (dims, 3 * value)},
                                    {"scenario": ["base", "reform"], "year": [4.0, 12.0]})

    def quantity(self, **said):
        asked = dict.fromkeys(("scenario", "against", "measure", "less", "over", "year", "since"))
        return list(self.robustness.quantity(self.sweep, {**asked, "measure": "a", "year": 12, **said}, 2, 2))

    def test_quantities(self):
        self.assertEqual(self.quantity(scenario="base"), [12.5, 22.5])
        self.assertEqual(self.quantity(scenario="reform", against="base"), [100, 100])
        self.assertEqual(self.quantity(scenario="reform", since=4), [8, 8])
        self.assertEqual(self.quantity(scenario="reform", against="base", since=4), [0, 0])
        self.assertEqual(self.quantity(scenario="base", measure="b", less="a"), [25, 45])
        self.assertEqual(self.quantity(scenario="reform", against="base", over="b"), [1 / 3, 1 / 3])

    def test_bounds_and_what_is_not_defined(self):
        nan = float("nan")
        self.assertEqual(list(self.robustness.holds([0, 1, 2, nan], 0, 1)), [False, True, False, False])
        self.assertEqual(list(self.robustness.holds([-1, nan], None, 0)), [True, False])
        self.assertEqual(self.robustness.summary([1, nan, 3])[0], 2)


if __name__ == "__main__":
    unittest.main()
