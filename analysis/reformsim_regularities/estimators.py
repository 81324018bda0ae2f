"""Estimators on plain arrays, the same for schools on a list and for simulated ones.

Arrays have one entry a school; `group` holds the number of its district. Units are those of what is given.
"""
import numpy
from scipy import optimize


def design(given, count):
    """A column of ones and the covariates, each centred and scaled, so that sums of squares keep their digits."""
    columns = [numpy.ones(count)]
    for values in given:
        values = numpy.asarray(values, float)
        spread = values.std()
        columns.append((values - values.mean()) / (spread if spread > 0 else 1.0))
    return numpy.column_stack(columns)


def variance_share(values, group, given=()):
    """Share of the variance that lies between groups: a model with a random intercept by group and the covariates
    `given`, fitted by restricted maximum likelihood (Bates et al. 2015, Journal of Statistical Software 67). 0 to 1."""
    values = numpy.asarray(values, float)
    _, number, size = numpy.unique(group, return_inverse=True, return_counts=True)
    table = numpy.column_stack([design(given, len(values)), (values - values.mean()) / values.std()])
    k = table.shape[1] - 1
    products = table.T @ table
    sums = numpy.column_stack([numpy.bincount(number, column, len(size)) for column in table.T])

    def criterion(log_ratio):  # of the variance between to that within, profiled over everything else
        ratio = numpy.exp(log_ratio)
        left = products - (sums * (ratio / (1 + ratio * size))[:, None]).T @ sums
        cross = left[:k, k]
        rest = left[k, k] - cross @ numpy.linalg.solve(left[:k, :k], cross)
        return ((len(values) - k) * numpy.log(rest) + numpy.log1p(ratio * size).sum()
                + numpy.linalg.slogdet(left[:k, :k])[1])

    found = optimize.minimize_scalar(criterion, bounds=(-14, 8), method="bounded", options={"xatol": 1e-6})
    ratio = numpy.exp(found.x)
    return float(ratio / (1 + ratio))


def regression_slope(y, x, given=(), group=None):
    """Least-squares slope of y on x, given the covariates; within groups where `group` is given."""
    y, columns = numpy.asarray(y, float), [numpy.asarray(c, float) for c in (x, *given)]
    if group is not None:
        y, columns = y - means_of(y, group), [c - means_of(c, group) for c in columns]
    scale = [c.std() if c.std() > 0 else 1.0 for c in columns]
    table = numpy.column_stack([numpy.ones(len(y))] + [(c - c.mean()) / s for c, s in zip(columns, scale)])
    return float(numpy.linalg.lstsq(table, y, rcond=None)[0][1] / scale[0])


def means_of(values, group):
    """For each school the mean of its group."""
    _, number = numpy.unique(group, return_inverse=True)
    return (numpy.bincount(number, values) / numpy.bincount(number))[number]


def residual(y, given):
    """What is left of y after least squares on the covariates."""
    table = design(given, len(y))
    return numpy.asarray(y, float) - table @ numpy.linalg.lstsq(table, numpy.asarray(y, float), rcond=None)[0]


def standard_slope(y, x, group, level):
    """SD of y per SD of x: over all schools, within groups, or of y on the means of groups (`between`); always in the
    SDs of all schools."""
    y, x = numpy.asarray(y, float), numpy.asarray(x, float)
    unit = y.std(ddof=1) / x.std(ddof=1)
    if level == "all":
        return regression_slope(y, x) / unit
    if level == "within":
        return regression_slope(y, x, group=group) / unit
    return regression_slope(y, means_of(x, group)) / unit


def noise_of_size(change, pupils):
    """a and b of: variance of a change = a + b / pupils. Least squares of squared changes on 1 / pupils, twice
    weighted by the inverse square of what the step before predicts."""
    squares, table = numpy.asarray(change, float) ** 2, numpy.column_stack([numpy.ones(len(pupils)), 1 / pupils])
    found = numpy.linalg.lstsq(table, squares, rcond=None)[0]
    for _ in range(2):
        weight = 1 / numpy.maximum(table @ found, 1e-3 * squares.mean()) ** 2
        found = numpy.linalg.solve(table.T @ (table * weight[:, None]), table.T @ (weight * squares))
    return found


def quintile(values):
    """Fifth of each school, 1 to 5; a border belongs to the fifth below it."""
    return numpy.digitize(values, numpy.quantile(values, [0.2, 0.4, 0.6, 0.8]), right=True) + 1


def dissimilarity(poor, rolls, group, least):
    """Share of disadvantaged pupils, or of the others, who would have to change schools for the schools of a group to
    have equal shares; mean over groups of at least `least` schools, weighted by pupils (Duncan and Duncan 1955)."""
    total = weight = 0.0
    for g in numpy.unique(group):
        here = group == g
        if here.sum() < least:
            continue
        disadvantaged, others = (poor * rolls)[here], ((1 - poor) * rolls)[here]
        if disadvantaged.sum() <= 0 or others.sum() <= 0:
            continue
        apart = 0.5 * numpy.abs(disadvantaged / disadvantaged.sum() - others / others.sum()).sum()
        total, weight = total + apart * rolls[here].sum(), weight + rolls[here].sum()
    return float(total / weight)
