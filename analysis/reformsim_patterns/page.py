"""Tables that commands write into a page, each between two marks:

    <!-- table: NAME -->
    <!-- end of table -->
"""
import os

END = "<!-- end of table -->\n"


def mark(name):
    return f"<!-- table: {name} -->\n"


def block(name, table):
    """A table, text of whole lines, between its marks."""
    return mark(name) + table + END


def put(text, name, table):
    """The page with a table in place of what stood between its marks. ValueError where there are none."""
    before, begin, rest = text.partition(mark(name))
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no table {name} on the page")
    return before + block(name, table) + after


def write(path, tables):
    """Puts tables, by name, into a page; the whole page or none of it."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, table in tables.items():
        text = put(text, name, table)
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".part", path)
