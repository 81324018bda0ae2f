"""Calibrates the free parameters through sweeps, on the patterns of scenarios/patterns that a small world can show, and
keeps what it finds in scenarios/parameters. Usage, from the top folder of the checkout:

    python3 analysis/calibrate.py                the whole calibration; goes on where it was stopped
    python3 analysis/calibrate.py --steps prior  one step: waves, twins, prior, survivors, best, page

Steps: `waves` simulates the waves of scenarios/parameters/waves/plan.yaml, each proposed by what those before ruled out
(`twins` after the first: how far a small world is off); `prior` draws a hundred sets from the prior and counts how
many survive; `survivors` writes calibrated.csv, and what was learnt about each parameter; `best` runs the whole pattern
suite on the best eight and writes calibrated_central.yaml; `page` writes the tables of scenarios/parameters/README.md.
"""
import argparse
import os
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "analysis"))
from reformsim_calibration import outcome  # noqa: E402
from reformsim_calibration.study import Study  # noqa: E402
from reformsim_patterns.files import PatternError  # noqa: E402

STEPS = ["waves", "prior", "survivors", "best", "page"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", default=",".join(STEPS), help="some of " + ", ".join(STEPS) + "; default: all")
    parser.add_argument("--until", metavar="WAVE", help="stop the waves after this one")
    parser.add_argument("--program", default=os.path.join(TOP, "build", "release", "reformsim"),
                        help="path of reformsim (build/release/reformsim)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the simulation (2)")
    parser.add_argument("--accept-waves", action="store_true", help="go on with waves that another program made, which may "
                        "be another model")
    parser.add_argument("-o", "--output", default=os.path.join(TOP, "build", "calibration"),
                        help="folder for sweeps and runs (build/calibration)")
    asked = parser.parse_args()
    steps = asked.steps.split(",")
    if set(steps) - set(STEPS):
        parser.error(f"--steps: there are {', '.join(STEPS)}")
    if not os.path.isfile(asked.program):
        parser.error(f"no program {asked.program}; build it, or name it with --program")
    say = lambda words: print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)
    try:
        study = Study(os.path.abspath(asked.program), os.path.join(TOP, "scenarios"), asked.output, asked.threads, say,
                      asked.accept_waves)
        if "waves" in steps:
            for number, wave in enumerate(study.plan["waves"]):
                study.wave(wave)
                if number == 0:
                    study.twins()
                if wave["name"] == asked.until:
                    break
        if "prior" in steps:
            outcome.prior_draws(study)
        if "survivors" in steps:
            outcome.survivors(study)
        if "best" in steps:
            outcome.best(study)
        if "page" in steps:
            outcome.page(study)
    except PatternError as wrong:
        sys.exit(f"calibrate: {wrong}")


if __name__ == "__main__":
    main()
