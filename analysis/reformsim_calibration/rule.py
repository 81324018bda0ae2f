"""The rule that decides which sets survive, and the table of lines it rests on.

Values are anchored at the default parameters, which every wave begins with: what a wave says is how far a point is from
the default, and what the pattern suite itself finds under the default is added. That takes most of the luck away as well,
because every point has the same luck. For each cheap line the table has: `default`, the suite's value; `luck`, the
standard error over replicates that is left; `small`, the SD over points of how far a small world is off in such a
difference. What is unknown of a value is the root of the sum of the squares of the last two.
"""
import numpy
import pandas
from scipy.stats import chi2

from .brackets import Bracket, usual_scale


class Rule:
    """`table` has a row per line (index: its id) with luck, small and scale, in the line's own unit. Values are anchored
    ones (`anchored`). Lines of the patterns `required` and `controls` must all be inside, widened; so must a `share` of
    the rest, unwidened. The former are what the status quo shows, the latter need other arms."""

    def __init__(self, lines, table, required, widened, share, controls=()):
        self.lines, self.table = lines, table.reindex([line.id for line in lines])
        self.required = numpy.array([line.pattern in required for line in lines])
        self.controls = numpy.array([line.pattern in controls for line in lines])
        self.widened, self.share = widened, share
        self.brackets = [Bracket(line.bracket, self.table.at[line.id, "scale"]) for line in lines]
        self.luck = self.table["luck"].fillna(0).to_numpy()
        self.unknown = numpy.hypot(self.luck, self.table["small"].fillna(0).to_numpy())

    def inside(self, values, widened=0.0):
        """(points, lines) whether each value lies in its bracket, widened by so many SDs."""
        values = numpy.asarray(values, float)
        low = numpy.array([bracket.low for bracket in self.brackets]) - widened * self.unknown
        high = numpy.array([bracket.high for bracket in self.brackets]) + widened * self.unknown
        with numpy.errstate(invalid="ignore"):
            return numpy.isfinite(values) & (values >= low) & (values <= high)

    def ends(self, widened=0.0):
        """(2, lines) ends of the brackets on the common scale, widened by so many SDs."""
        return numpy.array([[b.scaled(b.low - widened * u), b.scaled(b.high + widened * u)]
                            for b, u in zip(self.brackets, self.unknown)]).T

    def share_inside(self, values):
        """Share of the rest of the lines inside their brackets, by point."""
        return self.inside(values)[:, ~self.required & ~self.controls].mean(axis=1)

    def meets_required(self, values):
        return self.inside(values, self.widened)[:, self.required].all(axis=1)

    def meets_controls(self, values):
        return self.inside(values, self.widened)[:, self.controls].all(axis=1)

    def survives(self, values):
        return self.meets_required(values) & self.meets_controls(values) & (self.share_inside(values) >= self.share)

    def scaled(self, values, errors=None):
        """Values on the brackets' common scale, and their unknown SDs there (medians over points, by line)."""
        values = numpy.asarray(values, float)
        found = numpy.column_stack([b.scaled(values[:, k]) for k, b in enumerate(self.brackets)])
        unknown = numpy.array([numpy.nanmedian(b.error_scaled(values[:, k], self.unknown[k]))
                               for k, b in enumerate(self.brackets)])
        return found, unknown

    def noise(self, unknown):
        """The part of `unknown` (as `scaled` gives it) that is the luck of the replicates. How far a small world is off
        is no noise in what an emulator sees: it is the same whenever a point is simulated there."""
        return unknown * numpy.divide(self.luck, self.unknown, out=numpy.zeros_like(self.luck), where=self.unknown > 0)


def anchored(values, official):
    """Values of a wave (its first point has the default parameters) brought to what the suite finds there."""
    values = numpy.asarray(values, float)
    return values - values[0] + official


def typical(errors, freedom):
    """The SD that standard errors with so many degrees of freedom are estimates of, by line: from the median over points
    of their squares, which one wild point does not move, over the median of such an estimate where the true square is 1
    (a chi-square over its degrees of freedom)."""
    return numpy.sqrt(numpy.nanmedian(numpy.square(errors), axis=0) / (chi2.median(freedom) / freedom))


def line_table(lines, official, here, errors, replicates, there=None):
    """The table of a rule. `official` are the values of the pattern suite under the default parameters, by line; `here`
    (points, lines) those of points in the small world, the default first, and `errors` their standard errors over so
    many `replicates`; `there` those of the same points in the patterns' own world."""
    table = pandas.DataFrame(index=pandas.Index([line.id for line in lines], name="line"))
    table["default"] = official
    table["luck"] = typical(errors[1:], replicates - 1)
    table["small"] = 0.0
    table["scale"] = [usual_scale(here[:, k]) for k in range(len(lines))]
    if there is not None:
        apart = (there - there[0] - here + here[0])[1:]
        table["small"] = typical(apart, 1)
    return table
