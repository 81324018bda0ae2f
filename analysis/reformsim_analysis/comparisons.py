"""Opening comparison files: what `reformsim compare` has found, scenario against baseline."""

import os

import xarray

FILE_TYPE = "reformsim comparison"
FORMAT_MAJOR = 1


class ComparisonError(ValueError):
    """The file is no comparison of reformsim, of another format, or has no such group."""


def open_comparison(path, group=None):
    """Open a comparison file.

    Parameters
    ----------
    path : str or os.PathLike
        ``comparison.h5`` in a folder written by ``reformsim compare -o``, or that folder.
    group : str, optional
        None for the measures of the whole system; "pair", "money", "money/spending", "money/lever_spending",
        "policy", "group", "balance", "level", "distribution", "school", "district", "parameters" or "belief"
        (sim/decide/comparison_file.md).

    Returns
    -------
    xarray.Dataset
        In memory; the file is closed. Without a group: estimates (``mean``, ``difference``, ``low``, ``high`` ...)
        over (scenario, measure, year). ``attrs["baseline"]`` names the baseline. Where replicates simulate sets of
        parameters also ``sd_parameters``, ``sd_luck`` (standard deviations of the difference, in its unit) and
        ``share_of_sets_higher`` (0 to 1).

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ComparisonError
        The file was not written by ``reformsim compare``, is of another format version, or has no such group.
    """
    path = os.fspath(path)
    if os.path.isdir(path):
        path = os.path.join(path, "comparison.h5")
    if not os.path.isfile(path):
        raise FileNotFoundError(path)
    try:
        with xarray.open_dataset(path, decode_times=False) as root:
            attributes = dict(root.attrs)
            _check(path, attributes)
            if group is None:
                return root.load()
    except ComparisonError:
        raise
    except (OSError, KeyError, ValueError) as error:
        raise ComparisonError(f"{path}: not a readable HDF5 file ({error})") from error
    try:
        with xarray.open_dataset(path, group=group, decode_times=False) as dataset:
            loaded = dataset.load()
    except (OSError, KeyError, ValueError) as error:
        raise ComparisonError(f"{path}: there is no group '{group}'") from error
    loaded.attrs = {**attributes, **loaded.attrs}
    return loaded


def _check(path, attributes):
    if attributes.get("file_type") != FILE_TYPE:
        raise ComparisonError(f"{path}: not a comparison of reformsim")
    version = str(attributes.get("format_version", ""))
    if version.split(".")[0] != str(FORMAT_MAJOR):
        raise ComparisonError(f"{path}: format {version}; this package reads format {FORMAT_MAJOR}")
