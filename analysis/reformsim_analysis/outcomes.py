"""One number per run of a sweep: a measure in a year, itself or as the difference to the baseline."""

import numpy

from .sweeps import DONE, FAILED, SweepError, _measure, counted, design


def outcome(sweep, measure, year=None, scenario=None, against_baseline=True):
    """A measure of one scenario in one year.

    Parameters
    ----------
    sweep : xarray.Dataset
        From :func:`open_sweep`.
    measure : str
        A measure of the sweep.
    year : float, optional
        One of the sweep's years; the last when None.
    scenario : str, optional
        Its name. When None: the only one beside the baseline, or the only one.
    against_baseline : bool
        True: the difference to the baseline at the same point, in the same replicate. Scenarios share their luck
        there (common random numbers), so the difference varies less than either of them.

    Returns
    -------
    xarray.DataArray
        float64 (point, replicate) in the measure's units; NaN where the run was not done or the measure is
        missing. A run counts as failed for all scenarios when it failed for one. Attributes: ``measure``,
        ``year``, ``scenario``, ``against_baseline`` (0 or 1), ``label`` (for people), ``units``, ``design``,
        ``failed``, ``not_asked`` and ``missing`` (how many values are NaN for which reason), ``note``.

    Raises
    ------
    KeyError
        There is no such measure.
    SweepError
        There is no such year or scenario, several scenarios to choose from, or no baseline.
    """
    names = [str(name) for name in sweep["scenario"].values]
    baseline = str(sweep.attrs.get("baseline", ""))
    scenario = _scenario(names, baseline, scenario, against_baseline)
    years = sweep["year"].values
    year = years[-1] if year is None else year
    place = int(numpy.argmin(numpy.abs(years - year)))
    if abs(years[place] - year) > 1e-6:
        raise SweepError(f"the sweep has no year {year:g}; it has {', '.join(f'{of:g}' for of in years)}")
    of = _measure(sweep, measure).isel(year=place, drop=True).transpose("scenario", "point", "replicate")
    values = of.isel(scenario=names.index(scenario), drop=True).copy()
    if against_baseline:
        values = values - of.isel(scenario=names.index(baseline), drop=True)
    status = sweep["status"].transpose("point", "replicate").values
    values = values.where(status == DONE)
    counts = {"failed": int((status == FAILED).sum()), "not_asked": int((status == 0).sum()),
              "missing": int((numpy.isnan(values.values) & (status == DONE)).sum())}
    values.name = measure
    values.attrs = {
        "measure": measure, "year": float(years[place]), "scenario": scenario,
        "against_baseline": int(against_baseline), "units": of.attrs.get("units", "1"),
        "design": sweep.attrs.get("design", ""),
        "label": f"{measure}, year {years[place]:g}, {scenario}" + (f" - {baseline}" if against_baseline else ""),
        "note": _note(counts, status), **counts}
    return values


def _scenario(names, baseline, scenario, against_baseline):
    if against_baseline and baseline not in names:
        raise SweepError("the sweep has no baseline; against_baseline=False takes the measure itself")
    others = [name for name in names if not (against_baseline and name == baseline)]
    if against_baseline and not others:
        raise SweepError(f"'{baseline}' is the only scenario; against_baseline=False takes the measure itself")
    if scenario is None:
        others = [name for name in others if name != baseline] or others
        if len(others) > 1:
            raise SweepError(f"which scenario? There are {', '.join(others)}")
        return others[0]
    if scenario not in others:
        raise SweepError(f"there is no scenario '{scenario}' to look at; there are {', '.join(others)}")
    return scenario


def _note(counts, status):
    points = int(((status == FAILED).any(axis=1)).sum())
    whole = int((~(status == DONE).any(axis=1)).sum())
    if not any(counts.values()):
        return f"{counted(len(status), 'point')}, no run failed"
    parts = [counted(len(status), "point"),
             f"{counted(counts['failed'], 'run')} failed (at {counted(points, 'point')})"]
    if counts["not_asked"]:
        parts.append(f"not asked for: {counted(counts['not_asked'], 'run')}")
    if counts["missing"]:
        parts.append(f"the measure is missing in {counted(counts['missing'], 'run')}")
    if whole:
        parts.append(f"without any run: {counted(whole, 'point')}")
    return "; ".join(parts)


def effects(sweep, measure, year=None):
    """Differences of every other scenario to the baseline, paired by point and replicate.

    Parameters
    ----------
    sweep, measure, year
        As for :func:`outcome`.

    Returns
    -------
    xarray.DataArray
        float64 (scenario, point, replicate) in the measure's units, with the factors as coordinates;
        ``to_series()`` makes a table of it. NaN and attributes as in :func:`outcome`.

    Raises
    ------
    KeyError, SweepError
        As :func:`outcome`; there is no scenario beside the baseline.
    """
    import xarray

    baseline = str(sweep.attrs.get("baseline", ""))
    others = [str(name) for name in sweep["scenario"].values if str(name) != baseline]
    if not others:
        raise SweepError(f"'{baseline}' is the only scenario; there is nothing to compare it with")
    parts = [outcome(sweep, measure, year, name) for name in others]
    result = xarray.concat(parts, dim="scenario", combine_attrs="drop_conflicts").assign_coords(scenario=others)
    result.attrs["label"] = f"{measure}, year {result.attrs['year']:g}, difference to {baseline}"
    result.attrs["missing"] = sum(part.attrs["missing"] for part in parts)
    result.attrs.setdefault("note", "; ".join(f"{part.attrs['scenario']}: {part.attrs['note']}" for part in parts))
    return result


def point_means(sweep, measure, year=None, scenario=None, relative_to_baseline=True):
    """Mean over the replicates at each point.

    Parameters
    ----------
    sweep, measure, year, scenario
        As for :func:`outcome`.
    relative_to_baseline : bool
        Means of the paired differences to the baseline, or of the measure itself.

    Returns
    -------
    pandas.DataFrame
        One row per point (index ``point``): one column per factor, ``mean`` and ``se`` in the measure's units
        (``se``: SD over replicates, dividing by n - 1, over the square root of n; NaN for one replicate),
        ``replicates`` that count, ``failed`` ones. The mean is over the replicates that were done: a failed one is
        left out alone, a point without any left out whole. ``attrs`` as in :func:`outcome`, and ``points``,
        ``points_left_out``.

    Raises
    ------
    KeyError, SweepError
        As :func:`outcome`.
    """
    values = outcome(sweep, measure, year, scenario, relative_to_baseline)
    array = values.values
    count = numpy.isfinite(array).sum(axis=1)
    mean = numpy.where(count > 0, numpy.nansum(array, axis=1) / numpy.maximum(count, 1), numpy.nan)
    squares = numpy.nansum((array - mean[:, None]) ** 2, axis=1)
    variance = numpy.where(count > 1, squares / numpy.maximum(count - 1, 1), numpy.nan)
    result = design(sweep).assign(
        mean=mean, se=numpy.sqrt(variance / numpy.maximum(count, 1)), replicates=count,
        failed=(sweep["status"].transpose("point", "replicate").values == FAILED).sum(axis=1))
    result = result[count > 0]
    result.attrs = {**values.attrs, "points": int((count > 0).sum()), "points_left_out": int((count == 0).sum())}
    return result


def luck_share(values, common, points=None):
    """How much of what varies is the luck of replicates, which no factor explains.

    Parameters
    ----------
    values : array (point, replicate)
        Of :func:`outcome`; NaN does not count.
    common : bool
        Whether the same replicate has the same luck at every point. Luck that moves all points alike then does not
        count in ``of_means``: it moves no point away from another.
    points : bool array (point), optional
        Independent points only (see :func:`independent`); all when None.

    Returns
    -------
    dict of str to float
        ``of_means``: share of the variance over points of the points' means that is luck (1: nothing else; NaN when
        no point has two replicates). ``of_runs``: the same for single runs, each with luck of its own. ``se``: root
        mean square of the standard error of a point's mean, in the measure's units, without luck common to all.

    Two-way analysis of variance without replication (Searle, Casella & McCulloch 1992, Variance Components, ch. 4):
    with common luck, the residual of point and replicate; without, the variance within points.
    """
    values = numpy.asarray(values, float)
    values = values if points is None else values[points]
    values = values[numpy.isfinite(values).sum(axis=1) > 1]
    if len(values) < 2:
        return {"of_means": numpy.nan, "of_runs": numpy.nan, "se": numpy.nan}
    count = numpy.isfinite(values).sum(axis=1)
    mean = numpy.nanmean(values, axis=1)
    rest = values - mean[:, None]
    within = numpy.mean(numpy.nansum(rest**2, axis=1) / (count - 1))
    own = within
    if common:
        some = numpy.isfinite(rest).any(axis=0)
        rest = rest[:, some] - numpy.nanmean(rest[:, some], axis=0)
        own = numpy.mean(numpy.nansum(rest**2, axis=1) / (count - 1)) * len(values) / (len(values) - 1)
    luck = own * numpy.mean(1.0 / count)
    total = numpy.var(mean, ddof=1)
    signal = max(total - luck, 0.0)
    return {"of_means": float(min(luck / total, 1.0)) if total > 0 else numpy.nan,
            "of_runs": float(within / (within + signal)) if within + signal > 0 else numpy.nan,
            "se": float(numpy.sqrt(luck))}
