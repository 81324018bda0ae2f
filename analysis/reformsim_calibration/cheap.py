"""The cheap patterns: sub-statistics of scenarios/patterns that measures of the system can show in a small world.

Which these are is found out by asking each statistic for its value with made-up numbers (arms.Probe): what wants single
schools, districts of its own or another nation is left to the whole suite (analysis/patterns.py). So arms, brackets and
years are those of the pattern files, and a pattern that is added or changed is so here too.
"""
import json
import os

import numpy

from reformsim_patterns import files, statistics_drivers, statistics_networks, statistics_system

from .arms import NotKept, Probe
from .stand_ins import DRIFT, evaluate

assert statistics_drivers and statistics_networks and statistics_system  # whose imports make statistics known
NATION_SCHOOLS = 1500  # of the patterns' nation: a random scope reaches as many schools in any world
MOST_SHARE = 0.1  # of random scopes
BASE, DRIFTING = "usual", "drifting"  # the status quo, without and with a national drift of published scores
USUAL_DRIFT = 0.066  # pupil SD a year: 0.15 SD of schools; other drifts only shift every score by the difference
STATUS_QUO = "../governance/status_quo.yaml"
POOLED = ("share_of_replicates", "quantile_of", "mean_over_replicates")  # one value for all replicates together


class Policy:
    """What a sweep simulates for one or several arms: a scenario, and the share of schools its random scopes reach."""

    def __init__(self, name, text, reach):
        self.name, self.text, self.reach = name, text, reach


class Line:
    """A cheap sub-statistic. `policies` maps the arms it names to policies, `drift` to their national drift."""

    def __init__(self, pattern, line, policies, populations):
        self.id, self.pattern, self.says = pattern.name + line["id"], pattern.name, line["says"]
        self.unit, self.bracket = line.get("unit", ""), line["bracket"]
        self.statistic, self.arguments, self.years = line["statistic"], line.get("with", {}), pattern.years
        self.policies, self.populations = policies, populations

    def value(self, arm_of):
        """`arm_of(policy, years, population)` opens an arm; gives the statistic at each point."""
        arms = {arm: arm_of(policy, self.years, self.populations[arm]) for arm, policy in self.policies.items()}
        return evaluate(arms, self.statistic, self.arguments)


def _reach(levers, schools):
    """The share of a world's schools that random scopes of these levers reach, and the levers so changed."""
    scoped = [entry for entries in levers.values() for entry in entries if "share" in entry.get("scope", {})]
    shares = [entry["scope"]["share"] for entry in scoped]
    if not shares:
        return None
    here = min(1.0, shares[0] * NATION_SCHOOLS / schools)
    if len(set(shares)) > 1 or shares[0] > MOST_SHARE:
        raise NotKept("a scope that a small world has no schools for")
    for entry in scoped:
        entry["scope"] = {**entry["scope"], "share": here}
    return here


def _policy(pattern, name, known, schools):
    """The policy of an arm, from those known where another arm is the same."""
    arm = pattern.arms[name]
    population = {**pattern.population, **arm.get("population", {})}
    if "parameters" in arm or set(population) - {DRIFT}:
        raise NotKept("parameters or a population of its own")
    levers = files.arm_levers(arm, pattern.folder)
    if any("districts" in entry.get("scope", {}) for entries in levers.values() for entry in entries):
        raise NotKept("named districts")
    reach = _reach(levers, schools)
    scenario = os.path.normpath(os.path.join(pattern.folder, arm.get("scenario", STATUS_QUO)))
    text = {"reformsim": 1, "title": f"{pattern.name} {name}", "extends": scenario}
    if levers:
        text["levers"] = {path: entries if len(entries) > 1 else entries[0] for path, entries in levers.items()}
    plain = not levers and arm.get("scenario", STATUS_QUO) == STATUS_QUO
    own = f"{pattern.name}_{name}"
    if DRIFT in population:  # what schools do may hang on published scores
        text["population"] = {DRIFT: USUAL_DRIFT}
        population = {DRIFT: population[DRIFT] - USUAL_DRIFT}
    key = json.dumps([scenario, text.get("levers"), text.get("population")], sort_keys=True)
    if key not in known:
        usual = DRIFTING if "population" in text else BASE
        known[key] = Policy(usual if plain else own, text, reach)
    return known[key], population


def collect(patterns_folder, schools):
    """The cheap lines of all pattern files for a world of so many schools, their policies by name (the status quo first), and what these must keep:
    sets of measures and of years."""
    known, lines, asked = {}, [], set()
    for pattern in files.read_patterns(patterns_folder):
        usual_nation = pattern.nation is None or os.path.basename(pattern.nation) == "nation.yaml"
        if pattern.stored or not usual_nation or not pattern.core:
            continue
        for line in pattern.lines:
            if not line.get("scored", True) or line.get("stretch") or line.get("statistic") in (None, *POOLED):
                continue
            try:
                found = {arm: _policy(pattern, arm, known, schools) for arm in pattern.arms_of(line)}
                made = Line(pattern, line, {arm: policy for arm, (policy, _) in found.items()},
                            {arm: population for arm, (_, population) in found.items()})
                wanted = set()
                with numpy.errstate(all="ignore"):  # made-up numbers
                    made.value(lambda policy, years, population:
                               Probe(policy.name, wanted, years, population, policy.reach))
            except NotKept:
                continue
            lines.append(made)
            asked |= wanted
    used = {name for name, _, _ in asked}
    policies = {policy.name: policy for policy in known.values() if policy.name in used}
    policies = {BASE: policies.pop(BASE), **policies}
    return lines, policies, sorted({measure for _, measure, _ in asked}), sorted({int(year) for _, _, year in asked})
