"""For tests that look at the program from outside. The first argument of the script is the path of reformsim."""
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build/release/reformsim"

BASE = """reformsim: 1
title: As it is
population: {schools: 24, districts: 3}
horizon: {years: 3, burn_in_years: 1}
ensemble: {replicates: 4, seed: 5}
"""
REFORM = """reformsim: 1
extends: base.yaml
title: A reform
levers:
  external_accountability.stakes: 0.9
  capacity_building.coaching: {value: 0.5, from: 0}
"""
# Long enough that a signal comes in the middle of it, after the first of its replicates: the test stops it
# when that is due. Never run to its end.
LONG = """reformsim: 1
title: Long
population: {schools: 300, districts: 6}
horizon: {years: 10, burn_in_years: 2}
ensemble: {replicates: 5000}
"""


def call(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120, **options)


class CommandLineTest(unittest.TestCase):
    """A folder of its own with three small scenarios, and what a call has to end with."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for name, text in (("base.yaml", BASE), ("reform.yaml", REFORM), ("long.yaml", LONG)):
            self.write(name, text)

    def path(self, *names):
        return os.path.join(self.folder.name, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def ends(self, done, code):
        self.assertEqual(done.returncode, code, f"stdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def fails(self, done, *texts, code=2):
        """One line per problem on stderr, nothing on stdout."""
        self.ends(done, code)
        self.assertEqual(done.stdout, "")
        for text in texts:
            self.assertIn(text, done.stderr)
        self.assertNotIn("terminate", done.stderr)
        return done.stderr.splitlines()
