"""Opening sweep files: scenarios (policies) at many points of the factors' space (futures)."""

import os
import shlex

import numpy
import xarray

FILE_TYPE = "reformsim sweep"
FORMAT_MAJOR = 1
DONE, FAILED = 1, 2  # values of `status`; 0: not asked for


class SweepError(ValueError):
    """The file is no sweep of reformsim, of another format, or does not hold what was asked for."""


def open_sweep(path):
    """Open a sweep file.

    Parameters
    ----------
    path : str or os.PathLike
        A file written by ``reformsim sweep`` or ``merge``.

    Returns
    -------
    xarray.Dataset
        In memory; the file is closed. One float64 variable per measure with the dimensions (scenario, point,
        replicate, year) and the attributes ``units`` and ``long_name``; ``status`` (point, replicate): 1 done,
        2 failed, 0 not asked for. Each factor is a coordinate (point) under its path: numbers, or the names of a
        choice or switch; ``attrs["names"]`` says which, ``attrs["distribution"]`` where its values come from.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    SweepError
        The file was not written by ``reformsim sweep``, or is of another format version.
    """
    path = os.fspath(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(path)
    try:
        with xarray.open_dataset(path, decode_times=False) as root:
            _check(path, root.attrs)
            sweep = root.load()
    except SweepError:
        raise
    except (OSError, KeyError, ValueError) as error:
        raise SweepError(f"{path}: not a readable HDF5 file ({error})") from error
    columns = {}
    for number, factor in enumerate(factors(sweep)):
        values = sweep["design_value"].values[:, number]
        names = [name.strip() for name in str(sweep["design_names"].values[number]).split(",") if name.strip()]
        if names:
            values = numpy.array([names[int(value)] for value in values], dtype=object)
        about = {"long_name": factor, "names": ",".join(names)}
        for key in ("units", "distribution"):
            if "design_" + key in sweep:
                about[key] = str(sweep["design_" + key].values[number])
        columns[factor] = ("point", values, about)
    return sweep.assign_coords(columns)


def _check(path, attributes):
    if attributes.get("file_type") != FILE_TYPE:
        raise SweepError(f"{path}: not a sweep of reformsim")
    version = str(attributes.get("format_version", ""))
    if version.split(".")[0] != str(FORMAT_MAJOR):
        raise SweepError(f"{path}: format {version}; this package reads format {FORMAT_MAJOR}")


def factors(sweep):
    """Paths of the factors, a list of str in the order of the plan."""
    return [str(path) for path in sweep["factor"].values] if "factor" in sweep.dims else []


def short_names(paths):
    """Short names of factors for labels: the last two components of each path, or more where two would be alike.

    Returns
    -------
    dict of str to str
        Path to short name: ``{"levers.networks.expectation": "networks.expectation"}``.
    """
    paths = list(paths)
    short = {}
    for path in paths:
        parts = path.split(".")
        for length in range(min(2, len(parts)), len(parts) + 1):
            short[path] = ".".join(parts[-length:])
            if sum(other == path or other.endswith("." + short[path]) for other in paths) == 1:
                break
    return short


def measures(sweep):
    """Names of the measures in the file, a list of str in the order of the plan."""
    wanted = {"scenario", "point", "replicate", "year"}
    return [name for name in sweep.data_vars if set(sweep[name].dims) == wanted]


def design(sweep, unit=False):
    """The design as a table.

    Parameters
    ----------
    sweep : xarray.Dataset
        From :func:`open_sweep`.
    unit : bool
        False: the factors' values, choices by name. True: coordinates in unit space, float.

    Returns
    -------
    pandas.DataFrame
        One row per point (index ``point``), one column per factor path.

    Raises
    ------
    SweepError
        Unit space is asked for and has no part in the design.
    """
    import pandas

    index = pandas.Index(sweep["point"].values, name="point")
    if not unit:
        return pandas.DataFrame({factor: sweep[factor].values for factor in factors(sweep)}, index=index)
    if "design_unit" not in sweep or not numpy.isfinite(sweep["design_unit"].values).all():
        raise SweepError(f"a {sweep.attrs.get('design')} design is not made in unit space")
    values = sweep["design_unit"].transpose("point", "factor").values
    return pandas.DataFrame(values, index=index, columns=factors(sweep))


def independent(sweep):
    """Which points are independent draws, bool (point): A and B of a saltelli design, all of any other."""
    point = sweep["point"].values
    if sweep.attrs.get("design") != "saltelli":
        return numpy.ones(len(point), bool)
    block = saltelli_block(sweep)
    return (point % block == 0) | (point % block == block - 1)


def saltelli_block(sweep):
    """Points that belong to one base point of a saltelli design: A, AB_1 .. AB_d, [BA_1 .. BA_d,] B; an int."""
    return (2 if int(sweep.attrs.get("design_second_order", 0)) else 1) * len(factors(sweep)) + 2


def failures(sweep):
    """What failed, a pandas.DataFrame with the columns point, replicate, reason, replay (the command that makes the
    run again; the file by its name); empty when nothing did."""
    import pandas

    names = ["point", "replicate", "reason"]
    if "failure_reason" not in sweep:
        return pandas.DataFrame(columns=names + ["replay"])
    found = pandas.DataFrame({name: sweep["failure_" + name].values for name in names})
    file = shlex.quote(os.path.basename(str(sweep.encoding.get("source", "sweep.h5"))))
    return found.assign(replay=[f"reformsim replay {file} --point {point} --replicate {replicate}"
                                for point, replicate in zip(found["point"], found["replicate"])])


def counted(number, word):
    """ "1 point", "3 points"; a str."""
    many = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{number} {word if number == 1 else many}"


def tidy_sweep(sweep, names=None):
    """One row per value.

    Parameters
    ----------
    sweep : xarray.Dataset
        From :func:`open_sweep`.
    names : list of str, optional
        Measures; all when None.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario``, ``point``, ``replicate``, ``year`` (years since the start of the reform), one per
        factor (choices by name), ``measure``, ``unit``, ``value``. Only runs that were done; ``attrs["note"]``
        says how many were not.

    Raises
    ------
    KeyError
        A measure is not in the file.
    """
    import pandas

    done = _long(sweep["status"], "status")["status"].values == DONE
    parts = []
    for name in measures(sweep) if names is None else names:
        variable = _measure(sweep, name)
        part = _long(variable, "value")
        parts.append(part.assign(measure=name, unit=variable.attrs.get("units", ""))[
            numpy.tile(numpy.repeat(done, sweep.sizes["year"]), sweep.sizes["scenario"])])
    result = _with_factors(sweep, pandas.concat(parts, ignore_index=True), 4)
    result = result[[column for column in result if column != "value"] + ["value"]]
    return _stated(result, sweep)


def table(sweep, names=None):
    """One row per run, as NetLogo's BehaviorSpace writes it.

    Parameters
    ----------
    sweep : xarray.Dataset
        From :func:`open_sweep`.
    names : list of str, optional
        Measures; all when None.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario``, ``point``, ``replicate``, one per factor, ``status`` ("done", "failed"), and one per
        measure and year: ``true_attainment_mean@10``. Failed runs keep their row, with NaN for every measure; runs
        that were not asked for have none. ``attrs["note"]`` says how many there are of each.

    Raises
    ------
    KeyError
        A measure is not in the file.
    """
    status = sweep["status"].expand_dims(scenario=sweep["scenario"].values)
    result = _long(status, "status")
    state = result["status"].values
    columns = {}
    for name in measures(sweep) if names is None else names:
        values = _measure(sweep, name).transpose("scenario", "point", "replicate", "year").values
        for number, year in enumerate(sweep["year"].values):
            columns[f"{name}@{year:g}"] = numpy.where(state == DONE, values[..., number].ravel(), numpy.nan)
    result = result.assign(status=numpy.where(state == FAILED, "failed", "done"), **columns)[state != 0]
    return _stated(_with_factors(sweep, result.reset_index(drop=True), 3), sweep)


def _long(variable, name):
    order = [dim for dim in ("scenario", "point", "replicate", "year") if dim in variable.dims]
    return variable.transpose(*order).reset_coords(drop=True).to_series().rename(name).reset_index()


def _measure(sweep, name):
    if name not in measures(sweep):
        raise KeyError(f"there is no measure '{name}'; the sweep has {', '.join(measures(sweep))}")
    return sweep[name]


def _with_factors(sweep, result, place):
    columns = design(sweep).reindex(result["point"]).reset_index(drop=True)
    for number, factor in enumerate(columns):
        result.insert(place + number, factor, columns[factor])
    return result


def _stated(result, sweep):
    state, scenarios = sweep["status"].values, sweep.sizes["scenario"]
    failed, unasked = (scenarios * int((state == kind).sum()) for kind in (FAILED, 0))
    result.attrs.update(runs=scenarios * state.size - failed - unasked, failed=failed, not_asked=unasked)
    result.attrs["note"] = f"{failed} of {scenarios * state.size - unasked} runs failed"
    return result
