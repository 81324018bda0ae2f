"""The table that is kept with the patterns: table.csv, and the same in README.md between its two marks."""
import os

import pandas

from .table import count, frame, markdown

PARAMETERS = "default"  # the one set that serves all patterns; the table is under it
MARKS = ("<!-- table: patterns -->\n", "<!-- end of table -->\n")


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
    page = os.path.join(patterns, "README.md")
    with open(page, encoding="utf-8") as file:
        before, rest = file.read().split(MARKS[0])
        after = rest.split(MARKS[1])[1]
    kept = read(patterns).replace("", float("nan"))
    shown, notes = markdown(kept, titles)
    counted = count(kept.to_dict("records"))[1]
    with open(page, "w", encoding="utf-8") as file:
        file.write(before + MARKS[0] + counted + "\n\n" + shown + "\n" + notes + MARKS[1] + after)
