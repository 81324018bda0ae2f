"""Holds the model against its patterns: runs what scenarios/patterns asks for, prints one table, writes it as CSV and
JSON. Usage, from the top folder of the checkout:

    python3 analysis/patterns.py [--only P06,N1] [--parameters FILE|NAME] [--replicates 30] [--seed N] [--fast] [-o FOLDER]
    python3 analysis/patterns.py --tournament [-o FOLDER]        N6, which draws the parameters, into tournament.csv
                                                                 and the table: two to five minutes
    python3 analysis/patterns.py --update                        all but the tournament, into the table of
                                                                 scenarios/patterns
"""
import argparse
import os
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "analysis"))
from reformsim_patterns import committed, files, suite, table, tournament  # noqa: E402
from reformsim_patterns.runs import Runs  # noqa: E402

PATTERNS = os.path.join(TOP, "scenarios", "patterns")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="these patterns only, such as P06,N1")
    parser.add_argument("--parameters", default=committed.PARAMETERS,
                        help=f"a file with parameters, or the name of a set ({committed.PARAMETERS}, which the table is "
                             "under; default: those of the program)")
    parser.add_argument("--replicates", type=int, default=30, help="how often each arm is simulated (30)")
    parser.add_argument("--seed", type=int, help="other schools and other luck than the table's, which the central set was chosen on")
    parser.add_argument("--fast", action="store_true", help="few replicates of small nations")
    parser.add_argument("--tournament", action="store_true", help="N6 alone: the tournament over parameters")
    parser.add_argument("--update", action="store_true", help="write the table of scenarios/patterns anew, but for the tournament")
    parser.add_argument("--program", default=os.path.join(TOP, "build", "release", "reformsim"),
                        help="path of reformsim (build/release/reformsim)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the simulation (2)")
    parser.add_argument("-o", "--output", help="folder for tables and runs (build/patterns)")
    asked = parser.parse_args()
    if asked.update and (asked.only or asked.fast or asked.tournament or asked.seed is not None
                         or asked.parameters != committed.PARAMETERS):
        parser.error(f"--update is for the whole table, under {committed.PARAMETERS}")
    if not os.path.isfile(asked.program):
        parser.error(f"no program {asked.program}; build it, or name it with --program")
    return asked


def measure(asked, folder, fast, say):
    """Rows of the patterns asked for, and their titles."""
    patterns = files.read_patterns(PATTERNS, asked.only.split(",") if asked.only else None)
    runs = Runs(asked.program, os.path.join(TOP, "scenarios"), os.path.join(folder, "runs"), asked.parameters,
                asked.replicates, asked.threads, say, asked.seed)
    rows = suite.rows_of(patterns, runs, fast)
    say(f"{runs.made} run(s) made, {runs.found} found.")
    return rows, {pattern.name: pattern.title for pattern in patterns}


def main():
    asked, started = arguments(), time.time()
    folder = asked.output or os.path.join(TOP, "build", "patterns")
    os.makedirs(folder, exist_ok=True)
    say = lambda words: print(words, file=sys.stderr, flush=True)
    try:
        if asked.tournament:
            rows = tournament.hold(asked.program, PATTERNS, folder, asked.threads, say)
            titles = {pattern.name: pattern.title for pattern in files.read_patterns(PATTERNS)}
            committed.put(PATTERNS, rows, titles)
        else:
            rows, titles = measure(asked, folder, asked.fast, say)
        if asked.update:
            committed.update(PATTERNS, rows, measure(asked, folder, True, say)[0], titles)
    except files.PatternError as wrong:
        sys.exit(f"patterns: {wrong}")
    took = time.time() - started
    print(table.text(rows, titles))
    print("\n" + table.count(rows)[1])
    about = {"parameters": asked.parameters, "fast": asked.fast, "seconds": round(took)}
    table.write(rows, folder, about)
    print(f"{folder}/patterns.csv, patterns.json; {took:.0f} s")


if __name__ == "__main__":
    main()
