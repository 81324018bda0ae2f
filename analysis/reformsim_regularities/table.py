"""Judging, printing and keeping the table.

One rule for all rows, fixed before any was looked at. With m the measured value and s its standard error, v the median
over replicates and r their SD: a row `agrees` where |v - m| is at most 2 sqrt(s^2 + r^2); else it is `near` where it is
at most a quarter of |m|; else it `misses`. The interval shown is from the 5 % to the 95 % quantile of the replicates.
"""
import os
import textwrap

import numpy
import pandas

from reformsim_patterns import page
from reformsim_patterns.table import number, numbers, what

COLUMNS = ["system", "id", "says", "unit", "measured", "se", "simulated", "low", "high", "replicates", "verdict",
           "scored", "given", "source", "note", "parameters"]
CANNOT, SHOWN = "cannot be expressed", "not scored"
NEAR = 0.25


def verdict(measured, se, values):
    middle, spread = numpy.median(values), values.std(ddof=1) if len(values) > 1 else 0.0
    off = abs(middle - measured)
    if off <= 2 * numpy.hypot(se, spread):
        return "agrees"
    return "near" if off <= NEAR * abs(measured) else "misses"


def judge(system, row, values, parameters):
    """One row of the table. `values` has one number a replicate, or is None where nothing can be simulated."""
    found = {"system": system.name, "id": f"{system.name} {row['id']}", "says": row["says"],
             "unit": row.get("unit", ""), "measured": row.get("measured", numpy.nan), "se": row.get("se", numpy.nan),
             "simulated": numpy.nan, "low": numpy.nan, "high": numpy.nan, "replicates": 0, "verdict": CANNOT,
             "scored": row["scored"] and values is not None, "given": str(row["id"])[0] in system.given,
             "source": row.get("source", ""),
             "note": " ".join(row.get("cannot", "").split()), "parameters": parameters}
    if values is None:
        return found
    there = values[numpy.isfinite(values)]
    found["replicates"] = len(there)
    if len(there):
        found["simulated"], found["low"], found["high"] = numpy.quantile(there, [0.5, 0.05, 0.95])
    if not found["scored"]:
        found["verdict"] = SHOWN
    elif len(there):
        found["verdict"] = verdict(row["measured"], row["se"], there)
    else:
        found["verdict"] = "misses"
    if found["verdict"] in ("near", "misses"):  # what is believed to be the reason, where one is needed
        found["note"] = " ".join(row.get("reason", "").split())
    return found


def text(rows, titles, width=80):
    """The table for a terminal."""
    lines, last = [], None
    for row in rows:
        if row["system"] != last:
            last = row["system"]
            lines += ["", titles[last], f" {'':38}{'measured (se)':>15} {'simulated':>9}  verdict"]
        told = textwrap.wrap(f"{row['id'].split()[-1]} {row['says']}", 37)
        real = f"{number(row['measured'])} ({number(row['se'])})" if numpy.isfinite(row["measured"]) else ""
        lines.append(f" {told[0]:38}{real:>15} {number(row['simulated']):>9}  {row['verdict']}")
        lines += ["   " + rest for rest in told[1:]]
    return "\n".join(lines)


def count(rows):
    """How many there are of each verdict; those that the populations were drawn from are told of apart."""
    cannot = sum(row["verdict"] == CANNOT for row in rows)
    found = []
    for given in (False, True):
        of = [row["verdict"] for row in rows if row["scored"] and row["given"] == given]
        found.append((len(of), f"{of.count('agrees')} agree, {of.count('near')} are near, "
                               f"{of.count('misses')} are missed"))
    text = f"Of {found[0][0]} regularities {found[0][1]}; {cannot} cannot be expressed."
    return text + (f" Of {found[1][0]} that the populations were drawn from {found[1][1]}." if found[1][0] else "")


def frame(rows):
    return pandas.DataFrame(rows, columns=COLUMNS)


def write(rows, folder):
    frame(rows).to_csv(os.path.join(folder, "regularities.csv"), index=False, float_format="%.6g")


def markdown(table, titles):
    """The kept table as Markdown, and the notes on rows that have one."""
    lines = ["| | what | measured (se) | simulated | 5 % to 95 % | | fast |", "|---|---|---|---|---|---|---|"]
    notes, last = [], None
    for row in table.fillna("").to_dict("records"):
        if row["system"] != last:
            last = row["system"]
            lines.append(f"| | **{titles[last]}** | | | | | |")
        measured, error, simulated, low, high = numbers(row, "measured", "se", "simulated", "low", "high")
        real = f"{measured} ({error})" if measured else ""
        span = f"{low} to {high}" if simulated else ""
        cells = [row["id"], what(row), real, simulated, span, row["verdict"], row["fast"]]
        lines.append("| " + " | ".join(cells) + " |")
        if row["note"]:
            said = (row["system"], row["verdict"], row["note"])
            if notes and notes[-1][0] == said:  # one line for neighbours with the same reason
                notes[-1][1].append(row["id"].split()[-1])
            else:
                notes.append((said, [row["id"]]))
    told = ["- " + textwrap.fill(f"{', '.join(ids)}; {said[1]}: {said[2]}", 116, subsequent_indent="  ")
            for said, ids in notes]
    return "\n".join(lines) + "\n", "\n".join(told) + "\n"


def read(folder):
    return pandas.read_csv(os.path.join(folder, "table.csv"), keep_default_na=False)


def summary(kept, titles):
    """What stands between the marks of the page."""
    shown, notes = markdown(kept.replace("", float("nan")), titles)
    rows = kept.assign(**{key: kept[key].astype(str) == "True" for key in ("scored", "given")}).to_dict("records")
    return (f"Parameters: `{kept['parameters'].iloc[0]}`. {count(rows)}\n\n" + shown + "\n" + notes)


def update(folder, rows, quick, titles):
    """Puts the rows, and the verdicts of the fast runs, into table.csv and README.md."""
    table, fast = frame(rows), {row["id"]: row["verdict"] for row in quick}
    table["fast"] = [fast.get(name, "") for name in table["id"]]
    table.to_csv(os.path.join(folder, "table.csv"), index=False, float_format="%.4g", lineterminator="\n")
    page.write(os.path.join(folder, "README.md"), {"regularities": summary(read(folder), titles)})
