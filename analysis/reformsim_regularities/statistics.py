"""The statistics that files of scenarios/regularities may name.

Each takes a frame, one row a school, and gives a number. Arguments are expressions of its columns (`after - before`);
`where` is a condition on schools, `given` a list of expressions or `phase`, which counts as a dummy for each phase but
the first.
"""
import numpy

from . import estimators

STATISTICS = {}


def statistic(function):
    """Makes a function known to the files under its own name."""
    STATISTICS[function.__name__] = function
    return function


def evaluate(frame, name, arguments):
    if name not in STATISTICS:
        raise KeyError(f"no statistic {name}; there are {', '.join(sorted(STATISTICS))}")
    return float(STATISTICS[name](frame, **arguments))


def column(frame, expression):
    return numpy.asarray(frame.eval(expression), float) if isinstance(expression, str) else expression


def chosen(frame, where, *needed):
    """The schools where a condition holds and everything needed is known."""
    rows = numpy.ones(len(frame), bool) if where is None else numpy.asarray(frame.eval(where), bool)
    for expression in needed:
        if expression != "phase":
            rows &= numpy.isfinite(column(frame, expression))
    return frame[rows]


def covariates(frame, given):
    found = []
    for expression in given:
        if expression == "phase":
            found += [(frame["phase"] == phase).to_numpy(float) for phase in sorted(frame["phase"].unique())[1:]]
        else:
            found.append(column(frame, expression))
    return found


@statistic
def mean(frame, y, where=None):
    return column(chosen(frame, where, y), y).mean()


@statistic
def sd(frame, y, where=None):
    return column(chosen(frame, where, y), y).std(ddof=1)


@statistic
def quantile(frame, y, q, where=None):
    return numpy.quantile(column(chosen(frame, where, y), y), q)


@statistic
def beta(frame, y, which, where=None):
    """a or b of the Beta distribution with the mean and SD of a share."""
    values = column(chosen(frame, where, y), y)
    strength = values.mean() * (1 - values.mean()) / values.var(ddof=1) - 1
    return strength * (values.mean() if which == "a" else 1 - values.mean())


@statistic
def mean_by_fifth(frame, y, by, fifth, less=None, where=None):
    """Mean of y in a fifth of the schools by another column (1 lowest); less that in another fifth."""
    rows = chosen(frame, where, y, by)
    values, fifths = column(rows, y), estimators.quintile(column(rows, by))
    return values[fifths == fifth].mean() - (values[fifths == less].mean() if less else 0.0)


@statistic
def difference(frame, y, first, second):
    """Mean of y in some schools less that in others."""
    return mean(frame, y, first) - mean(frame, y, second)


@statistic
def variance_share(frame, y, given=(), group="district", where=None):
    rows = chosen(frame, where, y, *given)
    return estimators.variance_share(column(rows, y), rows[group].to_numpy(), covariates(rows, given))


@statistic
def standard_slope(frame, y, x, level="all", group="district", where=None):
    rows = chosen(frame, where, y, x)
    return estimators.standard_slope(column(rows, y), column(rows, x), rows[group].to_numpy(), level)


@statistic
def slope(frame, y, x, given=(), times=1, per_sd=False, within=None, where=None):
    """Slope of y on x times a number, or per SD of x."""
    rows = chosen(frame, where, y, x, *given)
    of = column(rows, x)
    group = rows[within].to_numpy() if within else None
    found = estimators.regression_slope(column(rows, y), of, covariates(rows, given), group)
    return found * (of.std(ddof=1) if per_sd else times)


@statistic
def correlation(frame, x, y, given=(), where=None, residual_of="all"):
    """r of two columns, or of what is left of them given others: the regression is over all schools, r over those
    `where`."""
    rows = chosen(frame, None, x, y, *given)
    left = [estimators.residual(column(rows, e), covariates(rows, given)) if given else column(rows, e) for e in (x, y)]
    inside = numpy.ones(len(rows), bool) if where is None else numpy.asarray(rows.eval(where), bool)
    return numpy.corrcoef(left[0][inside], left[1][inside])[0, 1]


@statistic
def group_correlation(frame, x, y, least, group="district", where=None):
    """r over districts with at least so many schools of their means."""
    rows = chosen(frame, where, x, y)
    _, number, size = numpy.unique(rows[group], return_inverse=True, return_counts=True)
    of = [numpy.bincount(number, column(rows, e)) / size for e in (x, y)]
    return numpy.corrcoef(of[0][size >= least], of[1][size >= least])[0, 1]


@statistic
def district_sizes(frame, what, where=None):
    """Schools a district: a quantile, the `mean`, or the share of schools in the `largest_tenth` of districts."""
    sizes = numpy.sort(numpy.unique(chosen(frame, where)["district"], return_counts=True)[1])
    if what == "mean":
        return sizes.mean()
    if what == "one":
        return numpy.mean(sizes == 1)
    if what == "largest_tenth":
        return sizes[len(sizes) - round(len(sizes) / 10):].sum() / sizes.sum()
    return numpy.quantile(sizes, what)


@statistic
def dissimilarity(frame, poor, pupils, least=3, where=None):
    rows = chosen(frame, where, poor, pupils)
    return estimators.dissimilarity(column(rows, poor), column(rows, pupils), rows["district"].to_numpy(), least)


def _left(frame, y, given, where):
    """What the covariates leave of y over all schools, and the schools where a condition holds."""
    rows = chosen(frame, None, y, *given)
    left = estimators.residual(column(rows, y), covariates(rows, given))
    inside = numpy.ones(len(rows), bool) if where is None else numpy.asarray(rows.eval(where), bool)
    return rows[inside], left[inside]


@statistic
def noise(frame, y, pupils, what, given=(), level=None, where=None):
    """From variance of what is left of y = a + b / pupils: `a`, `b`, `pupil_sd` = sqrt(b / 2), the `reliability` of y
    if all of b / pupils is noise, that `of_level`, and the part `of_slope` of y on the level that such noise makes."""
    rows, left = _left(frame, y, given, where)
    n = column(rows, pupils)
    a, b = estimators.noise_of_size(left, n)
    if what == "reliability":
        return 1 - numpy.mean(b / n) / left.var(ddof=1)
    if what == "of_level":
        return 1 - numpy.mean(b / 2 / n) / column(rows, level).var(ddof=1)
    if what == "of_slope":
        return -numpy.mean(b / 2 / n) / column(rows, level).var(ddof=1)
    return {"a": a, "b": b, "pupil_sd": numpy.sqrt(max(b, 0.0) / 2)}[what]


@statistic
def elasticity(frame, y, pupils, given=(), where=None):
    """Slope of log |what is left of y| on log pupils."""
    rows, left = _left(frame, y, given, where)
    change = numpy.log(numpy.maximum(numpy.abs(left), 1e-9))
    return estimators.regression_slope(change, numpy.log(column(rows, pupils)))


@statistic
def extremes(frame, y, pupils, low, high, given=(), where=None):
    """Share of the schools between two quantiles of size that lie in the top or bottom tenth of what is left of y."""
    rows, left = _left(frame, y, given, where)
    n = column(rows, pupils)
    inside = (n > numpy.quantile(n, low)) if low > 0 else numpy.ones(len(n), bool)
    inside &= n <= numpy.quantile(n, high)
    far = (left <= numpy.quantile(left, 0.1)) | (left >= numpy.quantile(left, 0.9))
    return far[inside].mean()
