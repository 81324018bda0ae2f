"""Whether the model still shows what the guided exercises rely on: every statement again, in a small system under the
program's own parameters, against what robustness.csv holds for them. Argument: the path of reformsim.

A statement that the table finds near its bound (within four times its spread over luck) may fall on either side in a small system, and is left out.
"""
import os
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build/release/reformsim"
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "analysis"))
try:
    from reformsim_workshops import exercises, robustness, table
    from reformsim_workshops.runs import Runs
except ImportError as missing:
    print(f"skipped: {missing} (packages of analysis/README.md)")
    sys.exit(0)

WORKSHOPS = os.path.join(TOP, "scenarios", "workshops")
SMALL, REPLICATES = {"schools": 250, "districts": 10}, 4


class Shown(unittest.TestCase):
    def test_statements_hold_as_the_table_says(self):
        rows = {(row["exercise"], row["id"]): row for row in table.read(WORKSHOPS, table.ROBUSTNESS)
                if row["parameters"] == "default"}
        self.assertGreater(len(rows), 60)
        wrong, looked = [], 0
        with tempfile.TemporaryDirectory() as folder:
            runs = Runs(PROGRAM, os.path.join(TOP, "scenarios"), folder, say=lambda words: None)
            for exercise in exercises.read_exercises(WORKSHOPS):
                exercise.setup = {**exercise.setup, **SMALL}
                sweep = runs.sweep(exercise, "small", "default", REPLICATES)
                for asked in exercise.asked:
                    row = rows[exercise.name, asked.name]
                    bounds = [bound for bound in (asked.above, asked.below) if bound is not None]
                    median = float(row["median"] or "nan")
                    spread = float(row["high"] or "nan") - float(row["low"] or "nan")
                    if asked.quantity["over"] or not bounds or not min(abs(median - b) for b in bounds) > 4 * spread:
                        continue
                    looked += 1
                    value = robustness.quantity(sweep, asked.quantity, 1, REPLICATES)
                    if bool(robustness.holds(value, asked.above, asked.below)[0]) != (row["holds"] == "1"):
                        wrong.append(f"{exercise.name}: {asked.name}: {value[0]:.4f}, and the table has {median:.4f}")
        self.assertGreater(looked, 40)
        self.assertFalse(wrong, "\n  " + "\n  ".join(wrong))


if __name__ == "__main__":
    unittest.main()
