"""From pattern files to rows of the table."""
import os

from . import statistics_drivers, statistics_networks, statistics_system  # noqa: F401: they make themselves known
from . import tournament
from .arms import Arm
from .files import PatternError
from .statistics_general import evaluate
from .table import judge


def rows_of(patterns, runs, fast=False):
    """Makes the runs that the patterns need and gives their rows."""
    recipes = {}
    for pattern in patterns:
        if fast and pattern.fast.get("skip"):
            continue
        needed = {name for line in pattern.lines if "statistic" in line for name in pattern.arms_of(line)}
        recipes[pattern.name] = {name: runs.want(pattern, name, fast) for name in pattern.arms if name in needed}
    runs.make()
    rows = []
    for pattern in patterns:
        if pattern.name not in recipes:
            continue
        if pattern.stored:
            rows += tournament.rows(os.path.dirname(pattern.path))
            continue
        arms = {name: Arm(runs.path(recipe)) for name, recipe in recipes[pattern.name].items()}
        for line in pattern.lines:
            values = None
            if "statistic" in line:
                try:
                    values = evaluate(arms, line["statistic"], line["with"])
                except (KeyError, TypeError, ValueError) as wrong:
                    raise PatternError(f"{pattern.name}{line['id']}: {wrong!r}") from wrong
            rows.append(judge(pattern, line, values))
    return rows

