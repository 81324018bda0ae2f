"""What the README shows is true: its scenario is the one that ships, and its commands and its Python run.

Usage: test_readme.py PATH_TO_REFORMSIM
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
TOP = pathlib.Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def run(*arguments, cwd=TOP):
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True)


class Readme(unittest.TestCase):
    def test_scenario_is_the_one_that_ships(self):
        (shown,) = blocks("yaml")
        self.assertEqual(shown, (TOP / "scenarios/coaching.yaml").read_text())

    def test_scenario_runs_and_does_something(self):
        with tempfile.TemporaryDirectory() as folder:
            small = ["--replicates", "2", "--quiet", "--set", "population.schools=40", "--set",
                     "population.districts=3", "--json"]
            done = run(PROGRAM, "compare", "scenarios/governance/status_quo.yaml",
                       "scenarios/coaching.yaml", "-o", folder, "--set", "horizon.years=10", *small)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((pathlib.Path(folder) / "coaching.h5").exists())

    def test_commands_and_python(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "scenarios").symlink_to(TOP / "scenarios")
            (here / "build/release").mkdir(parents=True)
            (here / "build/release/reformsim").symlink_to(PROGRAM)
            g = "scenarios/governance"
            small = ["--replicates", "3", "--quiet", "--set", "population.schools=40",
                     "--set", "population.districts=3", "--set", "horizon.years=2"]
            done = run(PROGRAM, "compare", f"{g}/status_quo.yaml", f"{g}/networked.yaml",
                       "-o", "build/demo", *small, cwd=here)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [line.split(" #")[0].strip() for block in blocks("sh")
                     for line in block.splitlines()]
            commands = [line for line in lines if line.startswith("build/release/reformsim")]
            self.assertGreaterEqual(len(commands), 5)
            for command in commands:
                words = shlex.split(command)
                if words[1] == "serve":  # runs until it is stopped; its tests are in tests/faults
                    self.assertEqual(len(words), 2)
                    continue
                extra = small if words[1] == "run" else []
                done = run(*words, *extra, cwd=here)
                self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")
            (code,) = blocks("python")
            script = "import matplotlib\nmatplotlib.use('Agg')\n" + code
            done = run("/usr/bin/python3", "-W", "error::UserWarning", "-c", script, cwd=here)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((here / "networked.png").exists())

    def test_files_it_points_to_exist(self):
        for target in re.findall(r"\]\(([^)#]+)\)", README):
            self.assertTrue((TOP / target).exists(), target)


unittest.main(verbosity=1)
