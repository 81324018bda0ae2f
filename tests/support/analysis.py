"""For tests of what is in analysis/: where things are, and its packages made known. The first argument of the script is
the path of reformsim."""
import os
import sys

from command_line import PROGRAM  # noqa: F401

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCENARIOS = os.path.join(ROOT, "scenarios")
sys.path.insert(0, os.path.join(ROOT, "analysis"))
