"""Brackets on a common scale.

Every statistic is put on a scale on which its bracket is the same for all: of a bracket with two ends the middle is 0 and
the ends are -1 and 1, of one with a single end that end is 0 and a unit is `scale` of the statistic. Then asinh, which
leaves the neighbourhood of the bracket as it is and draws in far outliers (ratios of small effects have them), so that
an emulator is not spent on telling hopeless from very hopeless.
"""
import numpy

OPEN = {"above": "from", "below": "to"}  # a value just on the end does not happen


class Bracket:
    def __init__(self, bracket, scale=1.0):
        said = {OPEN.get(key, key): float(value) for key, value in bracket.items()}
        self.low, self.high = said.get("from", -numpy.inf), said.get("to", numpy.inf)
        if numpy.isfinite(self.low) and numpy.isfinite(self.high):
            self.middle, self.unit = (self.low + self.high) / 2, (self.high - self.low) / 2
        else:
            self.middle = self.low if numpy.isfinite(self.low) else self.high
            self.unit = scale
        self.ends = tuple(float(numpy.arcsinh((end - self.middle) / self.unit)) for end in (self.low, self.high))

    def scaled(self, values):
        return numpy.arcsinh((numpy.asarray(values, float) - self.middle) / self.unit)

    def error_scaled(self, values, errors):
        """Standard errors of values on the common scale, to first order."""
        x = (numpy.asarray(values, float) - self.middle) / self.unit
        return numpy.asarray(errors, float) / self.unit / numpy.sqrt(1 + x * x)

    def outside(self, scaled):
        """How far outside of the bracket, 0 inside; not a number counts as far outside."""
        low, high = self.ends
        away = numpy.maximum(low - scaled, scaled - high)
        return numpy.where(numpy.isfinite(scaled), numpy.maximum(away, 0), numpy.inf)


def usual_scale(values):
    """The unit of a bracket with a single end: half of the width of the middle two thirds of the values."""
    values = numpy.asarray(values, float)
    values = values[numpy.isfinite(values)]
    if len(values) < 2:
        return 1.0
    low, high = numpy.quantile(values, [1 / 6, 5 / 6])
    return float((high - low) / 2) or 1.0
