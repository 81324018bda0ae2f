"""Which factors matter: Sobol' indices, elementary effects, regional sensitivity, one factor at a time.

Every result is a tidy pandas table; its ``attrs`` say what was looked at (``label``, ``units``), how much of it is
the luck of replicates, and how many points were left out for which reason (``note``). The estimators and their
sources are in `estimators.py`.
"""

import numpy
import pandas

from .estimators import bootstrap, elementary_effects, holm, morris_measures, set_apart, sobol_indices
from .outcomes import luck_share, outcome, point_means
from .sweeps import FAILED, SweepError, counted, design, factors, independent, saltelli_block


def sobol(sweep, measure, year=None, scenario=None, against_baseline=True, resamples=1000, seed=0, level=0.95):
    """Sobol' indices: shares of the variance over points that factors account for, alone and with others.

    Parameters
    ----------
    sweep, measure, year, scenario, against_baseline
        As for :func:`outcome`; the design must be saltelli. The output is the mean over a point's replicates.
    resamples, seed, level
        Bootstrap over base points: how often, the seed of its draws, and the level of its percentile intervals.

    Returns
    -------
    pandas.DataFrame
        Columns ``factor`` (path; of S2 the first), ``with`` (the second factor of S2, else ""), ``index`` ("S1",
        "ST", with second order "S2"), ``value``, ``low``, ``high``; pure numbers. A base point with a failed run, or
        without a value, at any of its points is left out whole. ``attrs``: those of :func:`outcome`;
        ``base_points``, ``base_points_left_out``; ``mean`` and ``sd`` of the output over A and B; ``luck_of_means``
        (share of the variance over points that is luck: ST of a factor that does little can lie there) and
        ``luck_of_runs`` (the same for single runs), see :func:`luck_share`.

    Raises
    ------
    SweepError
        Another design, or fewer than two base points are whole.
    KeyError
        There is no such measure.
    """
    _needs(sweep, "saltelli")
    values = outcome(sweep, measure, year, scenario, against_baseline)
    names, block = factors(sweep), saltelli_block(sweep)
    output, whole = _units(sweep, values, block, int(sweep.attrs.get("design_points", 0)))
    kept = output[whole]
    _enough(kept, "base points")
    count = len(names)
    ba = kept[:, count + 1:-1] if kept.shape[1] > count + 2 else None

    def estimate(rows):
        of = kept[rows]
        return sobol_indices(of[:, 0], of[:, -1], of[:, 1:count + 1], None if ba is None else ba[rows])

    here = estimate(slice(None))
    pairs = numpy.triu_indices(count, 1)

    def flat(of):
        return numpy.concatenate([of["S1"], of["ST"]] + ([of["S2"][pairs]] if "S2" in of else []))

    low, high = bootstrap(lambda rows: flat(estimate(rows)), len(kept), resamples, level, seed)
    result = pandas.DataFrame({"factor": names + names, "with": "", "index": ["S1"] * count + ["ST"] * count})
    if ba is not None:
        second = pandas.DataFrame({"factor": [names[i] for i in pairs[0]], "with": [names[j] for j in pairs[1]],
                                   "index": "S2"})
        result = pandas.concat([result, second], ignore_index=True)
    result = result.assign(value=flat(here), low=low, high=high)
    used = independent(sweep) & numpy.isin(sweep["point"].values // block, numpy.flatnonzero(whole))
    share = luck_share(values, _common(sweep), used)
    both = kept[:, [0, -1]]
    result.attrs = {**values.attrs, "base_points": int(whole.sum()), "base_points_left_out": int((~whole).sum()),
                    "mean": float(both.mean()), "sd": float(both.std()), "level": level, "resamples": resamples,
                    "luck_of_means": share["of_means"], "luck_of_runs": share["of_runs"]}
    result.attrs["note"] = _whole_note(values, "base points", whole)
    return result


def morris(sweep, measure, year=None, scenario=None, against_baseline=True, resamples=1000, seed=0, level=0.95):
    """Elementary effects: what moving one factor over its whole range would change, on average.

    Parameters
    ----------
    sweep, measure, year, scenario, against_baseline, resamples, seed, level
        As for :func:`sobol`; the design must be morris, and the bootstrap is over trajectories.

    Returns
    -------
    pandas.DataFrame
        Columns ``factor``, ``index`` ("mu", "mu_star", "sigma"), ``value``, ``low``, ``high`` in the measure's units
        per range of the factor (unit space). A trajectory with a failed run, or without a value, at any of its
        points is left out whole. ``attrs``: those of :func:`outcome`, ``trajectories``,
        ``trajectories_left_out``, and ``luck``: about what mu_star of a factor that does nothing would be, from the
        luck of replicates alone (NaN with one replicate).

    Raises
    ------
    SweepError
        Another design, or fewer than two trajectories are whole.
    KeyError
        There is no such measure.
    """
    _needs(sweep, "morris")
    values = outcome(sweep, measure, year, scenario, against_baseline)
    names = factors(sweep)
    steps = len(names) + 1
    output, whole = _units(sweep, values, steps, int(sweep.attrs.get("design_trajectories", 0)))
    _enough(output[whole], "trajectories")
    unit = design(sweep, unit=True).reindex(range(len(whole) * steps)).values.reshape(len(whole), steps, len(names))
    effects = elementary_effects(unit[whole], output[whole])

    def flat(rows):
        return numpy.concatenate(list(morris_measures(effects[rows]).values()))

    low, high = bootstrap(flat, len(effects), resamples, level, seed)
    result = pandas.DataFrame({"factor": names * 3, "index": numpy.repeat(["mu", "mu_star", "sigma"], len(names)),
                               "value": flat(slice(None)), "low": low, "high": high})
    result.attrs = {**values.attrs, "trajectories": int(whole.sum()), "trajectories_left_out": int((~whole).sum()),
                    "level": level, "resamples": resamples,
                    "luck": _luck_of_effects(sweep, values, unit, whole, steps)}
    result.attrs["note"] = _whole_note(values, "trajectories", whole)
    return result


def regional(sweep, measure, year=None, scenario=None, against_baseline=True, threshold=None, quantile=0.5):
    """Regional sensitivity: do points with a low outcome have other values of a factor than the rest?

    Parameters
    ----------
    sweep, measure, year, scenario, against_baseline
        As for :func:`outcome`. Only independent points count (A and B of a saltelli design).
    threshold : float, optional
        Outcomes below it are one group, the others the other; in the measure's units.
    quantile : float
        Where the threshold is when none is given: so large a share of the points lies below it.

    Returns
    -------
    pandas.DataFrame
        One row per factor: ``factor``, ``test`` ("Kolmogorov-Smirnov"; "chi-squared" for names), ``distance``, ``p``,
        ``p_adjusted`` (Holm, for as many factors), ``median_below``, ``median_rest`` (of a choice the commonest
        name); sorted by distance. The outcome is the mean over the replicates that were done. ``attrs``: those of
        :func:`point_means`, ``threshold``, ``below``, ``rest`` (numbers of points).

    Raises
    ------
    KeyError, SweepError
        As :func:`outcome`; no point on one side of the threshold.

    Spear & Hornberger 1980, Water Research 14, 43-49.
    """
    means = point_means(sweep, measure, year, scenario, against_baseline)
    about = dict(means.attrs)
    means = means[means.index.isin(sweep["point"].values[independent(sweep)])]
    threshold = float(means["mean"].quantile(quantile)) if threshold is None else float(threshold)
    below = (means["mean"] < threshold).values
    if below.all() or not below.any():
        raise SweepError(f"{'all' if below.all() else 'no'} points have an outcome below {threshold:g}")
    rows = []
    for factor in factors(sweep):
        names = means[factor].dtype == object
        groups = means[factor].values[below], means[factor].values[~below]
        middle = [pandas.Series(group).mode()[0] if names else numpy.median(group) for group in groups]
        rows.append((factor, "chi-squared" if names else "Kolmogorov-Smirnov",
                     *set_apart(*groups, names), *middle))
    result = pandas.DataFrame(rows, columns=["factor", "test", "distance", "p", "median_below", "median_rest"])
    result.insert(4, "p_adjusted", holm(result["p"]))
    result = result.sort_values("distance", ascending=False, ignore_index=True)
    result.attrs = {**about, "threshold": threshold, "below": int(below.sum()), "rest": int((~below).sum())}
    return result


def one_at_a_time(sweep, measure, year=None, scenario=None, against_baseline=True, level=0.95):
    """What each factor alone changes from the base point.

    Parameters
    ----------
    sweep, measure, year, scenario, against_baseline
        As for :func:`outcome`; the design must be one_at_a_time.
    level : float
        Of the intervals, by Student's t over replicates; paired when replicates share their luck over points.

    Returns
    -------
    pandas.DataFrame
        One row per point but the base: ``factor``, ``from`` and ``to`` (its values), ``value`` (change of the
        outcome), ``low``, ``high``, ``replicates``. A point without a run is left out.

    Raises
    ------
    KeyError, SweepError
        As :func:`outcome`; another design; no run at the base point.
    """
    from scipy import stats

    _needs(sweep, "one_at_a_time")
    values = outcome(sweep, measure, year, scenario, against_baseline)
    points, array, rows = design(sweep), values.values, []
    if not numpy.isfinite(array[0]).any():
        raise SweepError("no run was done at the base point")
    for number in range(1, len(points)):
        moved = [factor for factor in points if points[factor].iloc[number] != points[factor].iloc[0]]
        change = array[number] - array[0] if _common(sweep) else array[number]
        change = change[numpy.isfinite(change)]
        if len(change) == 0 or len(moved) != 1:
            continue
        base = array[0][numpy.isfinite(array[0])]
        mean, variance, free = change.mean(), numpy.inf, 0
        if len(change) > 1:
            variance, free = change.var(ddof=1) / len(change), len(change) - 1
        if not _common(sweep):
            mean = mean - base.mean()
            variance = variance + (base.var(ddof=1) / len(base) if len(base) > 1 else numpy.inf)
        half = stats.t.ppf((1 + level) / 2, free) * numpy.sqrt(variance) if numpy.isfinite(variance) else numpy.nan
        rows.append((moved[0], points[moved[0]].iloc[0], points[moved[0]].iloc[number], mean, mean - half, mean + half,
                     len(change)))
    result = pandas.DataFrame(rows, columns=["factor", "from", "to", "value", "low", "high", "replicates"])
    result.attrs = {**values.attrs, "level": level}
    return result


def _needs(sweep, kind):
    if sweep.attrs.get("design") != kind:
        raise SweepError(f"this needs a {kind} design; the sweep's is {sweep.attrs.get('design')}")
    if not factors(sweep):
        raise SweepError("the sweep has no factors")


def _common(sweep):
    return bool(int(sweep.attrs.get("common_random_numbers", 1)))


def _units(sweep, values, size, asked):
    """Point means by base point or trajectory (unit, size), and which units are whole; absent points are NaN."""
    point, array = sweep["point"].values, values.values
    count = max(asked, -(-(int(point.max()) + 1) // size))
    done = numpy.isfinite(array).sum(axis=1)
    mean = numpy.where(done > 0, numpy.nansum(array, axis=1) / numpy.maximum(done, 1), numpy.nan)
    failed = (sweep["status"].transpose("point", "replicate").values == FAILED).any(axis=1)
    output = numpy.full(count * size, numpy.nan)
    output[point] = numpy.where(failed, numpy.nan, mean)
    output = output.reshape(count, size)
    return output, numpy.isfinite(output).all(axis=1)


def _enough(kept, what):
    if len(kept) < 2:
        raise SweepError(f"{len(kept)} {what} are whole (no failed run, no value missing); at least two are needed")


def _whole_note(values, what, whole):
    left = int((~whole).sum())
    text = f"{int(whole.sum())} {what}"
    if left:
        text += (f"; {left} of {len(whole)} left out whole for a failed run or a missing value "
                 f"({counted(values.attrs['failed'], 'run')} failed)")
    return text


def _luck_of_effects(sweep, values, unit, whole, steps):
    """Mean absolute elementary effect that luck alone gives: that of a normal variable with the effects' SE."""
    used = numpy.isin(sweep["point"].values // steps, numpy.flatnonzero(whole))
    se = luck_share(values, _common(sweep), used)["se"]
    moved = numpy.abs(numpy.diff(unit[whole], axis=1)).max(axis=2)
    return float(numpy.sqrt(2.0) * se * numpy.sqrt(2 / numpy.pi) * numpy.mean(1 / moved))
