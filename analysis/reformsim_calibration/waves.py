"""Waves: sweeps over points of the parameters, and the cheap statistics at each of them.

A wave's folder holds the plan, the points and what the sweep left, so that the same call goes on where it was stopped.
Replicate r has the same luck at every point (the sweep's common random numbers), in every wave.
"""
import os
import subprocess

import h5py
import numpy

from reformsim_patterns.files import PatternError
from reformsim_patterns.runs import dump

from .arms import LEVEL, SweptArm

SEED = 1  # of the luck


def _write(folder, name, text):
    """Only where it says something else, so that a sweep that is continued finds its plan as it was."""
    path = os.path.join(folder, name)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Wave:
    """`values` are points in the parameters' units (points, parameters); `schools` and `districts` the size of the
    world; `policies` those simulated, `measures` and `years` what is kept."""

    def __init__(self, folder, title, prior, values, replicates, policies, measures, years, world):
        self.folder, self.title, self.prior, self.values = os.path.abspath(folder), title, prior, values
        self.replicates, self.policies, self.years = replicates, policies, years
        self.measures = sorted({LEVEL, *measures})
        self.schools, self.districts = world

    def prepare(self):
        os.makedirs(self.folder, exist_ok=True)
        for name, policy in self.policies.items():
            _write(self.folder, name + ".yaml", dump(policy.text))
        _write(self.folder, "world.yaml", dump({
            "reformsim": 1, "population": {"schools": self.schools, "districts": self.districts},
            "horizon": {"years": max(self.years)}}))
        factors = ["parameters." + name for name in self.prior.names]
        rows = [",".join(factors)] + [",".join(f"{value:.6g}" for value in row) for row in self.values]
        _write(self.folder, "points.csv", "\n".join(rows) + "\n")
        _write(self.folder, "plan.yaml", dump({
            "reformsim_plan": 1, "title": self.title,
            "scenarios": {name: name + ".yaml" for name in self.policies}, "baseline": next(iter(self.policies)), "with": "world.yaml",
            "factors": {factor: {} for factor in factors}, "design": {"kind": "csv", "file": "points.csv"},
            "seed": SEED, "replicates": self.replicates, "measures": self.measures, "years": self.years}))

    def run(self, program, threads, say):
        """Runs what is missing. Runs that fail are left out later; 3 is the exit code of a sweep with such runs."""
        self.prepare()
        say(f"  {self.title}: {len(self.values)} points x {len(self.policies)} scenarios x {self.replicates}")
        done = subprocess.run([os.path.abspath(program), "sweep", os.path.join(self.folder, "plan.yaml"), "-o",
                               os.path.join(self.folder, "out"), "--quiet", "--threads", str(threads)],
                              capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise PatternError(f"the sweep ended with {done.returncode}: {done.stderr}")

    def statistics(self, lines):
        """(points, lines) values and the standard errors, over replicates, of how far each point is from the first
        (jackknife); NaN where a run failed. The first point has the default parameters, so with the same luck at every
        point most of the luck is in its own value, which is known better from elsewhere (rule.line_table)."""
        with h5py.File(os.path.join(self.folder, "out", "sweep.h5"), "r") as file:
            data = {name: file[name][...] for name in self.measures}
            order = [str(name) for name in file["scenario"].asstr()[...]]
            years = [int(round(year)) for year in file["year"][...]]

        def means(which):
            found = {}
            for name, values in data.items():
                mean = values[:, :, which].mean(axis=2)
                for s, policy in enumerate(order):
                    for y, year in enumerate(years):
                        found.setdefault(policy, {})[name, year] = mean[s, :, y]
            return found

        def evaluate(which):
            kept = means(which)
            open_arm = lambda policy, last, population: SweptArm(kept[policy.name], last, population, policy.reach)
            with numpy.errstate(all="ignore"):
                return numpy.column_stack([line.value(open_arm) for line in lines])

        every = list(range(self.replicates))
        values = evaluate(every)
        if self.replicates == 1:
            return values, numpy.full(values.shape, numpy.nan)
        without = numpy.array([evaluate([r for r in every if r != out]) for out in every])
        without = without - without[:, :1]
        spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0) * (self.replicates - 1) / self.replicates
        return values, numpy.sqrt(spread)
