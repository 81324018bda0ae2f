"""Numbers of an exercise from a sweep, set of parameters by set of parameters.

A set of parameters is simulated with `lucks` kinds of luck, replicate after replicate; its value is their mean. Units
are those of the measures.
"""
import numpy

from reformsim_patterns.estimators import ratio


def levels(sweep, scenario, measure, year):
    """Float array (replicate): a measure of a scenario at the end of a year."""
    return sweep[measure].sel(scenario=scenario, year=float(year)).values[0]


def by_set(values, sets, lucks):
    """Means over the lucks of each set. Replicate r simulates the set r // lucks, from the first again after the
    last."""
    number = numpy.arange(len(values)) // lucks % sets
    return numpy.bincount(number, values, minlength=sets) / numpy.bincount(number, minlength=sets)


def quantity(sweep, q, sets, lucks):
    """Float array (set): what a quantity comes to. See `Quantity` in sim/serve/exercise.hpp."""
    def change(measure):
        def of(scenario):
            now = levels(sweep, scenario, measure, q["year"])
            return now if q["since"] is None else now - levels(sweep, scenario, measure, q["since"])
        value = of(q["scenario"]) - of(q["against"]) if q["against"] else of(q["scenario"])
        return by_set(value, sets, lucks)
    value = change(q["measure"])
    if q["less"]:
        value = value - change(q["less"])
    if q["over"]:
        value = ratio(value, change(q["over"]))
    return value


def holds(values, above, below):
    """Bool array: which values lie between the two (None: no bound). NaN does not."""
    values = numpy.asarray(values, float)
    inside = numpy.isfinite(values)
    if above is not None:
        inside &= values > above
    if below is not None:
        inside &= values <= below
    return inside


def summary(values):
    """Median, 5 % and 95 % quantile of what is finite; NaN where nothing is."""
    values = numpy.asarray(values, float)
    values = values[numpy.isfinite(values)]
    if not len(values):
        return (float("nan"),) * 3
    return tuple(float(v) for v in numpy.quantile(values, [0.5, 0.05, 0.95]))
