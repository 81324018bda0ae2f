"""Judging and printing: one line for each sub-statistic. The median over replicates decides whether it lies in its
bracket; the interval is from the 5 % to the 95 % quantile of the replicates, missing ones left out."""
import json
import textwrap

import numpy
import pandas

COLUMNS = ["pattern", "id", "says", "unit", "value", "low", "high", "replicates", "bracket", "verdict", "scored",
           "stretch", "note"]
NOT_MEASURED = "cannot be measured"
ONLY_SHOWN = "not scored"


def inside(bracket, value):
    """Whether a value lies in a bracket: `from` and `to` count as inside, `above` and `below` do not."""
    return (numpy.isfinite(value) and value >= bracket.get("from", -numpy.inf) and value <= bracket.get("to", numpy.inf)
            and value > bracket.get("above", -numpy.inf) and value < bracket.get("below", numpy.inf))


def verdict(bracket, value):
    return "holds" if inside(bracket, value) else "not met"


def bracket_text(bracket):
    if not bracket:
        return ""
    if "from" in bracket and "to" in bracket:
        return f"{bracket['from']:g} to {bracket['to']:g}"
    if "above" in bracket and "below" in bracket:
        return f"{bracket['above']:g} to {bracket['below']:g}"
    words = {"from": ">=", "to": "<=", "above": ">", "below": "<"}
    return ", ".join(f"{words[key]} {value:g}" for key, value in bracket.items())


def judge(pattern, line, values):
    """One row of the table. `values` has one number a replicate, or is None where nothing can be measured."""
    row = {"pattern": pattern.name, "id": f"{pattern.name}{line['id']}", "says": line["says"],
           "unit": line.get("unit", ""), "bracket": bracket_text(line.get("bracket")),
           "scored": line.get("scored", True) and values is not None, "stretch": line.get("stretch", False),
           "value": numpy.nan, "low": numpy.nan, "high": numpy.nan, "replicates": 0, "note": ""}
    if values is None:
        return {**row, "scored": False, "verdict": NOT_MEASURED, "note": " ".join(line["cannot"].split())}
    there = values[numpy.isfinite(values)]
    row["replicates"] = len(there)
    if len(there):
        row["value"], row["low"], row["high"] = numpy.quantile(there, [0.5, 0.05, 0.95])
    found = verdict(line.get("bracket", {}), row["value"]) if len(there) else "not met"
    if not row["scored"]:
        found = ONLY_SHOWN
    return {**row, "verdict": found, "note": " ".join(line.get("reason", "").split())}


def number(value):
    if not numpy.isfinite(value):
        return "-"
    size = abs(value)
    return f"{value:.{0 if size >= 100 else 2 if size >= 1 else 3 if size >= 0.1 else 4}f}"


def numbers(row, *keys):
    """Cells of a kept row, nothing where there is no number."""
    return [number(float(row[key])) if row[key] != "" else "" for key in keys]


def what(row):
    """What a row says, with its unit."""
    return row["says"] + (f" ({row['unit']})" if row["unit"] else "")


def text(rows, titles, width=80):
    """The table for a terminal."""
    lines, last = [], None
    for row in rows:
        if row["pattern"] != last:
            last = row["pattern"]
            lines += ["", *textwrap.wrap(f"{last}  {titles[last]}", width)]
        if row["verdict"] == NOT_MEASURED:
            what = f" {row['id']:<5}{row['says']}: {NOT_MEASURED}: {row['note']}"
            lines += textwrap.wrap(what, width, subsequent_indent=" " * 6, replace_whitespace=False)
            continue
        told = textwrap.wrap(row["says"] + (" (stretch)" if row["stretch"] else ""), 25)
        span = f"{number(row['low'])} to {number(row['high'])}"
        found = "-" if row["verdict"] == ONLY_SHOWN else row["verdict"]
        lines.append(f" {row['id']:<5}{told[0]:<25}{number(row['value']):>8} {span:>18} {row['bracket']:>13} {found}")
        lines += [" " * 6 + rest for rest in told[1:]]
    return "\n".join(lines)


def count(rows):
    """How many scored sub-statistics hold, and a sentence for it."""
    scored = [row for row in rows if row["scored"] and not row["stretch"]]
    hold = sum(row["verdict"] == "holds" for row in scored)
    more = [row for row in rows if row["scored"] and row["stretch"]]
    text = f"{hold} of {len(scored)} sub-statistics of the core hold"
    if more:
        text += f", {sum(row['verdict'] == 'holds' for row in more)} of {len(more)} beyond it"
    cannot = sum(row["verdict"] == NOT_MEASURED for row in rows)
    return hold, text + (f"; {cannot} cannot be measured." if cannot else ".")


def frame(rows):
    return pandas.DataFrame(rows, columns=COLUMNS)


def write(rows, folder, about):
    """patterns.csv and patterns.json in the folder."""
    table = frame(rows)
    table.to_csv(f"{folder}/patterns.csv", index=False, float_format="%.6g")
    clean = json.loads(table.to_json(orient="records"))
    with open(f"{folder}/patterns.json", "w", encoding="utf-8") as file:
        json.dump({"type": "reformsim patterns", **about, "statistics": clean}, file, indent=1)
        file.write("\n")


def markdown(table, titles):
    """The committed table as Markdown, from a frame with a column `fast`, and the reasons of what is not met."""
    lines = ["| | what | value | 5 % to 95 % | asked for | | fast |", "|---|---|---|---|---|---|---|"]
    notes, last = [], None
    for row in table.fillna("").to_dict("records"):
        if row["pattern"] != last:
            last = row["pattern"]
            lines.append(f"| **{last}** | **{titles[last]}** | | | | | |")
        value, low, high = numbers(row, "value", "low", "high")
        span = f"{low} to {high}" if value else ""
        told = what(row) + (" (stretch)" if row["stretch"] else "")
        cells = [row["id"], told, value, span, row["bracket"], row["verdict"], row["fast"]]
        lines.append("| " + " | ".join(cells) + " |")
        if row["note"]:
            notes.append("- " + textwrap.fill(f"{row['id']}, {row['verdict']}: {row['note']}", 116,
                                              subsequent_indent="  "))
    return "\n".join(lines) + "\n", "\n".join(notes) + "\n"
