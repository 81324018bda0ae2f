"""What the patterns taught about each parameter.

A parameter's width is the distance of the 5 % from the 95 % quantile of the surviving sets over that of the prior: near 0
where it is known, near 1 where nothing was learnt (`chance_widths` says how near, for so many sets). It is called
identified where its distribution can be told from the prior's (Kolmogorov and Smirnov), at 5 % for all parameters
together (Holm 1979), in the sets as they are, for as many as they are worth, and as well in all survivors, each with the
weight that takes back how likely it was to be drawn, for as many as these are worth. The sets alone are still tilted.
Which line goes with which parameter: points that meet a line against points that do not, compared parameter by
parameter (regional sensitivity analysis, Hornberger and Spear 1981): the largest distance of the two cumulative
distributions.
"""
import numpy
import pandas
from scipy.stats import ks_2samp, kstest, kstwo

from reformsim_analysis.estimators import holm

LEVEL = 0.05
FEWEST = 20  # points on either side, to compare them at all


def kish(weights):
    """How many even ones weighted ones are worth (Kish 1965)."""
    return float(numpy.sum(weights) ** 2 / numpy.sum(numpy.square(weights)))


def from_uniform(values, weights):
    """The largest distance of the weighted values' cumulative distribution from that of a uniform one on [0, 1]."""
    order = numpy.argsort(values)
    reached = numpy.cumsum(weights[order]) / weights.sum()
    values = values[order]
    return float(max((reached - values).max(), (values - numpy.concatenate([[0], reached[:-1]])).max()))


def widths(prior, survivors, worth, everybody=None):
    """A row for each parameter: default, range, quantiles of the survivors, width, whether identified by so many even
    sets as they are worth, and by `everybody`: points of the unit cube and weights that add up to what these are worth."""
    unit = prior.unit(survivors)
    low, middle, high = numpy.quantile(survivors, [0.05, 0.5, 0.95], axis=0)
    width = (prior.unit(high) - prior.unit(low)) / 0.9
    shifted = holm([kstwo.sf(kstest(unit[:, k], "uniform").statistic, worth) for k in range(len(prior))])
    if everybody is not None:
        points, weights = everybody
        also = holm([kstwo.sf(from_uniform(points[:, k], weights), round(weights.sum())) for k in range(len(prior))])
        shifted = numpy.maximum(shifted, also)
    return pandas.DataFrame({
        "parameter": prior.names, "low": prior.low, "high": prior.high, "default": prior.default, "q05": low,
        "median": middle, "q95": high, "width": width, "p_prior": shifted,
        "identified": numpy.where(shifted > LEVEL, "no", "yes")})


def chance_widths(sets, draws=20000, seed=1):
    """The widths of parameters about which nothing was learnt, with so many sets: mean, and the 5 % and 95 % quantiles."""
    luck = numpy.random.default_rng(seed)
    low, high = numpy.quantile(luck.random((sets, draws)), [0.05, 0.95], axis=0)
    width = (high - low) / 0.9
    return float(width.mean()), *(float(value) for value in numpy.quantile(width, [0.05, 0.95]))


def constraints(unit, inside, names, lines, known=None):
    """(lines, parameters) distances between the points that meet a line and those that do not; 0 where one side has too
    few points or the distance may be chance (at 5 % after Bonferroni's correction for all pairs). `known` (as `inside`):
    which points a line was looked at."""
    found = numpy.zeros((len(lines), len(names)))
    pairs = found.size
    for k in range(len(lines)):
        looked = numpy.ones(len(unit), bool) if known is None else known[:, k]
        meets, misses = looked & inside[:, k], looked & ~inside[:, k]
        if min(meets.sum(), misses.sum()) < FEWEST:
            continue
        for p in range(len(names)):
            test = ks_2samp(unit[meets, p], unit[misses, p])
            if test.pvalue < LEVEL / pairs:
                found[k, p] = test.statistic
    return pandas.DataFrame(found, index=[line.id for line in lines], columns=names)
