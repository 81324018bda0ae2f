"""The calibration from its first wave to the surviving sets. Every step keeps what it found in scenarios/parameters and
finds it there the next time; sweeps that were stopped go on from build/calibration.
"""
import json
import os
import subprocess
import sys

import numpy
import pandas

from reformsim_patterns.files import PatternError, load_yaml

from . import cheap
from .chance import Chance, chains, together
from .emulator import Emulator
from .matching import Matcher
from .priors import Prior
from .rule import Rule, anchored, line_table
from .waves import Wave

DIGITS = "%.4g"
LEARN_FROM = 1600  # points at most, the last, which waves bring nearest to what is looked for


def everywhere(values):
    return numpy.ones(len(values), bool)


class Study:
    """`accept` goes on with waves of another program. Lines of the status quo (`alone`) are simulated in the patterns'
    own world (`large`), the `others` in a small one."""

    def __init__(self, program, scenarios, build, threads, say, accept=False):
        self.program, self.threads, self.say, self.accept = program, threads, say, accept
        self.version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
        self.home, self.build = os.path.join(scenarios, "parameters"), build
        self.kept = os.path.join(self.home, "waves")
        self.plan = load_yaml(os.path.join(self.kept, "plan.yaml"))
        self.prior = Prior.of(program)
        self.patterns = os.path.join(scenarios, "patterns")
        self.world = tuple(self.plan["world"][key] for key in ("schools", "districts"))
        self.lines, self.policies, self.measures, self.years = cheap.collect(self.patterns, self.world[0])
        self.alone = [line for line in self.lines if all(p.name in (cheap.BASE, cheap.DRIFTING) for p in line.policies.values())]
        self.others = [line for line in self.lines if line not in self.alone]
        self.needed = [line for line in self.alone if line.pattern in self.plan["rule"]["required"]]
        self.controls = [line for line in self.others if line.pattern in self.plan["rule"]["controls"]]
        self.rest = [line for line in self.lines if line not in self.needed + self.controls]
        self.large = tuple(self.plan["pattern_world"][key] for key in ("schools", "districts"))

    # ---- what is kept

    def _path(self, name):
        return os.path.join(self.kept, name)

    def stored(self, name):
        """Points and anchored values of a wave, when it is there: unit cube, frame of values by line. The point with
        the default parameters, which every wave begins with, is left out: it was not drawn. PatternError for a wave
        of another program, which may be another model, unless that is accepted."""
        path = self._path(name + ".csv")
        if not os.path.exists(path):
            return None
        made = self.notes().get(name, {}).get("program", "an unknown program")
        if made != self.version and not self.accept:
            raise PatternError(f"{path}: was made by {made}, and this is {self.version}; move the old waves away and "
                               "make them again, or go on with them: --accept-waves")
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

    def status_quo(self, name, values, replicates, screen=None):
        """Values and standard errors of the lines of the status quo at points, the default first. With `screen`, so many
        replicates come first, and only points that meet what is required in these, with their luck, are simulated in
        full; the others keep what they have."""
        lines, policies = cheap.collect(self.patterns, self.large[0])[:2]
        lines = [line for line in lines if line.id in {line.id for line in self.alone}]
        if not screen:
            return self.simulate(name, values, replicates, lines, self.large, policies)
        found, errors = self.simulate(name + "_screen", values, screen, lines, self.large, policies)
        left = self.meets(self.anchored(found), screen)
        left[0] = True
        more, errors[left] = self.simulate(name, values[left], replicates, lines, self.large, policies)
        found[left] = more - more[0] + found[0]  # the default under the luck that the others had
        return found, errors

    def anchored(self, found):
        official = self.official()
        return anchored(found, [official[line.id] for line in self.alone])

    def both(self, name, values, replicates, which=None, screen=None):
        """Values and standard errors of all lines at points, the default first: those of the status quo in the patterns'
        own world; the others in a small one, at the points that `which(anchored values of the former)` asks for (none
        without it), NaN elsewhere. `replicates` are those of the one and of the other."""
        found, errors = self.status_quo(name, values, replicates[0], screen)
        place = [self.lines.index(line) for line in self.alone]
        every = numpy.full((2, len(values), len(self.lines)), numpy.nan)
        every[0][:, place], every[1][:, place] = found, errors
        if which is not None:
            asked = which(self.anchored(found))
            asked[0] = True
            place = [self.lines.index(line) for line in self.others]
            found, errors = self.simulate(name + "_arms", values[asked], replicates[1], self.others)
            rows = numpy.ix_(asked, place)
            every[0][rows], every[1][rows] = found, errors
        return every

    def keep(self, name, values, found, more=None, about=None):
        """`more`: further columns, by point but the first; `about`: notes."""
        table = pandas.concat([self.prior.frame(values), pandas.DataFrame(found, columns=[l.id for l in self.lines])], axis=1)
        for key, column in (more or {}).items():
            table[key] = [numpy.nan, *column]
        self.note(name, {**(about or {}), "program": self.version})
        table.dropna(axis=1, how="all").to_csv(self._path(name + ".csv"), index=False, float_format=DIGITS,
                                               lineterminator="\n")

    def chance(self, name):
        """The column of that name of a wave: how likely each point was to survive, in proportion to which it was drawn."""
        return pandas.read_csv(self._path(name + ".csv"))["chance"].to_numpy()[1:]

    # ---- steps

    def wave(self, said):
        """A wave of the plan: proposed by what the waves before found, simulated, kept."""
        name = said["name"]
        if self.stored(name) is not None:
            return self.say(f"  {name}: kept")
        before = [w["name"] for w in self.plan["waves"][:self.plan["waves"].index(said)]]
        more, about = {}, {"not_ruled_out": 1.0}
        if "likely" in said:
            unit, more["chance"], about = self.likely(before, said)
        elif before:
            unit, share = self.propose(before, said)
            self.say(f"  {name}: {share:.2g} of the prior is not ruled out")
            about = {"not_ruled_out": share}
        else:
            unit = self.prior.latin_hypercube(said["points"], said["seed"])
        values = numpy.vstack([self.prior.default, self.prior.values(unit)])
        arms = {"status_quo": None, "where_met": self.meets, "all": everywhere}[said["arms"]]
        self.keep(name, values, self.both(name, values, said["replicates"], arms, said.get("screen"))[0], more, about)

    def meets(self, values, replicates=None):
        """Which points meet what is required, by anchored values of the status quo; in so many replicates (those of the
        rule)."""
        rule = self.rule(self.alone)
        rule.unknown = rule.unknown * numpy.sqrt(self.plan["rule"]["replicates"][0] / replicates) if replicates else rule.unknown
        return rule.meets_required(values)

    def note(self, name, what):
        notes = self.notes()
        notes[name] = {**notes.get(name, {}), **what}
        with open(self._path("notes.json"), "w", encoding="utf-8") as file:
            json.dump(notes, file, indent=1, sort_keys=True)
            file.write("\n")

    def notes(self):
        if not os.path.exists(self._path("notes.json")):
            return {}
        with open(self._path("notes.json"), encoding="utf-8") as file:
            return json.load(file)

    def data(self, names, lines):
        """Points and values of several waves together; NaN for lines that a wave did not simulate."""
        waves = [self.stored(name) for name in names]
        x = numpy.concatenate([unit for unit, _ in waves])
        y = pandas.concat([table.reindex(columns=[line.id for line in lines]) for _, table in waves])
        return x, y.to_numpy(float)

    def rule(self, lines=None):
        lines = lines or self.lines
        said = self.plan["rule"]
        table = pandas.read_csv(self._path("lines.csv"), index_col="line")
        return Rule(lines, table, said["required"], said["widened"], said["share"], said["controls"])

    def twins(self):
        """How well each line is known. Lines of the status quo: the luck of as many replicates as a survivor has. Others:
        the same points in the small world and in that of the patterns, and how far the small one is off. The points are
        those of the first wave that come nearest to what is required."""
        if os.path.exists(self._path("lines.csv")):
            return self.say("  twins: kept")
        said, official = self.plan["twins"], self.official()
        unit, first = self.stored(self.plan["waves"][0]["name"])
        scale = line_table(self.alone, numpy.nan, first[[line.id for line in self.alone]].to_numpy(),
                           numpy.zeros((2, len(self.alone))), 2)
        rule = Rule(self.alone, scale, self.plan["rule"]["required"], 0, 0)
        near = numpy.argsort(-rule.inside(first[[l.id for l in self.alone]])[:, rule.required].sum(axis=1), kind="stable")
        values = numpy.vstack([self.prior.default, self.prior.values(unit[near[:said["points"] - 1]])])
        replicates = self.plan["rule"]["replicates"]
        luck = self.both("twins", values, replicates)[1][:, [l in self.alone for l in self.lines]]
        alone = line_table(self.alone, [official[line.id] for line in self.alone],
                           first[[line.id for line in self.alone]].to_numpy(), luck, replicates[0])
        here, errors = self.simulate("twins_small", values, replicates[1], self.others)
        lines, policies = cheap.collect(self.patterns, self.large[0])[:2]
        lines = [line for line in lines if line.id in {line.id for line in self.others}]
        there, _ = self.simulate("twins_large", values, said["replicates"], lines, self.large, policies)
        others = line_table(self.others, [official[line.id] for line in self.others], here, errors, replicates[1], there)
        table = pandas.concat([alone, others]).reindex([line.id for line in self.lines])
        table.to_csv(self._path("lines.csv"), float_format=DIGITS, lineterminator="\n")
        self.note("twins", {"program": self.version})

    def official(self):
        """Values of the pattern suite itself under the default parameters, by line."""
        path = self._path("default.csv")
        if not os.path.exists(path):
            folder = os.path.join(self.build, "suite_default")
            if not os.path.exists(os.path.join(folder, "patterns.csv")):
                self.say("  the pattern suite under the default parameters")
                self.suite("default", folder, self.plan["anchor"]["replicates"], sorted({line.pattern for line in self.lines}))
            table = pandas.read_csv(os.path.join(folder, "patterns.csv"))
            wanted = table[table["id"].isin([line.id for line in self.lines])]
            self.note("default", {"program": self.version})
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

    def emulators(self, names, lines):
        """(emulator, bracket, unknown SD) of each line, from the waves that simulated it."""
        x, y = (part[-LEARN_FROM:] for part in self.data(names, lines))
        rule = self.rule(lines)
        scaled, unknown = rule.scaled(y)
        points = [len(self.stored(name)[0]) for name in names]
        full, found = self.plan["rule"]["replicates"], []
        for k, line in enumerate(lines):
            group = 0 if line in self.alone else 1
            fewer = numpy.repeat([full[group] / self.replicates_of(name)[group] for name in names], points)
            noise = rule.noise(unknown)[k] * numpy.sqrt(fewer[-LEARN_FROM:])
            emulator = Emulator().fit(x, scaled[:, k], noise, process=line in self.needed)
            found.append((emulator, rule.brackets[k], unknown[k]))
        return found

    def replicates_of(self, name):
        return next(said for said in [*self.plan["waves"], {"name": "prior", **self.plan["prior"]}]
                    if said["name"] == name)["replicates"]

    def propose(self, names, said):
        """Points of the unit cube, even over what the waves `names` leave room for, and the share of the prior that this
        is. `said` are points, seed and cut of the plan."""
        fitted = self.emulators(names, self.needed)
        self.report_emulators(names[-1], self.needed, fitted)
        matcher = Matcher(fitted, said["cut"])
        x, y = self.data(names, self.alone)
        meets, left = self.meets(y), matcher.allowed(x)
        self.say(f"  at {names[-1]} {meets.mean():.2f} of the points meet what is required; {left.mean():.2f} are not "
                 f"ruled out, of which {meets[left].mean():.2f} meet it; of those that meet it {left[meets].mean():.2f}")
        return matcher.sample(said["points"], len(self.prior), said["seed"])

    def likely(self, names, said):
        """Points of the unit cube, drawn in proportion to how likely they are to survive (`likely: all`) or to meet what
        is required (`likely: required`), by what the waves `names` found; that chance; and notes: its mean, the share of
        their steps that the chains took, and how far from where they began they are, in distances of independent draws."""
        rule = self.rule()
        groups = [("", self.needed, names, 1.0, rule.widened)]
        if said["likely"] == "all":
            there = [w["name"] for w in self.plan["waves"] if w["arms"] != "status_quo" and w["name"] in names]
            self.draws()
            groups += [("_controls", self.controls, ["prior", *there], 1.0, rule.widened),
                       ("_rest", self.rest, ["prior", *there], rule.share, 0)]
        chances = []
        for group, lines, waves, share, widened in groups:
            fitted = self.emulators(waves, lines)
            self.report_emulators(said["name"] + group, lines, fitted)
            chances.append(Chance([e for e, _, _ in fitted], self.rule(lines).ends(widened),
                                  numpy.column_stack([e.residual for e, _, _ in fitted]), share))
        x, _ = self.data(names, self.lines)
        luck, before = numpy.random.default_rng(said["seed"]), together(chances, x)
        start = x[luck.choice(len(x), said["points"], p=before / before.sum())]
        unit, taken = chains(chances, start, said["moves"], said["seed"])
        chance = together(chances, unit)
        moved = numpy.abs(unit - start).mean() / (1 / 3)  # two independent draws are a third apart
        self.say(f"  {said['name']}: mean chance {chance.mean():.2f} (of what was simulated {before.mean():.3f}); chains took "
                 f"{taken:.2f} of the steps and are {moved:.2f} of an independent draw away from where they began")
        return unit, chance, {"chance": float(chance.mean()), "chains_took": round(taken, 3), "chains_moved": round(float(moved), 3)}

    def report_emulators(self, name, lines, fitted):
        table = pandas.DataFrame({
            "line": [line.id for line in lines], "explained": [e.explained for e, _, _ in fitted],
            "error": [e.error for e, _, _ in fitted], "unknown": [u for _, _, u in fitted],
            "process": [e.process is not None for e, _, _ in fitted],
            "depends_on": [" ".join(self.prior.names[p] for p in e.quadratic.order[:4]) for e, _, _ in fitted]})
        table.to_csv(self._path(name + "_emulators.csv"), index=False, float_format="%.3g", lineterminator="\n")

    def draws(self):
        """The draws from the prior that show how many random sets would survive; all of them are simulated in full."""
        said = self.plan["prior"]
        if self.stored("prior") is None:
            unit = self.prior.random(said["points"], said["seed"])
            values = numpy.vstack([self.prior.default, self.prior.values(unit)])
            self.keep("prior", values, self.both("prior", values, said["replicates"], everywhere)[0])
        return self.stored("prior")
