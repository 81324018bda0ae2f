"""The tournament over the parameters (N6): every free parameter is drawn from its whole range, and in each draw the
governance presets are compared under the same luck. No preset should win nearly always or nearly never.

Two fields: in one the eight success factors of networks are drawn as well, from nothing to all (sober); in the other
they are as good as those hope who argue for networks (hopeful: from 0.6 to 1). Its runs are a sweep of their own; what
it found is kept in scenarios/patterns/tournament.csv, because it draws what all other patterns keep fixed.
"""
import json
import os
import shutil
import subprocess

import h5py
import numpy
import pandas

from .files import Pattern, PatternError
from .runs import dump
from .table import judge

TITLE = "Tournament over the parameters"
FACTORS = ["outcome_focus", "moral_purpose", "transparency", "peer_review", "enquiry_cycles", "shared_accountability",
           "beyond_leaders", "openness"]
FIELDS = {"sober": (0.0, 1.0), "hopeful": (0.6, 1.0)}
ARMS = ["status_quo", "top_down", "autonomous", "networked"]
MEASURE, YEAR, DRAWS, REPLICATES = "true_attainment_mean", 8, 500, 2
POPULATION = {"schools": 300, "districts": 12}
STORED = "tournament.csv"


def plan(program, scenarios, low, high):
    """The plan of the sweep of one field."""
    said = subprocess.run([program, "explain", "parameters", "--json"], capture_output=True, text=True, check=True)
    factors = {entry["name"]: {} for entry in json.loads(said.stdout) if entry.get("role") == "free"}
    factors.update({f"levers.networks.{name}": {"low": low, "high": high, "in": ["networked"]} for name in FACTORS})
    return {"reformsim_plan": 1, "title": TITLE,
            "scenarios": {arm: os.path.join(scenarios, "governance", arm + ".yaml") for arm in ARMS},
            "with": "small.yaml", "factors": factors, "design": {"kind": "latin_hypercube", "points": DRAWS},
            "replicates": REPLICATES, "measures": [MEASURE], "years": [YEAR]}


def wins(values):
    """How often each arm is best, and the mean lead over the next best where it is; `values` (arm, draw)."""
    order = numpy.sort(values, axis=0)
    best = values.argmax(axis=0)
    lead = order[-1] - order[-2]
    return ([float(numpy.mean(best == k)) for k in range(len(values))],
            [float(lead[best == k].mean()) if (best == k).any() else float("nan") for k in range(len(values))])


def hold(program, patterns, folder, threads, say):
    """Runs both fields and stores what was found; gives the rows of N6."""
    scenarios, found = os.path.dirname(patterns), []
    for field, (low, high) in FIELDS.items():
        place = os.path.join(os.path.abspath(folder), "tournament_" + field)
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        with open(os.path.join(place, "small.yaml"), "w", encoding="utf-8") as file:
            file.write(dump({"reformsim": 1, "population": POPULATION, "horizon": {"years": YEAR}}))
        with open(os.path.join(place, "plan.yaml"), "w", encoding="utf-8") as file:
            file.write(dump(plan(os.path.abspath(program), scenarios, low, high)))
        say(f"  {field}: {DRAWS} draws, {REPLICATES} times, {len(ARMS)} arms")
        done = subprocess.run([os.path.abspath(program), "sweep", os.path.join(place, "plan.yaml"), "-o",
                               os.path.join(place, "out"), "--quiet", "--threads", str(threads)],
                              capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise PatternError(f"the sweep ended with {done.returncode}: {done.stderr}")
        with h5py.File(os.path.join(place, "out", "sweep.h5"), "r") as file:
            names = [str(name) for name in file["scenario"].asstr()[...]]
            values = numpy.nanmean(file[MEASURE][..., 0], axis=2)[[names.index(arm) for arm in ARMS]]
        values = values[:, numpy.isfinite(values).all(axis=0)]
        share, lead = wins(values)
        for k, arm in enumerate(ARMS):
            effect = values[k] - values[0]
            low5, high5 = numpy.quantile(effect, [0.05, 0.95])
            found.append({"field": field, "arm": arm, "draws": values.shape[1], "wins": share[k], "lead": lead[k],
                          "effect_median": numpy.median(effect), "effect_5": low5, "effect_95": high5,
                          "effect_above_0": numpy.mean(effect > 0)})
    path = os.path.join(patterns, STORED)
    pandas.DataFrame(found).to_csv(path, index=False, float_format="%.4g", lineterminator="\n")
    return rows(patterns)


def rows(patterns):
    """The rows of N6 from what is stored."""
    pattern = Pattern(os.path.join(patterns, "N6.yaml"))
    path = os.path.join(patterns, STORED)
    if not os.path.exists(path):
        raise PatternError("N6: nothing is stored yet; python3 analysis/patterns.py --tournament")
    return [judge(pattern, line, numpy.array(stored(path, **line["with"]))) for line in pattern.lines]


def stored(path, field, arm):
    """Share of the draws that an arm wins; `most` and `fewest` are the largest and the smallest of these shares."""
    table = pandas.read_csv(path)
    wins = table[table["field"] == field].set_index("arm")["wins"]
    return [{"most": wins.max(), "fewest": wins.min()}.get(arm, wins.get(arm, numpy.nan))]
