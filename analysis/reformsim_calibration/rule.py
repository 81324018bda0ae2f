"""The rule that decides which sets survive, and the table of lines it rests on.

For each cheap line: `offset`, how far the small world's value under the default parameters is from that of the pattern
itself, which is added to every value (it takes most of the luck away as well, because every point has the same luck);
`luck`, the standard error over replicates that is left; `small`, the SD over points of how far a small world is off beyond
the offset. What is unknown of a value is the root of the sum of the squares
of the last two.
"""
import numpy
import pandas

from .brackets import Bracket, usual_scale


class Rule:
    """`table` has a row per line (index: its id) with offset, luck, small and scale, in the line's own unit."""

    def __init__(self, lines, table, required, widened, share):
        self.lines, self.table = lines, table.reindex([line.id for line in lines])
        self.required = numpy.array([line.pattern in required for line in lines])
        self.widened, self.share = widened, share
        self.brackets = [Bracket(line.bracket, self.table.at[line.id, "scale"]) for line in lines]
        self.unknown = numpy.hypot(self.table["luck"].fillna(0), self.table["small"].fillna(0)).to_numpy()

    def corrected(self, values):
        return numpy.asarray(values, float) + self.table["offset"].fillna(0).to_numpy()

    def inside(self, values, widened=0.0):
        """(points, lines) whether each corrected value lies in its bracket, widened by so many SDs."""
        values = self.corrected(values)
        low = numpy.array([bracket.low for bracket in self.brackets]) - widened * self.unknown
        high = numpy.array([bracket.high for bracket in self.brackets]) + widened * self.unknown
        with numpy.errstate(invalid="ignore"):
            return numpy.isfinite(values) & (values >= low) & (values <= high)

    def share_inside(self, values):
        """Share of the lines that are not required inside their brackets, by point."""
        return self.inside(values)[:, ~self.required].mean(axis=1)

    def meets_required(self, values):
        return self.inside(values, self.widened)[:, self.required].all(axis=1)

    def survives(self, values):
        return self.meets_required(values) & (self.share_inside(values) >= self.share)

    def scaled(self, values, errors=None):
        """Values on the brackets' common scale, and their unknown SDs there (medians over points, by line)."""
        values = self.corrected(values)
        found = numpy.column_stack([b.scaled(values[:, k]) for k, b in enumerate(self.brackets)])
        unknown = numpy.array([numpy.nanmedian(b.error_scaled(values[:, k], self.unknown[k]))
                               for k, b in enumerate(self.brackets)])
        return found, unknown


def line_table(lines, here, errors, there=None, official=None):
    """The table of a rule. `here` (points, lines) are values in the small world and `errors` their standard errors;
    `there` those of the same points in the patterns' own world; `official` the values of the pattern suite under the
    default parameters by line id, of which the first point here is the small world's version."""
    table = pandas.DataFrame(index=pd_index(lines))
    table["offset"], table["small"] = 0.0, 0.0
    table["luck"] = numpy.nanmedian(errors[1:], axis=0)
    table["scale"] = [usual_scale(here[:, k]) for k in range(len(lines))]
    if there is not None:
        apart = there - here
        table["offset"] = numpy.nanmedian(apart, axis=0)
        spread = numpy.nanquantile(apart, [0.16, 0.84], axis=0)
        table["small"] = (spread[1] - spread[0]) / 2
    if official is not None:
        for k, line in enumerate(lines):
            if line.id in official and numpy.isfinite(official[line.id]):
                table.loc[line.id, "offset"] = official[line.id] - here[0, k]
    return table


def pd_index(lines):
    return pandas.Index([line.id for line in lines], name="line")
