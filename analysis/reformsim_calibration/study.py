"""The calibration from its first wave to the surviving sets. Every step keeps what it found in scenarios/parameters and
finds it there the next time; sweeps that were stopped go on from build/calibration.
"""
import json
import os
import shutil
import subprocess
import sys

import numpy
import pandas

from reformsim_patterns.files import PatternError, load_yaml

from . import cheap
from .brackets import Bracket
from .emulator import Emulator
from .matching import ExpectedShare, Matcher
from .priors import Prior
from .rule import Rule, anchored, line_table
from .waves import Wave

DIGITS = "%.4g"


class Study:
    def __init__(self, program, scenarios, build, threads, say):
        self.program, self.threads, self.say = program, threads, say
        self.home, self.build = os.path.join(scenarios, "parameters"), build
        self.kept = os.path.join(self.home, "waves")
        self.plan = load_yaml(os.path.join(self.kept, "plan.yaml"))
        self.prior = Prior.of(program)
        self.patterns = os.path.join(scenarios, "patterns")
        self.world = tuple(self.plan["world"][key] for key in ("schools", "districts"))
        self.lines, self.policies, self.measures, self.years = cheap.collect(self.patterns, self.world[0])
        self.alone = [line for line in self.lines if all(p.name in (cheap.BASE, cheap.DRIFTING) for p in line.policies.values())]
        self.large = tuple(self.plan["pattern_world"][key] for key in ("schools", "districts"))

    # ---- what is kept

    def _path(self, name):
        return os.path.join(self.kept, name)

    def stored(self, name):
        """Points and anchored values of a wave, when it is there: unit cube, frame of values by line. The point with
        the default parameters, which every wave begins with, is left out: it was not drawn."""
        path = self._path(name + ".csv")
        if not os.path.exists(path):
            return None
        table = pandas.read_csv(path)
        unknown = set(self.prior.names) - set(table.columns)
        if unknown:
            raise PatternError(f"{path}: was made with other parameters (no {', '.join(sorted(unknown))}); "
                               "move the old waves away and make them again")
        values = table[[line.id for line in self.lines if line.id in table.columns]]
        official = self.official()
        found = anchored(values.to_numpy(), [official.get(name, numpy.nan) for name in values.columns])
        return self.prior.unit(table[self.prior.names].to_numpy()[1:]), pandas.DataFrame(found[1:], columns=values.columns)

    def simulate(self, name, values, replicates, lines, world=None, policies=None):
        """Values and standard errors of lines at points, by a sweep."""
        used = {p.name for line in lines for p in line.policies.values()}
        policies = {n: p for n, p in (policies or self.policies).items() if n in used}
        wave = Wave(os.path.join(self.build, name), f"Calibration: {name}", self.prior, values, replicates, policies,
                    self.measures, self.years, world or self.world)
        wave.run(self.program, self.threads, self.say)
        return wave.statistics(lines)

    def keep(self, name, values, lines, found, errors):
        table = pandas.concat([self.prior.frame(values), pandas.DataFrame(found, columns=[l.id for l in lines])], axis=1)
        table.to_csv(self._path(name + ".csv"), index=False, float_format=DIGITS, lineterminator="\n")
        about = pandas.DataFrame({"line": [l.id for l in lines], "luck": numpy.nanmedian(errors[1:], axis=0)})
        about.to_csv(self._path(name + "_luck.csv"), index=False, float_format=DIGITS, lineterminator="\n")

    # ---- steps

    def wave(self, said):
        """A wave of the plan: proposed by what the waves before found, simulated, kept."""
        name = said["name"]
        if self.stored(name) is not None:
            return self.say(f"  {name}: kept")
        lines = self.alone if said["arms"] == "status_quo" else self.lines
        before = [w["name"] for w in self.plan["waves"][:self.plan["waves"].index(said)]]
        if before:
            unit, share = self.propose(before, said)
            self.say(f"  {name}: {share:.2g} of the prior is not ruled out")
        else:
            unit, share = self.prior.latin_hypercube(said["points"], said["seed"]), 1.0
        values = numpy.vstack([self.prior.default, self.prior.values(unit)])
        found, errors = self.simulate(name, values, said["replicates"], lines)
        self.keep(name, values, lines, found, errors)
        self._note(name, {"not_ruled_out": share})

    def _note(self, name, what):
        path = self._path("notes.json")
        notes = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                notes = json.load(file)
        version = subprocess.run([self.program, "--version"], capture_output=True, text=True).stdout.strip()
        notes[name] = {**notes.get(name, {}), **what, "program": version}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(notes, file, indent=1, sort_keys=True)
            file.write("\n")

    def notes(self):
        with open(self._path("notes.json"), encoding="utf-8") as file:
            return json.load(file)

    def data(self, names, lines):
        """Points and values of several waves together; NaN for lines that a wave did not simulate."""
        waves = [self.stored(name) for name in names]
        x = numpy.concatenate([unit for unit, _ in waves])
        y = pandas.concat([table.reindex(columns=[line.id for line in lines]) for _, table in waves])
        return x, y.to_numpy()

    def rule(self, lines=None):
        lines = lines or self.lines
        said = self.plan["rule"]
        table = pandas.read_csv(self._path("lines.csv"), index_col="line")
        return Rule(lines, table, said["required"], said["widened"], said["share"])

    def twins(self):
        """The same points in the small world and in that of the patterns: how far the small one is off."""
        if os.path.exists(self._path("lines.csv")):
            return self.say("  twins: kept")
        said = self.plan["twins"]
        names = [self.plan["waves"][0]["name"]]
        unit, _ = self.propose(names, {**said, "points": said["points"] - 1})
        values = numpy.vstack([self.prior.default, self.prior.values(unit)])
        here, errors = self.simulate("twins_small", values, self.plan["waves"][-1]["replicates"], self.lines)
        lines, policies = cheap.collect(self.patterns, self.large[0])[:2]
        there, _ = self.simulate("twins_large", values, said["replicates"], lines, self.large, policies)
        table = line_table(self.lines, [self.official()[line.id] for line in self.lines], here, errors, there)
        table.to_csv(self._path("lines.csv"), float_format=DIGITS, lineterminator="\n")

    def official(self):
        """Values of the pattern suite itself under the default parameters, by line."""
        path = self._path("default.csv")
        if not os.path.exists(path):
            folder = os.path.join(self.build, "suite_default")
            if not os.path.exists(os.path.join(folder, "patterns.csv")):
                self.say("  the pattern suite under the default parameters")
                self.suite("default", folder, 30, sorted({line.pattern for line in self.lines}))
            table = pandas.read_csv(os.path.join(folder, "patterns.csv"))
            wanted = table[table["id"].isin([line.id for line in self.lines])]
            wanted[["id", "value"]].to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
        table = pandas.read_csv(path)
        return dict(zip(table["id"], table["value"]))

    def suite(self, parameters, folder, replicates, only=()):
        """Runs analysis/patterns.py, which goes on where it was stopped and writes patterns.csv at the end."""
        program = os.path.join(os.path.dirname(os.path.dirname(self.home)), "analysis", "patterns.py")
        command = [sys.executable, "-B", program, "--parameters", parameters, "-o", folder, "--program", self.program,
                   "--threads", str(self.threads), "--replicates", str(replicates)]
        done = subprocess.run(command + (["--only", ",".join(only)] if only else []), capture_output=True, text=True)
        if done.returncode != 0:
            raise PatternError(f"{parameters}: {done.stderr}")

    def emulators(self, names, lines, rule):
        """(emulator, bracket, unknown SD) of each line, from the waves that simulated it."""
        x, y = self.data(names, lines)
        scaled, unknown = rule.scaled(y)
        found = []
        for k, line in enumerate(lines):
            emulator = Emulator().fit(x, scaled[:, k], numpy.full(len(x), unknown[k]), process=line.required())
            found.append((emulator, rule.brackets[k], unknown[k]))
        return found

    def share_line(self, names):
        """The share of the lines that are not required inside their brackets, as a line of a matcher."""
        rule, wanted = self.rule(), Bracket({"from": self.plan["rule"]["share"]}, 0.1)
        lines = [line for line in self.lines if line.pattern not in self.plan["rule"]["required"]]
        other = Rule(lines, rule.table, (), 0, 0)
        fitted = self.emulators(names, lines, other)
        self.report_emulators(names[-1] + "_others", lines, fitted)
        x, y = self.data(names, self.lines)
        share, found = rule.share_inside(y), ExpectedShare(fitted, x, wanted.scaled)
        self.say(f"  share of lines inside: {share.mean():.3f} at {', '.join(names)}; expected with an r of "
                 f"{numpy.corrcoef(share, found.share(x))[0, 1]:.2f}")
        return found, wanted, 0.0

    def propose(self, names, said):
        """Points of the unit cube that the waves `names` leave room for, and the share of the prior that they are.
        `said` are points, seed and cut of the plan."""
        if len(names) == 1 and not os.path.exists(self._path("lines.csv")):
            luck = pandas.read_csv(self._path(names[0] + "_luck.csv"), index_col="line")
            values = self.data(names, self.alone)[1]
            table = line_table(self.alone, numpy.nan, values, numpy.tile(luck["luck"], (2, 1)))
            rule = Rule(self.alone, table, self.plan["rule"]["required"], 2, 0)
            lines = self.alone
        else:
            lines = self.alone
            rule = self.rule(lines)
        lines = [line for line in lines if line.pattern in self.plan["rule"]["required"]]
        rule = Rule(lines, rule.table, self.plan["rule"]["required"], self.plan["rule"]["widened"], 0)
        fitted = self.emulators(names, lines, rule)
        self.report_emulators(names[-1], lines, fitted)
        if len(names) > 1:
            fitted.append(self.share_line(names[1:]))
        matcher = Matcher(fitted, said["cut"])
        x, y = self.data(names, lines)
        meets, left = rule.meets_required(y), matcher.allowed(x)
        self.say(f"  at {names[-1]} {meets.mean():.2f} of the points meet what is required; {left.mean():.2f} are not "
                 f"ruled out, of which {meets[left].mean():.2f} meet it; of those that meet it {left[meets].mean():.2f}")
        return matcher.sample(said["points"], len(self.prior), said["seed"])

    def report_emulators(self, name, lines, fitted):
        table = pandas.DataFrame({
            "line": [line.id for line in lines], "explained": [e.explained for e, _, _ in fitted],
            "error": [e.error for e, _, _ in fitted], "unknown": [u for _, _, u in fitted],
            "process": [e.process is not None for e, _, _ in fitted],
            "depends_on": [" ".join(self.prior.names[p] for p in e.quadratic.order[:4]) for e, _, _ in fitted]})
        table.to_csv(self._path(name + "_emulators.csv"), index=False, float_format="%.3g", lineterminator="\n")

    def confirmed(self, name, unit):
        """Anchored values of the lines of the status quo at points, simulated in the patterns' own world: in a small one
        a few of them (correlations over districts, gains of a fifth of the schools) are mostly luck. Also the rule
        for these lines there, where nothing but luck is unknown."""
        said, kept = self.plan["confirm"], self.stored(name)
        if kept is None or kept[0].shape != unit.shape or not numpy.allclose(kept[0], unit, atol=1e-3):
            shutil.rmtree(os.path.join(self.build, name), ignore_errors=True)  # of other points
            lines, policies = cheap.collect(self.patterns, self.large[0])[:2]
            values = numpy.vstack([self.prior.default, self.prior.values(unit)])
            found, errors = self.simulate(name, values, said["replicates"], [l for l in lines if l.id in
                                          {line.id for line in self.alone}], self.large, policies)
            self.keep(name, values, self.alone, found, errors)
        table = pandas.read_csv(self._path("lines.csv"), index_col="line").reindex([line.id for line in self.alone])
        table["luck"] = pandas.read_csv(self._path(name + "_luck.csv"), index_col="line")["luck"]
        table["small"] = 0.0
        rule = Rule(self.alone, table, self.plan["rule"]["required"], self.plan["rule"]["widened"], 0)
        return self.stored(name)[1].to_numpy(), rule

    def draws(self):
        """The draws from the prior that show how many random sets would survive."""
        said = self.plan["prior"]
        if self.stored("prior") is None:
            values = numpy.vstack([self.prior.default, self.prior.values(self.prior.random(said["points"],
                                                                                           said["seed"]))])
            found, errors = self.simulate("prior", values, said["replicates"], self.lines)
            self.keep("prior", values, self.lines, found, errors)
        return self.stored("prior")
