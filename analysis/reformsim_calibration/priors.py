"""The prior: every free parameter is uniform over its range, each independent of the others.

Points are rows of the unit cube, columns in the order of `names`; `values` gives them in the parameters' own units.
Ranges come from the program (`reformsim explain parameters --json`), so that they are the model's and not a copy.
"""
import json
import subprocess

import numpy
import pandas
from scipy.stats import qmc


class Prior:
    """`names` are paths as under `parameters:`; `low`, `high` and `default` have one entry per name."""

    def __init__(self, rows):
        rows = [row for row in rows if row.get("role") == "free"]
        self.names = [row["name"].removeprefix("parameters.") for row in rows]
        self.low = numpy.array([row["range"][0] for row in rows], float)
        self.high = numpy.array([row["range"][1] for row in rows], float)
        self.default = numpy.array([row["default"] for row in rows], float)

    @classmethod
    def of(cls, program):
        said = subprocess.run([program, "explain", "parameters", "--json"], capture_output=True, text=True, check=True)
        return cls(json.loads(said.stdout))

    def __len__(self):
        return len(self.names)

    def values(self, unit):
        """Points of the unit cube (n, parameters) in the parameters' units, rounded to five digits, so that a table
        of them says exactly what was run."""
        table = self.low + numpy.asarray(unit) * (self.high - self.low)
        rounded = numpy.array([[float(f"{value:.5g}") for value in row] for row in table])
        return numpy.clip(rounded, self.low, self.high)

    def unit(self, values):
        return (numpy.asarray(values, float) - self.low) / (self.high - self.low)

    def frame(self, values):
        return pandas.DataFrame(values, columns=self.names)

    def latin_hypercube(self, points, seed):
        return qmc.LatinHypercube(len(self), seed=seed).random(points)

    def random(self, points, seed):
        return numpy.random.default_rng(seed).random((points, len(self)))
