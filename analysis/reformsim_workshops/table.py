"""The two tables beside the exercises: whether what they rely on holds, and the numbers that people see."""
import csv
import os

QUANTITY = ("scenario", "against", "measure", "less", "over", "year", "since")
ROBUSTNESS = ("robustness.csv", ("exercise", "id", *QUANTITY, "above", "below", "recipe", "parameters", "sets", "holds",
                                 "median", "low", "high"))
NUMBERS = ("numbers.csv", ("exercise", "scenario", "measure", "year", "parameters", "sets", "level", "difference",
                           "low", "high"))


def cell(value):
    """As it stands in the table: numbers with five significant digits, nothing where there is none."""
    if value is None or value != value:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def write(folder, table, rows):
    """The rows (dicts) of a table, in their order; the whole file or none of it."""
    name, columns = table
    path = os.path.join(folder, name)
    with open(path + ".part", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows([cell(row.get(column)) for column in columns] for row in rows)
    os.replace(path + ".part", path)


def read(folder, table):
    """Rows as dicts of texts; none when there is no such table yet."""
    path = os.path.join(folder, table[0])
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
