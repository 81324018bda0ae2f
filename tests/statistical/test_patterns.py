"""The patterns of scenarios/patterns in their fast form: a few replicates of small nations. Fails when a verdict is
another than in the column `fast` of the table that is kept, not when a pattern is unmet. Where a change of the model is
meant to change verdicts: python3 analysis/patterns.py --update. Argument: the path of reformsim."""
import os
import sys
import tempfile
import unittest

import pandas

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from analysis import PROGRAM, SCENARIOS  # noqa: E402
from reformsim_patterns import committed, files, page, suite, tournament  # noqa: E402
from reformsim_patterns.runs import Runs  # noqa: E402

PATTERNS = os.path.join(SCENARIOS, "patterns")


class Patterns(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.patterns = files.read_patterns(PATTERNS)
        cls.kept = committed.read(PATTERNS).set_index("id")
        with tempfile.TemporaryDirectory() as folder:
            cls.runs = Runs(PROGRAM, SCENARIOS, folder, committed.PARAMETERS, say=lambda words: None)
            cls.rows = suite.rows_of(cls.patterns, cls.runs, fast=True)
            again = Runs(PROGRAM, SCENARIOS, folder, committed.PARAMETERS, say=lambda words: None)
            cls.again = suite.rows_of(cls.patterns, again, fast=True)
            cls.made_again = again.made

    def test_verdicts_are_those_of_the_table(self):
        found = {row["id"]: row["verdict"] for row in self.rows}
        kept = {name: verdict for name, verdict in self.kept["fast"].items() if verdict}
        self.assertEqual(set(found), set(kept), "another list of sub-statistics")
        other = [f"{row['id']} {row['says']}: {row['value']:.4g}, asked for {row['bracket']}: {row['verdict']}, "
                 f"kept is {kept[row['id']]}" for row in self.rows if row["verdict"] != kept[row["id"]]]
        self.assertFalse(other, "\n  " + "\n  ".join(other))

    def test_twenty_patterns_and_seven_controls_have_their_lines(self):
        names = [f"P{k}" for k in range(1, 21)] + [f"N{k}" for k in range(1, 8)]
        self.assertEqual([pattern.name for pattern in self.patterns], names)
        self.assertEqual(list(dict.fromkeys(self.kept["pattern"])), names)
        self.assertEqual(len(self.kept), sum(len(pattern.lines) for pattern in self.patterns))

    def test_the_page_shows_the_table(self):
        titles = {pattern.name: pattern.title for pattern in self.patterns}
        with open(os.path.join(PATTERNS, "README.md"), encoding="utf-8") as file:
            self.assertIn(page.block("patterns", committed.summary(PATTERNS, committed.read(PATTERNS), titles)), file.read())

    def test_what_was_run_is_not_run_again(self):
        self.assertGreater(self.runs.made, 40)
        self.assertEqual(self.made_again, 0)
        self.assertEqual([str(row["value"]) for row in self.rows], [str(row["value"]) for row in self.again])


class Tournament(unittest.TestCase):
    """What is stored was found over the sets that are there now. Else: python3 analysis/patterns.py --tournament."""

    def test_it_was_held_over_the_sets_of_now_and_as_often_as_it_says(self):
        found = pandas.read_csv(os.path.join(PATTERNS, tournament.STORED), dtype={"sets": str}, keep_default_na=False)
        self.assertEqual(len(found), len(tournament.BELIEFS) * len(tournament.FIELDS) * len(tournament.ARMS))
        of = {"prior": "", "survivors": tournament.digest(os.path.join(SCENARIOS, tournament.SURVIVORS))}
        self.assertEqual(set(zip(found["belief"], found["sets"])), set(of.items()))
        self.assertTrue((found["draws"] <= tournament.DRAWS).all())
        self.assertTrue((found["draws"] >= 0.95 * tournament.DRAWS).all())  # a draw may fail


if __name__ == "__main__":
    unittest.main()
