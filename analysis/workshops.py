"""Tries what the exercises of scenarios/workshops rely on, over all sets of parameters that survived the calibration and
under three beliefs, the defaults and the two at the ends of the evidence. Usage, from the top folder of the checkout:

    /usr/bin/python3 analysis/workshops.py [--only NAME,...] [--most 50]     tell what holds
    /usr/bin/python3 analysis/workshops.py --update                          and write the tables beside the exercises

Sweeps are kept in the folder of -o (build/workshops): asking again runs nothing again.
"""
import argparse
import os
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "analysis"))
from reformsim_workshops import exercises, robustness, table  # noqa: E402
from reformsim_workshops.runs import BELIEFS, Runs, count_sets  # noqa: E402

WORKSHOPS = os.path.join(TOP, "scenarios", "workshops")
CALIBRATED = "calibrated"  # the sets that the tables are over
LUCKS = 2  # how often each set is simulated, as in ensemble.lucks_per_set


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="these exercises only, such as tablets,cosy_network")
    parser.add_argument("--parameters", default=CALIBRATED,
                        help=f"sets of parameters: a name or a file ({CALIBRATED})")
    parser.add_argument("--most", type=int, default=0, help="at most so many of the sets, from the first (all)")
    parser.add_argument("--replicates", type=int, default=8, help="replicates under each belief (8)")
    parser.add_argument("--update", action="store_true", help="write robustness.csv and numbers.csv")
    parser.add_argument("--program", default=os.path.join(TOP, "build", "release", "reformsim"),
                        help="path of reformsim (build/release/reformsim)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the simulation (2)")
    parser.add_argument("-o", "--output", default=os.path.join(TOP, "build", "workshops"),
                        help="folder for sweeps (build/workshops)")
    asked = parser.parse_args()
    if asked.update and (asked.only or asked.most or asked.parameters != CALIBRATED):
        parser.error(f"--update is for all exercises, over all sets of {CALIBRATED}")
    if not os.path.isfile(asked.program):
        parser.error(f"no program {asked.program}; build it, or name it with --program")
    return asked


def rows_of(exercise, recipe, name, sweep, sets, lucks):
    """Rows of both tables from one sweep. A belief is one set, and its spread is that of luck."""
    asked_rows, shown_rows = [], []
    for asked in exercise.asked:
        values = robustness.quantity(sweep, asked.quantity, sets, lucks)
        spread = values if sets > 1 else robustness.quantity(sweep, asked.quantity, lucks, 1)
        median, low, high = robustness.summary(spread)
        asked_rows.append({"exercise": exercise.name, "id": asked.name, **asked.quantity, "above": asked.above,
                           "below": asked.below, "recipe": recipe, "parameters": name, "sets": sets,
                           "holds": int(robustness.holds(values, asked.above, asked.below).sum()), "median": median,
                           "low": low, "high": high})
    for scenario, measure, year in exercise.shown:
        wanted = {"scenario": scenario, "against": None, "measure": measure, "less": None, "over": None, "year": year,
                  "since": None}
        each = (sets, lucks) if sets > 1 else (lucks, 1)
        level = robustness.summary(robustness.quantity(sweep, wanted, *each))[0]
        wanted["against"] = exercise.baseline
        difference, low, high = robustness.summary(robustness.quantity(sweep, wanted, *each))
        shown_rows.append({"exercise": exercise.name, "scenario": scenario, "measure": measure, "year": year,
                           "parameters": name, "sets": sets, "level": level, "difference": difference, "low": low,
                           "high": high})
    return asked_rows, shown_rows


def tell(exercise, rows):
    """What was found, for people."""
    print(f"\n{exercise.title}")
    for asked in exercise.asked:
        for row in rows:
            if row["exercise"] == exercise.name and row["id"] == asked.name:
                name = os.path.basename(row["parameters"])
                print(f"  {asked.name:24} {name:11} holds in {row['holds']:3} of {row['sets']:3}: "
                      f"{row['median']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})")


def main():
    asked, started = arguments(), time.time()
    found = exercises.read_exercises(WORKSHOPS, asked.only.split(",") if asked.only else None)
    runs = Runs(asked.program, os.path.join(TOP, "scenarios"), asked.output, asked.threads,
                lambda words: print(words, file=sys.stderr, flush=True))
    beliefs = [(name, 1, asked.replicates) for name in BELIEFS]
    if os.path.exists(runs.parameters(asked.parameters)):
        sets = count_sets(runs.parameters(asked.parameters))
        if sets > 0:
            beliefs.insert(0, (asked.parameters, min(sets, asked.most or sets), LUCKS))
        elif asked.parameters not in BELIEFS:  # one set, as a belief is
            beliefs.insert(0, (asked.parameters, 1, asked.replicates))
    else:
        print(f"There are no sets of parameters {asked.parameters}: only single beliefs are tried.", file=sys.stderr)
    robust, shown = [], []
    for exercise in found:
        recipe = runs.policy_digest(exercise)
        for parameters, sets, lucks in beliefs:
            sweep = runs.sweep(exercise, recipe, parameters, sets * lucks)
            for rows, more in zip((robust, shown), rows_of(exercise, recipe, parameters, sweep, sets, lucks)):
                rows += more
        tell(exercise, robust)
    if asked.update:
        table.write(WORKSHOPS, table.ROBUSTNESS, robust)
        table.write(WORKSHOPS, table.NUMBERS, shown)
        print(f"\nWritten: {WORKSHOPS}/robustness.csv and numbers.csv")
    print(f"\n{time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
