"""Estimators of sensitivity analysis, as pure functions on arrays; `sensitivity.py` applies them to sweeps.

Sources
-------
Homma & Saltelli 1996, Reliability Engineering & System Safety 52, 1-17 (total indices).
Jansen 1999, Computer Physics Communications 117, 35-43 (estimator of total indices).
Saltelli 2002, Computer Physics Communications 145, 280-297 (second order from A, B, AB and BA).
Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola 2010, Computer Physics Communications 181, 259-270.
Morris 1991, Technometrics 33, 161-174 (elementary effects).
Campolongo, Cariboni & Saltelli 2007, Environmental Modelling & Software 22, 1509-1518 (mu*).
"""

import numpy
from scipy import stats


def sobol_indices(a, b, ab, ba=None):
    """Sobol' indices from the outputs of a saltelli design.

    Parameters
    ----------
    a, b : float array (base point)
        Outputs at A and at B.
    ab : float array (base point, factor)
        Outputs at AB_i: A with the i-th coordinate of B.
    ba : float array (base point, factor), optional
        Outputs at BA_i: B with the i-th coordinate of A.

    Returns
    -------
    dict of str to array
        ``S1`` and ``ST`` (factor); with ``ba`` also ``S2`` (factor, factor), NaN on and below the diagonal. Pure
        numbers; estimates may lie somewhat outside [0, 1]. NaN when the output does not vary.

    With the output's mean taken off (over A and B) and V its variance there:
    ``S1_i = mean(B (AB_i - A)) / V`` (Saltelli et al. 2010, table 2 b),
    ``ST_i = mean((A - AB_i)^2) / 2 V`` (Jansen 1999),
    ``S2_ij = mean(BA_i AB_j - A B) / V - S1_i - S1_j`` (Saltelli 2002).
    A and B may change places, AB and BA with them; given ``ba``, both ways are averaged.
    """
    a, b, ab = (numpy.asarray(part, float) for part in (a, b, ab))
    centre = (a.mean() + b.mean()) / 2
    a, b, ab = a - centre, b - centre, ab - centre
    variance = (numpy.mean(a**2) + numpy.mean(b**2)) / 2
    if not variance > 1e-24 * max(centre**2, 1e-280):
        variance = numpy.nan
    first = numpy.mean(b[:, None] * (ab - a[:, None]), axis=0)
    total = numpy.mean((a[:, None] - ab) ** 2, axis=0) / 2
    if ba is None:
        return {"S1": first / variance, "ST": total / variance}
    ba = numpy.asarray(ba, float) - centre
    first = (first + numpy.mean(a[:, None] * (ba - b[:, None]), axis=0)) / 2
    total = (total + numpy.mean((b[:, None] - ba) ** 2, axis=0) / 2) / 2
    pairs = ba.T @ ab / len(a)  # (i, j): the two share all of B's j and A's i, so closed variance of i and j
    pairs = (pairs + pairs.T) / 2 - numpy.mean(a * b) - first[:, None] - first[None, :]
    pairs[numpy.tril_indices(len(first))] = numpy.nan
    return {"S1": first / variance, "ST": total / variance, "S2": pairs / variance}


def elementary_effects(unit, output):
    """Elementary effects of a morris design.

    Parameters
    ----------
    unit : float array (trajectory, step, factor)
        Points in unit space: factors + 1 steps, each of which moves one factor, and each factor once.
    output : float array (trajectory, step)

    Returns
    -------
    float array (trajectory, factor)
        Change of the output over the change of the factor's coordinate: the output's units per range of the factor.

    Raises
    ------
    ValueError
        A step does not move just one factor, or a trajectory does not move each factor once.
    """
    moved = numpy.diff(numpy.asarray(unit, float), axis=1)
    which = numpy.abs(moved) > 1e-9
    if not ((which.sum(axis=2) == 1).all() and (which.sum(axis=1) == 1).all()):
        raise ValueError("each step of a trajectory must move one factor, and each factor must move once")
    change = numpy.diff(numpy.asarray(output, float), axis=1)[:, :, None]
    return numpy.where(which, change / numpy.where(which, moved, 1.0), 0.0).sum(axis=1)


def morris_measures(effects):
    """What elementary effects say.

    Parameters
    ----------
    effects : float array (trajectory, factor)

    Returns
    -------
    dict of str to float array (factor)
        ``mu`` (mean), ``mu_star`` (mean of the absolute values) and ``sigma`` (SD, dividing by n - 1; NaN for one
        trajectory), all in the units of the effects.
    """
    effects = numpy.asarray(effects, float)
    several = len(effects) > 1
    return {"mu": effects.mean(axis=0), "mu_star": numpy.abs(effects).mean(axis=0),
            "sigma": effects.std(axis=0, ddof=1) if several else numpy.full(effects.shape[1], numpy.nan)}


def bootstrap(statistic, count, resamples=1000, level=0.95, seed=0):
    """Percentile interval of a statistic when units of the design are drawn again with replacement.

    Parameters
    ----------
    statistic : callable
        From an int array of unit numbers, repeats among them, to a float array of any one shape.
    count : int
        Units: base points, trajectories.
    resamples, level, seed
        How often they are drawn, the interval's level, and the seed of the draws.

    Returns
    -------
    low, high : float arrays
        In the shape of the statistic; NaN with fewer than two units or resamples.

    Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
    """
    random = numpy.random.default_rng(seed)
    here = numpy.asarray(statistic(numpy.arange(count)), float)
    if count < 2 or resamples < 2:
        return numpy.full(here.shape, numpy.nan), numpy.full(here.shape, numpy.nan)
    drawn = numpy.array([statistic(random.integers(0, count, count)) for _ in range(resamples)])
    unknown = numpy.isnan(drawn).any(axis=0)  # such as S2 below the diagonal
    ends = numpy.quantile(numpy.where(unknown, 0.0, drawn), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return tuple(numpy.where(unknown, numpy.nan, ends))


def set_apart(inside, outside, names=False):
    """How differently a factor is distributed in two groups of points.

    Parameters
    ----------
    inside, outside : array
        The factor's values in the one group and the other.
    names : bool
        Values are names of a choice, which have no order.

    Returns
    -------
    distance, p : float
        Numbers: the Kolmogorov-Smirnov distance (the largest difference between the two distribution functions) and
        its two-sample p value. Names: the total variation distance (the largest difference in the share of any set
        of names) and the p value of Pearson's chi-squared test. NaN when a group is empty.
    """
    if len(inside) == 0 or len(outside) == 0:
        return numpy.nan, numpy.nan
    if not names:
        test = stats.ks_2samp(inside, outside)
        return float(test.statistic), float(test.pvalue)
    every = sorted(set(inside) | set(outside))
    counts = numpy.array([[numpy.sum(group == name) for name in every] for group in (inside, outside)])
    shares = counts / counts.sum(axis=1, keepdims=True)
    p = stats.chi2_contingency(counts, correction=False)[1] if len(every) > 1 else 1.0
    return float(numpy.abs(shares[0] - shares[1]).sum() / 2), float(p)


def holm(p):
    """P values adjusted for being several (Holm 1979, Scandinavian Journal of Statistics 6, 65-70); same shape."""
    p = numpy.asarray(p, float)
    order = numpy.argsort(p)
    known = numpy.isfinite(p).sum()
    scaled = numpy.maximum.accumulate(p[order] * numpy.maximum(known - numpy.arange(len(p)), 1))
    result = numpy.empty(len(p))
    result[order] = numpy.minimum(scaled, 1.0)
    return result
