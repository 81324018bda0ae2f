"""What the model is told: scenarios, and the ODD's parameters, settings, levers and practices.

Scenarios are read as far as the shipped ones go: blocks by indentation, {value, from, ramp, to} in
one line, `extends` of one file. Scopes are not: a lever has one level for all schools.
"""

import os
import re
from types import SimpleNamespace

ODD = os.path.join(os.path.dirname(__file__), "..", "..", "sim", "model", "ODD.md")


def table(name):
    """The cells of the rows of a table of the ODD, without its head."""
    with open(ODD, encoding="utf-8") as file:
        text = file.read()
    pattern = rf"<!-- table: {name} -->\n(.*?)<!-- end of table -->"
    lines = re.search(pattern, text, re.DOTALL).group(1).splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def number(text):
    """A number where the text is one, else the text."""
    try:
        return float(text)
    except ValueError:
        return text


def nested(flat):
    """{"a.b": 1} as an object with .a.b; the first name alone is split off."""
    groups = {}
    for path, value in flat.items():
        group, name = path.split(".", 1)
        groups.setdefault(group, {})[name] = value
    return SimpleNamespace(**{group: SimpleNamespace(**names) for group, names in groups.items()})


def parameters():
    """Every parameter at its default, as .unit.parameter."""
    return nested({f"{row[0]}.{row[1]}": number(row[2]) for row in table("parameters")})


def settings():
    """Every setting at its default, by its path."""
    return {row[0]: number(row[1]) for row in table("settings")}


def status_quo():
    """Every lever at its status quo, by its path."""
    return {row[0]: number(row[3]) for row in table("levers")}


def practices():
    """Effectiveness, share for tested basics and context of the eight practices: three lists."""
    rows = [[float(cell) for cell in row[1:4]] for row in table("practices")]
    return [list(column) for column in zip(*rows)]


def scalar(text):
    """A value of a scenario; {value: 1, ramp: 2} becomes a dictionary."""
    if text.startswith("{"):
        pairs = (part.split(":") for part in text.strip("{}").split(","))
        return {key.strip(): number(value.strip()) for key, value in pairs}
    return number(text)


def read_flat(path):
    """A scenario file as {"levers.networks.openness": 0.5, ...}, on top of what it extends."""
    flat, parents = {}, []
    with open(path, encoding="utf-8") as file:
        lines = [line.split("#")[0].rstrip() for line in file]
    for line in filter(str.strip, lines):
        indent = len(line) - len(line.lstrip())
        key, colon, value = line.strip().partition(":")
        parents = [parent for parent in parents if parent[0] < indent]
        if parents and parents[0][1] == "description" or not colon:
            continue
        parents.append((indent, key))
        if value.strip() and key != "description":
            flat[".".join(parent[1] for parent in parents)] = scalar(value.strip())
    base = flat.pop("extends", None)
    if base is None:
        return flat
    return {**read_flat(os.path.join(os.path.dirname(path), base)), **flat}


class Reform:
    """The levers of a scenario in time; without a file the status quo for ever."""

    def __init__(self, path=None):
        flat = read_flat(path) if path else {}
        self.base = status_quo()
        self.base.update({key[11:]: value for key, value in flat.items()
                          if key.startswith("status_quo.")})
        self.entries = {key[7:]: value if isinstance(value, dict) else {"value": value}
                        for key, value in flat.items() if key.startswith("levers.")}
        assert set(self.entries) <= set(self.base), "a lever the ODD does not know"

    def level(self, lever, year):
        """Level of a lever: its entry rises in a straight line from `from` on, and ends at `to`."""
        usual, entry = self.base[lever], self.entries.get(lever)
        if entry is None or not entry.get("from", 0) <= year < float(entry.get("to", "inf")):
            return usual
        if isinstance(usual, str):
            return entry["value"]
        ramp = entry.get("ramp", 0)
        risen = min((year - entry.get("from", 0)) / ramp, 1) if ramp else 1
        return usual + risen * (entry["value"] - usual)

    def levels(self, year):
        """All levers at a time in years since year 0, as .group.lever."""
        return nested({lever: self.level(lever, year) for lever in self.base})

    def at_forming(self, lever):
        """The value of a lever that is read once, when clusters are formed."""
        return self.entries.get(lever, {"value": self.base[lever]})["value"]
