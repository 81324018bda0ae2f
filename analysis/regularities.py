"""Holds simulated systems against regularities measured in the real ones: California, its accountability law of 1999,
England, Ontario, New Zealand. Prints one table and writes it as CSV. Usage, from the top folder of the checkout:

    python3 analysis/regularities.py [--only SYSTEM,...] [--parameters FILE|NAME] [--replicates 20] [--fast] [-o FOLDER]
    python3 analysis/regularities.py --update [--parameters NAME]    into the table of scenarios/regularities
    python3 analysis/regularities.py --lists        what the shipped lists give, beside what the files say of them
"""
import argparse
import os
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "analysis"))
from reformsim_patterns.files import PatternError  # noqa: E402
from reformsim_patterns.runs import Runs  # noqa: E402
from reformsim_regularities import files, suite, table  # noqa: E402

FOLDER = os.path.join(TOP, "scenarios", "regularities")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="these systems only, such as california,england")
    parser.add_argument("--parameters", help="a file with parameters, or the name of a set; the default: none")
    parser.add_argument("--replicates", type=int, default=20, help="how often each system is simulated (20)")
    parser.add_argument("--fast", action="store_true", help="few replicates of smaller systems")
    parser.add_argument("--update", action="store_true", help="write the table of scenarios/regularities anew")
    parser.add_argument("--lists", action="store_true", help="run nothing, work out the measured side of shipped lists")
    parser.add_argument("--program", default=os.path.join(TOP, "build", "release", "reformsim"),
                        help="path of reformsim (build/release/reformsim)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the simulation (2)")
    parser.add_argument("-o", "--output", help="folder for tables and runs (build/regularities)")
    asked = parser.parse_args()
    if asked.update and (asked.only or asked.fast):
        parser.error("--update is for the whole table")
    if not asked.lists and not os.path.isfile(asked.program):
        parser.error(f"no program {asked.program}; build it, or name it with --program")
    return asked


def measure(asked, systems, folder, fast, say):
    runs = Runs(asked.program, os.path.join(TOP, "scenarios"), os.path.join(folder, "runs"), asked.parameters,
                asked.replicates, asked.threads, say)
    rows = suite.rows_of(systems, runs, asked.parameters or "default", fast)
    say(f"{runs.made} run(s) made, {runs.found} found.")
    return rows


def main():
    asked, started = arguments(), time.time()
    folder = asked.output or os.path.join(TOP, "build", "regularities")
    say = lambda words: print(words, file=sys.stderr, flush=True)
    try:
        systems = files.read_systems(FOLDER, asked.only.split(",") if asked.only else None)
        if asked.lists:
            for name, row, value in suite.of_lists(systems):
                print(f"{name:24}{row['measured']:>12.6g} (se {row['se']:.3g}){value:>14.6g}  {row['says']}")
            return
        os.makedirs(folder, exist_ok=True)
        rows = measure(asked, systems, folder, asked.fast, say)
        titles = {system.name: system.title for system in systems}
        if asked.update:
            table.update(FOLDER, rows, measure(asked, systems, folder, True, say), titles)
    except PatternError as wrong:
        sys.exit(f"regularities: {wrong}")
    print(table.text(rows, titles))
    print("\n" + table.count(rows))
    table.write(rows, folder)
    print(f"{folder}/regularities.csv; {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
