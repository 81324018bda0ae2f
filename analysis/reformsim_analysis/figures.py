"""Figures: legible in print and to colour-blind readers."""

import os

from .results import open_results, summary

# Okabe and Ito (2008), from the darkest; each line also has its own dashes, for print without colour.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
DASHES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1))]


def fan_chart(paths, measure="value_added_mean", labels=None, low=0.05, high=0.95, ax=None):
    """Draw a measure over time: the mean over replicates as a line, a range of them as a band.

    Parameters
    ----------
    paths : path or list of paths
        Results files, one for each scenario; at most seven.
    measure : str
        A measure of the system.
    labels : list of str, optional
        One for each file; the scenarios' titles when None.
    low, high : float
        Quantiles of the band; nine in ten replicates lie in the standard one.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure of 7 x 4.5 inches when None.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    KeyError
        A file does not hold the measure.
    ValueError
        No file, more than seven, or not one label for each.
    FileNotFoundError, ResultsError
        As :func:`open_results`.
    """
    import matplotlib.pyplot as plt

    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    paths = list(paths)
    if not 1 <= len(paths) <= len(COLOURS):
        raise ValueError(f"from 1 to {len(COLOURS)} files can be told apart in one figure, not {len(paths)}")
    if labels is not None and len(labels) != len(paths):
        raise ValueError(f"{len(labels)} labels for {len(paths)} files")
    datasets = [open_results(path) for path in paths]
    for path, dataset in zip(paths, datasets):
        if measure not in dataset.data_vars:
            raise KeyError(f"{path}: there is no measure '{measure}'")
    if labels is None:
        labels = [_label(path, dataset) for path, dataset in zip(paths, datasets)]
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")

    for dataset, label, colour, dashes in zip(datasets, labels, COLOURS, DASHES):
        of = summary(dataset[[measure]], low, high)[measure]
        year = of["year"].values
        ax.fill_between(year, of.sel(statistic="low"), of.sel(statistic="high"), color=colour, alpha=0.18, lw=0)
        ax.plot(year, of.sel(statistic="mean"), color=colour, linestyle=dashes, lw=2, label=label)
    about = datasets[0][measure].attrs
    ax.set_xlabel("years since the start of the reform")
    ax.set_ylabel(f"{measure.replace('_', ' ')} ({about.get('units', '1')})")
    ax.set_title(f"{about.get('long_name', measure)}\nmean over replicates; "
                 f"band: {100 * (high - low):.0f}% of replicates", fontsize=10, loc="left")
    ax.margins(x=0)
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    if len(paths) > 1:
        ax.legend(frameon=False)
    return ax


def _label(path, dataset):
    title = str(dataset.attrs.get("title", "-"))
    return title if title not in ("", "-") else os.path.splitext(os.path.basename(os.fspath(path)))[0]
