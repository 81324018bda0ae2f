"""The table that is kept with the patterns: table.csv, and the same in README.md between its two marks."""
import os

import pandas

from . import page
from .files import load_yaml
from .table import count, frame, markdown

PARAMETERS = "calibrated_central"  # the one set that serves all patterns; the table is under it


def path(patterns):
    return os.path.join(patterns, "table.csv")


def read(patterns):
    return pandas.read_csv(path(patterns), keep_default_na=False)


def update(patterns, rows, quick, titles):
    """Puts rows, and the verdicts of the fast runs, in place of those of the same sub-statistics."""
    table = frame(rows)
    fast = {row["id"]: row["verdict"] for row in quick}
    table["fast"] = [fast.get(name, "") for name in table["id"]]
    _write(patterns, table, titles)


def put(patterns, rows, titles):
    """Puts the rows of some patterns, whose results are stored, in place of theirs; everything else stays."""
    new = frame(rows)
    new["fast"] = new["verdict"]
    kept = read(patterns)
    at = int((kept["pattern"] == new["pattern"].iloc[0]).to_numpy().argmax())
    others = kept[~kept["pattern"].isin(new["pattern"])].astype(object)
    _write(patterns, pandas.concat([others[:at], new.astype(object), others[at:]], ignore_index=True), titles)


def _write(patterns, table, titles):
    table.to_csv(path(patterns), index=False, float_format="%.4g", lineterminator="\n")
    page.write(os.path.join(patterns, "README.md"), {"patterns": summary(patterns, read(patterns), titles)})


def unseen(patterns, kept):
    """Of the scored lines of the core how many are none that the calibration looked at or chose its central set by, nor the
    tournament, and how many of these hold."""
    waves = os.path.join(os.path.dirname(patterns), "parameters", "waves")
    fits, rule = pandas.read_csv(os.path.join(waves, "fits.csv")), load_yaml(os.path.join(waves, "plan.yaml"))["rule"]
    there = kept[(kept["scored"].astype(str) == "True") & (kept["stretch"].astype(str) == "False")]
    there = there[~there["id"].isin(fits["line"]) & ~there["pattern"].isin([*rule["required"], *rule["controls"], "N6"])]
    return len(there), int((there["verdict"] == "holds").sum())


def summary(patterns, kept, titles):
    """What stands between the marks of the page."""
    others, hold = unseen(patterns, kept)
    kept = kept.replace("", float("nan"))
    shown, notes = markdown(kept, titles)
    told = (f"{count(kept.to_dict('records'))[1]} The set was chosen by P1 to P4 and the controls, and calibration looked at many of the "
            f"others; of the {others} lines of the core that it never looked at (N6 apart) {hold} hold.")
    return told + "\n\n" + shown + "\n" + notes
