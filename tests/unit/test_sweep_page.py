"""The page of experiments: its plan is the one that ships, its commands run, and what it shows is what they print.

Numbers with a decimal point are not compared: times are the machine's, and results follow the model. Argument: the path
of reformsim.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import PROGRAM  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(TOP, "scenarios", "sweeps", "README.md"), encoding="utf-8") as page:
    PAGE = page.read()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.S)


def shown_after(command):
    """The commands of the block that has this one, and what the page shows below it."""
    at = next(i for i, (kind, text) in enumerate(BLOCKS) if kind == "sh" and command in text)
    return BLOCKS[at][1].splitlines(), BLOCKS[at + 1][1]


def comparable(text):
    """Words and whole numbers; lines may be filled in another way where numbers are longer."""
    return re.sub(r"\d+\.\d+( s\b)?|about \d+ s\b|\d+( [kM]B)|\b\d+%", "#", " ".join(text.split()))


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.here = folder.name
        for name in ("scenarios", "analysis"):
            os.symlink(os.path.join(TOP, name), os.path.join(self.here, name))
        os.makedirs(os.path.join(self.here, "build", "release"))
        os.symlink(PROGRAM, os.path.join(self.here, "build", "release", "reformsim"))

    def run_line(self, line):
        done = subprocess.run(shlex.split(line), cwd=self.here, capture_output=True, text=True, timeout=250)
        self.assertEqual(done.returncode, 0, f"{line}\n{done.stderr}")
        return done.stdout

    def test_plan_is_the_one_that_ships(self):
        shown = next(text for kind, text in BLOCKS if kind == "yaml")
        with open(os.path.join(TOP, "scenarios", "sweeps", "first.yaml"), encoding="utf-8") as file:
            shipped = re.sub(r"description: >\n(  .*\n)+", "", file.read())
        self.assertEqual(shown, shipped)

    def test_from_a_plan_to_a_figure(self):
        (dry,), shown = shown_after("--dry-run")
        self.assertEqual(comparable(self.run_line(dry)), comparable(shown))
        lines, shown = shown_after("-o build/first\n")
        for line in lines:
            printed = self.run_line(line)
        self.assertEqual(comparable(printed), comparable(shown))
        self.assertTrue(os.path.exists(os.path.join(self.here, "build", "first", "report", "lines_networked.png")))

    def test_sobol(self):
        """That sweep takes minutes: its plan is looked at, and what the page says of its size."""
        (sweep, report), shown = shown_after("build/sobol\n")
        printed = self.run_line(sweep.replace("-o build/sobol", "--dry-run"))
        points, scenarios, replicates, runs = re.search(r"([\d,]+) points x (\d) scenarios x (\d) replicates = ([\d,]+) runs",
                                                        printed).groups()
        self.assertIn(f"{points} points, {runs} runs", PAGE)
        self.assertIn(f"saltelli design, {points.replace(',', '')} points, 8 factors, {replicates} replicates, "
                      f"{scenarios} scenarios. 0 of {runs.replace(',', '')} runs failed.", " ".join(shown.split()))
        names = re.findall(r"^  parameters\.(\S+):", printed, re.M)
        self.assertEqual(sorted(re.findall(r"\)  +(\S+\.\S+)$", shown, re.M)), sorted(names))
        self.assertIn("analysis/sweep_report.py", report)


if __name__ == "__main__":
    unittest.main()
