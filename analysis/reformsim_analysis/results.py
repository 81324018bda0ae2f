"""Opening results files."""

import os

import xarray

FILE_TYPE = "reformsim results"
FORMAT_MAJOR = 1


class ResultsError(ValueError):
    """The file is no results file of reformsim, or of a format that this package does not read."""


def open_results(path, group=None):
    """Open a results file.

    Parameters
    ----------
    path : str or os.PathLike
        A file written by ``reformsim run`` or ``reformsim compare``.
    group : str, optional
        None for the measures of the whole system; "school", "district" or "cluster" for the trajectories that
        the scenario asked for; "parameters" for the set of parameters that each replicate had, where the scenario
        names sets of them; "summary/mean", "summary/sd", "summary/se" or "summary/quantile" for what the
        program itself computed over replicates.

    Returns
    -------
    xarray.Dataset
        In memory; the file is closed. Without a group: one float64 variable per measure with the dimensions
        (replicate, year); ``year`` is the time since the start of the reform in years and begins with 0. Each
        variable has the attributes ``units`` and ``long_name``. ``attrs["scenario"]`` is the resolved
        scenario (YAML, every default written out), ``attrs["seed"]`` its seed, ``attrs["complete"]`` 0 for a
        run that was stopped.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ResultsError
        The file was not written by reformsim, or is of another format version, or has no such group.
    """
    path = os.fspath(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(path)
    try:
        with xarray.open_dataset(path) as root:
            attributes = dict(root.attrs)
            _check(path, attributes)
            if group is None:
                return root.load()
    except (OSError, KeyError) as error:
        raise ResultsError(f"{path}: not a readable HDF5 file ({error})") from error
    except ValueError as error:
        if isinstance(error, ResultsError):
            raise
        # xarray says so of files that none of its readers can open.
        raise ResultsError(f"{path}: not a readable HDF5 file ({error})") from error
    try:
        with xarray.open_dataset(path, group=group) as dataset:
            loaded = dataset.load()
    except (OSError, KeyError, ValueError) as error:
        raise ResultsError(
            f"{path}: there is no group '{group}' (record.schools, record.districts and record.clusters of the "
            "scenario ask for trajectories)"
        ) from error
    loaded.attrs = {**attributes, **loaded.attrs}
    return loaded


def _check(path, attributes):
    if attributes.get("file_type") != FILE_TYPE:
        raise ResultsError(f"{path}: not a results file of reformsim")
    version = str(attributes.get("format_version", ""))
    if version.split(".")[0] != str(FORMAT_MAJOR):
        raise ResultsError(f"{path}: format {version}; this package reads format {FORMAT_MAJOR}")


def scenario_text(path):
    """The resolved scenario of a results file: YAML that ``reformsim run`` accepts, as one str."""
    return open_results(path).attrs["scenario"]


def summary(results, low=0.05, high=0.95):
    """Mean and range over replicates.

    Parameters
    ----------
    results : xarray.Dataset or path
        From :func:`open_results`, or a file to open; needs the dimension ``replicate``.
    low, high : float
        Quantiles, 0 <= low < high <= 1.

    Returns
    -------
    xarray.Dataset
        The same measures in the same units, with the dimension ``statistic`` ("mean", "sd", "low", "high")
        in the place of ``replicate``. Replicates in which a measure is missing (NaN) do not count. ``sd``
        divides by the number of replicates minus one, and is NaN for a single replicate.

    Raises
    ------
    ValueError
        The quantiles are out of order or out of range, or there is no dimension ``replicate``.
    """
    if not 0 <= low < high <= 1:
        raise ValueError(f"quantiles must satisfy 0 <= low < high <= 1, not {low} and {high}")
    dataset = results if isinstance(results, xarray.Dataset) else open_results(results)
    if "replicate" not in dataset.dims:
        raise ValueError("the dataset has no dimension 'replicate'")
    measures = dataset[[name for name in dataset.data_vars if "replicate" in dataset[name].dims]]
    many = dataset.sizes["replicate"] > 1
    parts = [
        measures.mean("replicate"),
        measures.std("replicate", ddof=1) if many else measures.mean("replicate") * float("nan"),
        measures.quantile(low, "replicate").drop_vars("quantile"),
        measures.quantile(high, "replicate").drop_vars("quantile"),
    ]
    result = xarray.concat(parts, dim="statistic").assign_coords(statistic=["mean", "sd", "low", "high"])
    for name in result.data_vars:
        result[name].attrs = dict(dataset[name].attrs)
    result.attrs = dict(dataset.attrs)
    return result


def tidy(path, measures=None):
    """The measures of the system as a table with one row per value.

    Parameters
    ----------
    path : str or os.PathLike
        A results file.
    measures : list of str, optional
        Names of measures; all when None.

    Returns
    -------
    pandas.DataFrame
        Columns: ``title`` (of the scenario), ``replicate`` (int), ``year`` (years since the start of the
        reform), ``measure``, ``unit``, ``value``. Sorted by measure in the order of the file, replicate and
        year; replicates x years x measures rows.

    Raises
    ------
    KeyError
        A measure is not in the file.
    FileNotFoundError, ResultsError
        As :func:`open_results`.
    """
    import pandas

    dataset = open_results(path)
    names = list(dataset.data_vars) if measures is None else list(measures)
    tables = []
    for name in names:
        if name not in dataset.data_vars:
            raise KeyError(f"{path}: there is no measure '{name}'")
        variable = dataset[name].transpose("replicate", "year")
        table = variable.to_series().rename("value").reset_index()
        table.insert(0, "title", dataset.attrs.get("title", ""))
        table.insert(3, "measure", name)
        table.insert(4, "unit", variable.attrs.get("units", ""))
        tables.append(table)
    return pandas.concat(tables, ignore_index=True)
