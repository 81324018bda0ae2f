"""From the files to rows of the table, and what the files say of shipped lists against the lists themselves."""
import numpy

from reformsim_patterns.files import PatternError

from . import frames, table
from .statistics import evaluate


def rows_of(systems, runs, parameters, fast=False):
    """Makes the runs that the systems need and gives their rows."""
    recipes = {}
    for system in systems:
        for name, run in system.runs.items():
            recipes[system.name, name] = runs.want(run, name, fast)
    runs.make()
    rows = []
    for system in systems:
        schools = {}
        for row in system.rows:
            values = None
            if "statistic" in row:
                name = row["run"]
                if name not in schools:
                    schools[name] = frames.of_run(system, system.runs[name], runs.path(recipes[system.name, name]))
                values = numpy.array([_value(system, row, frame) for frame in schools[name]])
            rows.append(table.judge(system, row, values, parameters))
    return rows


def _value(system, row, frame):
    try:
        return evaluate(frame, row["statistic"], row.get("with", {}))
    except Exception as wrong:
        raise PatternError(f"{system.file}: row {row['id']}: {wrong!r}") from wrong


def of_lists(systems):
    """(row, what the shipped list gives) for the rows whose real system is shipped."""
    found = []
    for system in systems:
        if system.list and system.measured:
            real = frames.measured(system)
            found += [(f"{system.name} {row['id']}", row, _value(system, row, real))
                      for row in system.rows if "statistic" in row and "measured" in row]
    return found
