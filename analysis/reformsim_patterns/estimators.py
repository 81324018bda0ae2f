"""Estimators on plain arrays: no files, no runs, so that each can be tried on data with a known answer.

Arrays of schools have one entry per school; `group` holds the number of each school's district or cluster. SDs and
variances divide by n - 1. Units are those of what is given unless it says otherwise.
"""
import numpy


def components(values, group):
    """Variance between and within groups, net of what few members bring by chance (one-way analysis of variance with
    groups of unequal size; Searle, Casella & McCulloch 1992, Variance Components, ch. 3). In units squared."""
    values, group = numpy.asarray(values, float), numpy.asarray(group)
    _, number, size = numpy.unique(group, return_inverse=True, return_counts=True)
    n, k = len(values), len(size)
    means = numpy.bincount(number, values) / size
    within = numpy.sum((values - means[number]) ** 2) / (n - k)
    between = numpy.sum(size * (means - values.mean()) ** 2) / (k - 1)
    usual_size = (n - numpy.sum(size.astype(float) ** 2) / n) / (k - 1)
    return max(0.0, (between - within) / usual_size), within


def correlation(x, y):
    """Pearson's r; NaN where one of the two does not vary."""
    x, y = numpy.asarray(x, float) - numpy.mean(x), numpy.asarray(y, float) - numpy.mean(y)
    scale = numpy.sqrt(numpy.sum(x * x) * numpy.sum(y * y))
    return float(numpy.sum(x * y) / scale) if scale > 0 else float("nan")


def slope(x, y):
    """Least-squares slope of y on x."""
    x = numpy.asarray(x, float) - numpy.mean(x)
    return float(numpy.sum(x * (y - numpy.mean(y))) / numpy.sum(x * x))


def ranks(values):
    """Place of each school in order, 0 for the lowest, up to n - 1; equals stay in the order they stand in."""
    places = numpy.empty(len(values), int)
    places[numpy.argsort(values, kind="stable")] = numpy.arange(len(values))
    return places


def between_quantiles(values, low, high):
    """True for the schools from the quantile `low` up to, not including, the quantile `high` of the values."""
    places, n = ranks(values), len(values)
    return (places >= int(low * n + 1e-9)) & (places < int(high * n + 1e-9))


def regression_to_mean(start, end, chosen):
    """Mean gain of the chosen schools over the mean gain of all: what a promoter would call a turnaround."""
    gain = numpy.asarray(end, float) - start
    return float(gain[chosen].mean() / gain.mean())


def group_means(values, group, count):
    """Mean of each of `count` groups (NaN where a group has nobody); members without a group have a negative number."""
    values, group = numpy.asarray(values, float), numpy.asarray(group)
    inside = (group >= 0) & numpy.isfinite(values)
    sums = numpy.bincount(group[inside], values[inside], minlength=count)
    sizes = numpy.bincount(group[inside], minlength=count)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return numpy.where(sizes > 0, sums / sizes, numpy.nan)


def adjusted_effects(before, after, treated):
    """What an evaluator sees in each school: its value after the programme, less what schools outside the programme
    with the same value before came to (a straight line, fitted to them alone)."""
    before, after = numpy.asarray(before, float), numpy.asarray(after, float)
    b = slope(before[~treated], after[~treated])
    return after - (after[~treated].mean() + b * (before - before[~treated].mean()))


def spillover_ratio(gain, leader, group, controls):
    """Gain of a whole cluster from one abler leader, over that leader's own school's: (own + others) / own.

    Least squares of each school's gain on its leader's skill, on the mean skill of the other leaders of its cluster,
    and on the controls (columns). The others' coefficient, summed over the others, is what reaches them. NaN where the
    own coefficient is not above zero."""
    gain, leader, group = numpy.asarray(gain, float), numpy.asarray(leader, float), numpy.asarray(group)
    size = numpy.bincount(group)[group]
    inside = size > 1
    others = (numpy.bincount(group, leader)[group] - leader)[inside] / (size[inside] - 1)
    table = numpy.column_stack([numpy.ones(inside.sum()), leader[inside], others, *[c[inside] for c in controls]])
    own, rest = numpy.linalg.lstsq(table, gain[inside], rcond=None)[0][1:3]
    return float((own + rest) / own) if own > 0 else float("nan")


def ratio(top, bottom, least=1e-6):
    """top / bottom, replicate by replicate; NaN where the bottom is too near to zero to divide by."""
    top, bottom = numpy.asarray(top, float), numpy.asarray(bottom, float)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return numpy.where(numpy.abs(bottom) > least, top / bottom, numpy.nan)


def wrongly_closed(early, true_late):
    """Of the networks that truly help in the end (true_late > 0), the share that a rule would have closed which stops
    networks whose early estimate is not above zero."""
    early, helps = numpy.asarray(early, float), numpy.asarray(true_late, float) > 0
    return float(numpy.mean(early[helps] <= 0)) if helps.any() else float("nan")
