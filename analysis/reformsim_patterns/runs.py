"""The runs that patterns need: each recipe is run once and kept, whoever asks for it.

A recipe is everything that decides what happens in a run: the scenario and the levers laid over it, the population,
the parameters, the number of replicates, the program and the scenario files it may read. How many years a run goes on
and what is recorded decide nothing before that, so a longer run with more columns also serves who asks for less. Arms
of one nation are run by `compare`, which gives them one burn-in and common random numbers.
"""
import hashlib
import json
import os
import shutil
import subprocess

import yaml

from .files import PatternError, arm_levers, load_yaml

FAST = {"population": {"schools": 300, "districts": 12}, "replicates": 5}
AT_ONCE = 8  # arms in one call of `compare`: they are in memory together


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which a reader need not know."""

    def ignore_aliases(self, data):
        return True


def dump(content):
    return yaml.dump(content, Dumper=_Plain, sort_keys=False, width=110)


def _hash(*parts):
    state = hashlib.sha256()
    for part in parts:
        state.update(part if isinstance(part, bytes) else str(part).encode())
        state.update(b"\0")
    return state.hexdigest()[:20]


def _bytes(path):
    with open(path, "rb") as file:
        return file.read()


class Recipe:
    """One run. Two arms with the same `digest` are the same run, but for its length and what it records."""

    def __init__(self, settings, text, parameters, ensemble, digest):
        self.settings, self.text, self.parameters = settings, text, parameters
        self.ensemble, self.replicates, self.digest = ensemble, ensemble["replicates"], digest
        self.years, self.measures = 0, set()

    def also(self, years, measures):
        self.years = max(self.years, years)
        self.measures |= set(measures)

    def scenario(self):
        """The scenario file in full."""
        return dump({**self.text, **self.settings, "horizon": {"years": self.years},
                     "ensemble": self.ensemble,
                     "record": {"schools": "all", "districts": True, "clusters": True, "replicates": self.replicates,
                                "school_measures": sorted(self.measures)} if self.measures else {"replicates": 0}})


class Runs:
    """Recipes wanted, and the folder that keeps their results (`folder`/<digest>.h5). With a `seed` schools and luck are
    drawn by that, instead of by the program's own."""

    def __init__(self, program, scenarios, folder, parameters=None, replicates=30, threads=2, say=print, seed=None):
        self.seed = {} if seed is None else {"seed": seed}
        self.program, self.scenarios, self.folder = os.path.abspath(program), scenarios, os.path.abspath(folder)
        self.parameters, self.replicates, self.threads, self.say = parameters, replicates, threads, say
        self.recipes, self.made, self.found = {}, 0, 0
        os.makedirs(self.folder, exist_ok=True)
        library = []  # what arms may be made of; not what asks for them, nor the tables beside it
        for place, _, names in sorted(os.walk(scenarios)):
            if os.path.basename(place) not in ("patterns", "regularities"):
                library += [os.path.join(place, name) for name in sorted(names) if name.endswith((".yaml", ".csv"))]
        self.library = _hash(*[_bytes(path) for path in library], _bytes(self.program))
        if parameters and os.sep not in parameters and not os.path.exists(parameters):
            path = os.path.join(scenarios, "parameters", parameters + ".yaml")
            if not os.path.exists(path):
                raise PatternError(f"no set of parameters {parameters}")
            self.parameters = path
        if self.parameters and "sets" in (load_yaml(self.parameters).get("parameters") or {}):
            raise PatternError(f"{self.parameters} names many sets; a pattern is judged under one")

    def want(self, pattern, name, fast=False):
        """The recipe of an arm, to be run with the others by `make`."""
        arm = pattern.arms[name]
        here = lambda path: os.path.normpath(os.path.join(pattern.folder, path))
        extends = [here(arm.get("scenario", "../governance/status_quo.yaml"))]
        if pattern.nation:
            extends.append(here(pattern.nation))
        population = {**pattern.population, **arm.get("population", {})}
        replicates, years = pattern.replicates or self.replicates, pattern.years
        if fast:
            small = {**FAST, **pattern.fast}
            population = {**population, **small["population"]}
            replicates, years = small["replicates"], small.get("years", years)
        for path in extends:
            if not os.path.exists(path):
                raise PatternError(f"{pattern.name}: arm {name}: no file {path}")
        population = {**population, **self.seed}
        settings = {"population": population} if population else {}
        text = {"reformsim": 1, "title": f"{pattern.name} {name}", "extends": extends}
        levers = arm_levers(arm, pattern.folder)
        if levers:
            text["levers"] = {path: entries if len(entries) > 1 else entries[0] for path, entries in levers.items()}
        parameters = self._variant(here(arm["parameters"])) if "parameters" in arm else self.parameters
        told = {key: value for key, value in text.items() if key not in ("title", "extends")}
        named = [os.path.relpath(path, self.scenarios) for path in extends]
        digest = _hash(json.dumps([told, settings], sort_keys=True), *named, self.library,
                       _bytes(parameters) if parameters else b"", replicates, *self.seed.values())
        ensemble = {"replicates": replicates, **self.seed}
        recipe = self.recipes.setdefault(digest, Recipe(settings, text, parameters, ensemble, digest))
        recipe.also(years, pattern.record)
        return recipe

    def _variant(self, path):
        """A file of parameters laid over those of all other arms."""
        if not self.parameters:
            return path
        laid = {}
        for file in (self.parameters, path):
            for section, values in (load_yaml(file).get("parameters") or {}).items():
                laid[section] = {**laid.get(section, {}), **values}
        text = dump({"reformsim": 1, "parameters": laid})
        made = os.path.join(self.folder, _hash(text) + ".parameters.yaml")
        with open(made, "w", encoding="utf-8") as file:
            file.write(text)
        return made

    def path(self, recipe):
        return os.path.join(self.folder, recipe.digest + ".h5")

    def _kept(self, recipe):
        note = os.path.join(self.folder, recipe.digest + ".json")
        if not (os.path.exists(note) and os.path.exists(self.path(recipe))):
            return False
        with open(note, encoding="utf-8") as file:
            kept = json.load(file)
        # What was recorded for an earlier question is asked for again, so that nothing is run back and forth.
        recipe_years, recipe_measures = recipe.years, set(recipe.measures)
        recipe.also(kept["years"], kept["measures"])
        return kept["years"] >= recipe_years and recipe_measures <= set(kept["measures"])

    def make(self):
        """Runs what is wanted and not kept."""
        groups = {}
        for recipe in self.recipes.values():
            if self._kept(recipe):
                self.found += 1
            else:
                key = (json.dumps([recipe.settings, recipe.text["extends"][1:]], sort_keys=True), recipe.parameters,
                       recipe.years, recipe.replicates)
                groups.setdefault(key, []).append(recipe)
        for group in groups.values():
            measures = set().union(*[recipe.measures for recipe in group])
            for recipe in group:
                recipe.measures = measures
            for start in range(0, len(group), AT_ONCE):
                self._run(group[start:start + AT_ONCE])

    def _run(self, group):
        place = os.path.join(self.folder, "at_work")
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        files = []
        for recipe in group:
            files.append(os.path.join(place, recipe.digest + ".yaml"))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(recipe.scenario())
        options = ["--quiet", "--threads", str(self.threads)]
        if group[0].parameters:
            options += ["--parameters", group[0].parameters]
        output = os.path.join(place, "out")
        if len(group) == 1:
            os.makedirs(output)
            command = ["run", *files, "-o", os.path.join(output, group[0].digest + ".h5")]
        else:
            command = ["compare", *files, "-o", output]
        self.say(f"  {len(group)} run(s) of {group[0].years} years, {group[0].replicates} times: "
                 + ", ".join(recipe.text["title"] for recipe in group))
        done = subprocess.run([self.program, *command, *options], capture_output=True, text=True)
        if done.returncode != 0:
            raise PatternError(f"{' '.join([self.program, *command])}\nended with {done.returncode}:\n{done.stderr}")
        for recipe, source in zip(group, files):
            os.replace(os.path.join(output, recipe.digest + ".h5"), self.path(recipe))
            os.replace(source, os.path.join(self.folder, recipe.digest + ".yaml"))
            with open(os.path.join(self.folder, recipe.digest + ".json"), "w", encoding="utf-8") as file:
                json.dump({"years": recipe.years, "measures": sorted(recipe.measures)}, file)
            self.made += 1
        shutil.rmtree(place)
