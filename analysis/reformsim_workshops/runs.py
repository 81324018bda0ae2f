"""Runs of an exercise: one sweep for each belief, kept in a folder under what decides about it."""
import hashlib
import os
import subprocess

import yaml

from reformsim_analysis import open_sweep
from reformsim_patterns.runs import dump

BELIEFS = ("default", "sceptical", "optimistic")


def count_sets(path):
    """Rows of the table of sets that a parameter file names; 0 for a file that names values."""
    with open(path, encoding="utf-8") as file:
        parameters = (yaml.safe_load(file) or {}).get("parameters") or {}
    if "sets" not in parameters:
        return 0
    with open(os.path.join(os.path.dirname(path), parameters["sets"]), encoding="utf-8") as file:
        return sum(1 for line in file if line.strip()) - 1


class Runs:
    """Sweeps by `program`, kept in `folder`; `threads` at once."""

    def __init__(self, program, scenarios, folder, threads=2, say=print):
        self.program, self.scenarios = os.path.abspath(program), scenarios
        self.folder, self.threads, self.say = os.path.abspath(folder), threads, say
        with open(self.program, "rb") as file:
            self.made_by = hashlib.sha256(file.read()).hexdigest()

    def parameters(self, name):
        """The file of a set of parameters: a path, or a name of scenarios/parameters."""
        return name if os.path.exists(name) else os.path.join(self.scenarios, "parameters", name + ".yaml")

    def policy_digest(self, exercise):
        """What the policies, schools and years of an exercise come to, as the program has read them."""
        return subprocess.run([self.program, "workshop", exercise.path, "--digest"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def sweep(self, exercise, recipe, parameters, replicates):
        """The sweep of all scenarios of an exercise; `recipe` is its digest."""
        path = self.parameters(parameters)
        files = {"plan.yaml": dump({"reformsim_plan": 1, "title": exercise.title,
                                    "scenarios": {name: name + ".yaml" for name in exercise.arms},
                                    "baseline": exercise.baseline, "with": "setup.yaml", "parameters": path,
                                    "replicates": replicates, "measures": exercise.measures(),
                                    "years": exercise.years()}),
                 "setup.yaml": dump({"reformsim": 1, "horizon": {"years": exercise.setup["years"]},
                                     "population": {key: exercise.setup[key] for key in ("schools", "districts")}})}
        for name, arm in exercise.arms.items():
            bases = arm.get("extends", [])
            bases = [os.path.join(exercise.folder, base) for base in (bases if isinstance(bases, list) else [bases])]
            files[name + ".yaml"] = dump({"reformsim": 1, **arm, "extends": bases})
        made_of = [self.made_by, recipe, *files.values(), *_texts_of(path)]
        key = hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:16]
        folder = os.path.join(self.folder, f"{exercise.name}-{key}")
        result = os.path.join(folder, "out", "sweep.h5")
        if not os.path.exists(result):
            os.makedirs(folder, exist_ok=True)
            for name, text in files.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(text)
            self.say(f"{exercise.name}: {os.path.basename(parameters)}, {replicates} replicates")
            subprocess.run([self.program, "sweep", os.path.join(folder, "plan.yaml"), "-o", os.path.join(folder, "out"),
                            "--threads", str(self.threads), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        return open_sweep(result)


def _texts_of(parameters):
    """A file of parameters, and the table of sets beside it."""
    texts = []
    for name in (parameters, parameters[:-len("yaml")] + "csv"):
        if os.path.exists(name):
            with open(name, encoding="utf-8") as file:
                texts.append(file.read())
    return texts
