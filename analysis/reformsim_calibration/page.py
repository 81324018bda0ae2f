"""The tables of scenarios/parameters/README.md and its sentences with figures, each between two marks, from the files that
the steps kept."""
import os

import pandas
from reformsim_patterns import page as pages


def number(value):
    """A number in a cell; nothing for what is not there."""
    if isinstance(value, str):
        return value
    if value != value:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def markdown(table, heads):
    """A frame as Markdown, with the columns named in `heads` under those heads."""
    lines = ["| " + " | ".join(heads.values()) + " |", "|" + "---|" * len(heads)]
    for row in table[list(heads)].to_dict("records"):
        lines.append("| " + " | ".join(number(value) for value in row.values()) + " |")
    return "\n".join(lines) + "\n"


def tables(study):
    read = lambda name: pandas.read_csv(study._path(name + ".csv"), keep_default_na=False, na_values=[""])
    waves = read("acceptance")
    waves["of_prior"] = ["" if value != value else f"{value:.2g}" for value in waves["of_prior"]]
    waves["expected"] = ["" if value != value else f"{100 * value:.0f} %" for value in waves["expected"]]
    waves["rate"] = ["" if value != value else f"{100 * value:.0f} %" for value in waves["rate"]]
    for key in ("meet_controls", "survive"):
        waves[key] = ["not looked at" if value != value else f"{value:.0f}" for value in waves[key]]
    note = study.notes()["survivors"]
    width = read("widths").merge(read("constraints"), on="parameter").sort_values("width")
    width["lines"] = width["lines"].fillna("").str.replace(" ", ", ")
    for key in ("q05", "median", "q95", "default", "low", "high"):
        width[key] = width[key].astype(float)
    fits, table = read("fits"), read("lines")
    says = {line.id: line.says for line in study.lines}
    fits = fits.merge(table, on="line")
    fits["says"] = [says[line] for line in fits["line"]]
    fits["needed"] = ["required" if needed else "" for needed in fits["required"]]
    for key in ("prior", "survivors"):
        fits[key] = [f"{100 * value:.0f} %" for value in fits[key]]
    found = {
        "sample": f"{note['found']} points survived, worth {note['found_worth']} that had been drawn evenly; {note['kept']} of "
                  f"them are the sets, worth {note['worth']}.\n",
        "chance": f"With sets worth {note['worth']}, a parameter about which nothing was learnt has a width of {note['chance_width']} on "
                  f"average, nine in ten of them from {note['chance_width_from']} to {note['chance_width_to']}.\n",
        "acceptance": markdown(waves, {"wave": "points of", "drawn": "drawn", "of_prior": "share of the prior",
                                       "points": "points", "meet_required": "meet P1 to P4", "meet_controls": "and the controls", "survive": "survive",
                                       "rate": "rate of what they were drawn for", "expected": "rate expected"}),
        "widths": markdown(width, {"parameter": "parameter", "low": "from", "high": "to", "default": "default",
                                   "q05": "5 %", "median": "median", "q95": "95 %", "width": "width",
                                   "identified": "identified", "lines": "goes with"}),
        "fits": markdown(fits, {"line": "line", "says": "what", "needed": "", "prior": "prior",
                                "survivors": "survivors", "luck": "luck", "small": "small world"}),
    }
    if os.path.exists(study._path("best.csv")):
        found["best"] = best_table(read("best"), study.notes()["best"])
    return found


def best_table(best, note):
    best["suite"] = [f"{row.hold} of {row.scored} ({row.with_unmeasured} with those that cannot be measured)"
                     for row in best.itertuples()]
    best["needed"] = [f"{row.required_met} of {row.required}" for row in best.itertuples()]
    best["control"] = [f"{row.controls_met} of {row.controls}" for row in best.itertuples()]
    told = (f"Of {note['finalists']} finalists {note['meet_required']} meet all of P1 to P4, and {note['and_controls']} of these all "
            "lines of the controls as well. On the whole suite:\n\n")
    return told + markdown(best, {"set": "set", "suite": "core inside", "needed": "P1 to P4", "control": "controls",
                                  "from_centre": "from the centre"})


def write(study):
    pages.write(os.path.join(study.home, "README.md"), tables(study))
