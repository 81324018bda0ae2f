"""The tournament over the parameters (N6): in each draw of the parameters the governance presets are compared under the
same luck. No preset should win nearly always or nearly never.

Two beliefs: over the prior every free parameter is drawn from its whole range; over the survivors each draw is one of
the sets that the calibration left (scenarios/parameters/calibrated.csv), in their order and again from the front. Two
fields: in one the eight success factors of networks are drawn as well, from nothing to all (sober); in the other they
are as good as those hope who argue for networks (hopeful: from 0.6 to 1). Its runs are sweeps of their own; what they
found is kept in scenarios/patterns/tournament.csv, because they draw what all other patterns keep fixed. It says over
which sets it was found (`digest`): others ask for the tournament again.
"""
import hashlib
import json
import os
import shutil
import subprocess

import h5py
import numpy
import pandas
from scipy.stats import qmc

from .files import Pattern, PatternError
from .runs import dump
from .table import judge

TITLE = "Tournament over the parameters"
LEVERS = ["outcome_focus", "moral_purpose", "transparency", "peer_review", "enquiry_cycles", "shared_accountability",
          "beyond_leaders", "openness"]
FIELDS = {"sober": (0.0, 1.0), "hopeful": (0.6, 1.0)}
BELIEFS = ["prior", "survivors"]
ARMS = ["status_quo", "top_down", "autonomous", "networked"]
MEASURE, YEAR, DRAWS, REPLICATES = "true_attainment_mean", 8, 500, 2
POPULATION = {"schools": 300, "districts": 12}
STORED, SURVIVORS = "tournament.csv", os.path.join("parameters", "calibrated.csv")


def plan(program, scenarios, field, survivors=None):
    """The plan of the sweep of one field, and its points where they are no random ones: a table of factors by path.

    survivors : pandas.DataFrame or None
        Column `set`, then one per parameter; None draws every free parameter from its range.
    """
    low, high = FIELDS[field]
    factors = {f"levers.networks.{name}": {"low": low, "high": high, "in": ["networked"]} for name in LEVERS}
    design, points = {"kind": "latin_hypercube", "points": DRAWS}, None
    if survivors is None:
        said = subprocess.run([program, "explain", "parameters", "--json"], capture_output=True, text=True, check=True)
        factors.update({entry["name"]: {} for entry in json.loads(said.stdout) if entry.get("role") == "free"})
    else:
        drawn = low + (high - low) * qmc.LatinHypercube(len(LEVERS), seed=1).random(DRAWS)
        points = pandas.DataFrame(drawn, columns=list(factors))
        names = [name for name in survivors.columns if name != "set"]
        sets = survivors[names].iloc[numpy.arange(DRAWS) % len(survivors)].reset_index(drop=True)
        points = pandas.concat([points, sets.add_prefix("parameters.")], axis=1)
        factors.update({"parameters." + name: {} for name in names})
        design = {"kind": "csv", "file": "points.csv"}
    return {"reformsim_plan": 1, "title": TITLE,
            "scenarios": {arm: os.path.join(scenarios, "governance", arm + ".yaml") for arm in ARMS},
            "with": "small.yaml", "factors": factors, "design": design,
            "replicates": REPLICATES, "measures": [MEASURE], "years": [YEAR]}, points


def wins(values):
    """How often each arm is best, and the mean lead over the next best where it is; `values` (arm, draw)."""
    order = numpy.sort(values, axis=0)
    best = values.argmax(axis=0)
    lead = order[-1] - order[-2]
    return ([float(numpy.mean(best == k)) for k in range(len(values))],
            [float(lead[best == k].mean()) if (best == k).any() else float("nan") for k in range(len(values))])


def digest(path):
    """What a table of sets is known by: the first 16 digits of its SHA-256."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def standard_error(won, set_of=None):
    """Of the share of draws that are won (0 or 1 each). Draws of one set of parameters (`set_of`: its number) are no
    witnesses of their own: then it is that of the mean over sets."""
    if set_of is None:
        return numpy.sqrt(numpy.mean(won) * (1 - numpy.mean(won)) / len(won))
    size = numpy.bincount(set_of)
    means = numpy.bincount(set_of, won)[size > 0] / size[size > 0]
    return means.std(ddof=1) / numpy.sqrt(len(means)) if len(means) > 1 else numpy.nan


def found_in(values, belief, field, sets="", count=0):
    """Rows of the stored table from `values` (arm, draw), means over luck. Of survivors: the digest of their table, and
    how many they are."""
    there = numpy.isfinite(values).all(axis=0)
    set_of = numpy.nonzero(there)[0] % count if count else None
    values = values[:, there]
    share, lead = wins(values)
    best = values.argmax(axis=0)
    rows_found = []
    for k, arm in enumerate(ARMS):
        effect = values[k] - values[0]
        low5, high5 = numpy.quantile(effect, [0.05, 0.95])
        row = {"belief": belief, "field": field, "sets": sets, "arm": arm, "draws": values.shape[1], "wins": share[k],
               "standard_error": standard_error((best == k).astype(float), set_of), "lead": lead[k],
               "effect_median": numpy.median(effect), "effect_5": low5, "effect_95": high5}
        row.update({f"beats_{other}": numpy.mean(values[k] > values[j]) for j, other in enumerate(ARMS)})
        rows_found.append(row)
    return rows_found


def run(program, scenarios, place, field, survivors, threads):
    """Runs one sweep; gives the values (arm, draw)."""
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)
    made, points = plan(program, scenarios, field, survivors)
    if points is not None:
        points.to_csv(os.path.join(place, "points.csv"), index=False)
    for name, content in (("small.yaml", {"reformsim": 1, "population": POPULATION, "horizon": {"years": YEAR}}),
                          ("plan.yaml", made)):
        with open(os.path.join(place, name), "w", encoding="utf-8") as file:
            file.write(dump(content))
    done = subprocess.run([program, "sweep", os.path.join(place, "plan.yaml"), "-o", os.path.join(place, "out"),
                           "--quiet", "--threads", str(threads)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise PatternError(f"the sweep ended with {done.returncode}: {done.stderr}")
    with h5py.File(os.path.join(place, "out", "sweep.h5"), "r") as file:
        names = [str(name) for name in file["scenario"].asstr()[...]]
        return numpy.nanmean(file[MEASURE][..., 0], axis=2)[[names.index(arm) for arm in ARMS]]


def hold(program, patterns, folder, threads, say):
    """Runs both fields under both beliefs and stores what was found; gives the rows of N6."""
    scenarios, found = os.path.dirname(patterns), []
    program = os.path.abspath(program)
    path = os.path.join(scenarios, SURVIVORS)
    if not os.path.exists(path):
        raise PatternError(f"N6: there are no surviving sets, {path}; the calibration makes them")
    survivors = pandas.read_csv(path)
    for belief in BELIEFS:
        for field in FIELDS:
            place = os.path.join(os.path.abspath(folder), f"tournament_{belief}_{field}")
            say(f"  {belief}, {field}: {DRAWS} draws, {REPLICATES} times, {len(ARMS)} arms")
            if belief == "survivors":
                values = run(program, scenarios, place, field, survivors, threads)
                found += found_in(values, belief, field, digest(path), len(survivors))
            else:
                found += found_in(run(program, scenarios, place, field, None, threads), belief, field)
    pandas.DataFrame(found).to_csv(os.path.join(patterns, STORED), index=False, float_format="%.4g",
                                   lineterminator="\n")
    return rows(patterns)


def rows(patterns):
    """The rows of N6 from what is stored."""
    pattern = Pattern(os.path.join(patterns, "N6.yaml"))
    path = os.path.join(patterns, STORED)
    if not os.path.exists(path):
        raise PatternError("N6: nothing is stored yet; python3 analysis/patterns.py --tournament")
    return [judge(pattern, line, numpy.array(stored(path, **line["with"]))) for line in pattern.lines]


def stored(path, belief, field, arm):
    """Share of the draws that an arm wins; `most` and `fewest` are the largest and the smallest of these shares."""
    table = pandas.read_csv(path)
    wins_of = table[(table["belief"] == belief) & (table["field"] == field)].set_index("arm")["wins"]
    return [{"most": wins_of.max(), "fewest": wins_of.min()}.get(arm, wins_of.get(arm, numpy.nan))]
