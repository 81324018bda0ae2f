"""Figures of the calibration."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy  # noqa: E402

KNOWN, UNKNOWN, PRIOR = "#0072B2", "#999999", "#e6e6e6"


def widths_figure(table, path):
    """What is known of each parameter: the middle nine tenths of the surviving sets (a bar), their median (a point) and
    the default (a tick) in the range of the prior, the best known on top; grey where nothing was learnt."""
    table = table.sort_values("width").reset_index(drop=True)
    span = table["high"] - table["low"]
    place = {key: (table[key] - table["low"]) / span for key in ("q05", "median", "q95", "default")}
    figure, axes = plt.subplots(figsize=(7.5, 0.17 * len(table) + 1.2))
    rows = numpy.arange(len(table))
    colour = numpy.where(table["identified"] == "yes", KNOWN, UNKNOWN)
    axes.barh(rows, numpy.ones(len(table)), color=PRIOR, height=0.8)
    axes.barh(rows, place["q95"] - place["q05"], left=place["q05"], color=colour, height=0.5)
    axes.scatter(place["median"], rows, color="white", edgecolor=colour, s=16, zorder=3)
    axes.scatter(place["default"], rows, color="black", marker="|", s=40, zorder=4)
    axes.set_yticks(rows, table["parameter"], fontsize=7)
    axes.set(ylim=(len(table) - 0.4, -0.6), xlim=(0, 1), xticks=[0, 0.5, 1])
    axes.set_xticklabels(["low end", "range of the prior", "high end"])
    axes.set_title("Surviving sets: middle nine tenths (bar), median (point), default (tick)", fontsize=9)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    figure.savefig(path, dpi=150, bbox_inches="tight")
    plt.close(figure)
