"""Exercise files as far as runs need them. What they may say, and whether they are right, is the program's business
(`reformsim workshop`); their format: scenarios/workshops/README.md."""
import glob
import os

import yaml

QUANTITY = ("scenario", "against", "measure", "less", "over", "year", "since")


class Asked:
    """A number that is wanted of the runs, and between what it has to lie: `name` is the id of an effect, or
    "prediction.2" for the second answer of the prediction, or "prediction" for a number guessed on a slider."""

    def __init__(self, name, quantity, above=None, below=None):
        self.name, self.above, self.below = name, above, below
        self.quantity = {key: quantity.get(key) for key in QUANTITY}

    def years(self):
        return {self.quantity[key] for key in ("year", "since") if self.quantity[key] is not None}

    def measures(self):
        return {self.quantity[key] for key in ("measure", "less", "over") if self.quantity[key]}


class Exercise:
    """One file. `arms` are scenarios as written; `shown` are the numbers that people see: (scenario, measure, year)."""

    def __init__(self, path):
        self.path, self.folder = path, os.path.dirname(os.path.abspath(path))
        self.name = os.path.basename(path)[:-len(".yaml")]
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
        self.title, self.setup = content["title"], content["setup"]
        self.arms, self.baseline = content["scenarios"], content["baseline"]
        prediction = content["prediction"]
        self.asked = [Asked(effect["id"], effect, effect.get("above"), effect.get("below"))
                      for effect in content["effects"]]
        if "slider" in prediction:
            self.asked.append(Asked("prediction", prediction["about"]))
        for number, option in enumerate(prediction.get("options", []), 1):
            self.asked.append(Asked(f"prediction.{number}", prediction["about"], option.get("above"),
                                    option.get("below")))
        self.shown = []
        for step in content["reveal"]:
            if step["chart"] == "map":
                continue
            for scenario in _list(step["scenarios"]):
                for measure in _list(step["measures"]):
                    self._show(scenario, measure, step["year"])
        chain = content["chain"]
        for link in chain["links"]:
            for scenario in (chain["against"], chain["scenario"]):
                self._show(scenario, link["measure"], chain["year"])

    def _show(self, *what):
        if what not in self.shown:
            self.shown.append(what)

    def years(self):
        return sorted({year for one in self.asked for year in one.years()} | {year for _, _, year in self.shown})

    def measures(self):
        return sorted({name for one in self.asked for name in one.measures()} | {name for _, name, _ in self.shown})


def _list(value):
    return value if isinstance(value, list) else [value]


def read_exercises(folder, only=None):
    """The exercises of a folder by name; `only` names those wanted."""
    found = [Exercise(path) for path in sorted(glob.glob(os.path.join(folder, "*.yaml")))]
    if only:
        missing = set(only) - {exercise.name for exercise in found}
        if missing:
            raise SystemExit(f"workshops: no such exercise: {', '.join(sorted(missing))}")
        found = [exercise for exercise in found if exercise.name in only]
    return found
