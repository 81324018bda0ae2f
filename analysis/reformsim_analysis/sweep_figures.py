"""Figures of sweeps: 7 x 4.5 inches, for print and for colour-blind readers; factors by their short names.

Each function draws into `ax`, or a new figure when None, and returns the axes. The title says what is shown, how many
points it rests on, what the bars are, and what failed.
"""

import numpy
import pandas
from scipy import stats

from .drawing import finished, name_points, new_axes, quantity_label, upwards
from .figures import COLOURS, DASHES
from .outcomes import outcome, point_means
from .sweeps import counted, factors, independent, short_names

MOST = 16  # factors that one figure shows
MARKS = ["o", "s", "^", "D", "v", "P", "X"]


def sobol_plot(table, ax=None, most=MOST):
    """First-order and total indices of each factor with their intervals.

    table : pandas.DataFrame -- from :func:`sobol`; most : int -- factors shown, those of the largest total index
    """
    about = table.attrs
    wide = table.pivot_table(index="factor", columns="index", values=["value", "low", "high"], dropna=False)
    wide = wide.sort_values(("value", "ST"), ascending=False)
    ax = new_axes(ax)
    shown, hidden = upwards(ax, wide.index, most)
    place = numpy.arange(len(shown))[::-1]
    for index, shift, colour, mark, label in (("ST", -0.14, COLOURS[0], "o", "total, ST: with all its interactions"),
                                              ("S1", 0.14, COLOURS[1], "s", "first order, S1: alone")):
        value, low, high = (wide[(kind, index)].loc[shown] for kind in ("value", "low", "high"))
        ax.hlines(place - shift, low, high, color=colour, lw=1.6)
        ax.plot(value, place - shift, mark, color=colour, ms=5.5, label=label)
    if about.get("luck_of_means", 0) > 0.005:
        ax.axvline(about["luck_of_means"], color="0.35", lw=1.2, ls=(0, (1, 1)),
                   label="luck of replicates in the means")
    ax.axvline(0, color="0.6", lw=0.8)
    ax.set_xlabel("share of the variance over points")
    ax.legend(frameon=True, framealpha=0.9, edgecolor="none", loc="lower right", fontsize=8)
    return finished(ax, about, "Sobol' indices", f"{about['base_points']} base points" + hidden,
                     (about["base_points_left_out"], "base point"), f"lines: {about['level']:.0%} bootstrap intervals")


def morris_plot(table, ax=None, most=12):
    """mu* against sigma of each factor; names at the `most` factors of the largest mu*.

    table : pandas.DataFrame -- from :func:`morris`
    """
    about = table.attrs
    wide = table.pivot_table(index="factor", columns="index", values=["value", "low", "high"], dropna=False)
    wide = wide.sort_values(("value", "mu_star"), ascending=False)
    star, sigma = wide[("value", "mu_star")], wide[("value", "sigma")]
    ax = new_axes(ax)
    ax.hlines(sigma, wide[("low", "mu_star")], wide[("high", "mu_star")], color=COLOURS[0], lw=1, alpha=0.45)
    ax.vlines(star, wide[("low", "sigma")], wide[("high", "sigma")], color=COLOURS[0], lw=1, alpha=0.45)
    ax.plot(star, sigma, "o", color=COLOURS[0], ms=5)
    right, top = 1.12 * wide[("high", "mu_star")].max(), 1.12 * wide[("high", "sigma")].max()
    right, top = right if right > 0 else 1.0, top if top > 0 else max(0.2 * right, 1.0)
    ax.set(xlim=(0, right), ylim=(-0.03 * top, top))
    ax.plot([0, min(right, top)], [0, min(right, top)], color="0.5", lw=1, ls="--", zorder=0)
    ax.annotate("sigma = mu*", (0.97 * min(right, top),) * 2, (-4, 0), textcoords="offset points", color="0.35",
                fontsize=8, ha="right", va="center")
    luck = about.get("luck", 0)
    sure = wide[("low", "mu_star")] > luck if luck > 0 else star >= 0
    named = star[sure].index[:most]
    if luck > 0.005 * right:
        ax.axvspan(0, luck, color="0.9", lw=0, zorder=0, label="what luck alone would give")
    if len(named) < len(star):
        ax.plot([], [], " ", label=f"{counted(len(star) - len(named), 'factor')} without a name: less, or luck")
    bars = [(low, at, high, at) for low, high, at in zip(wide[("low", "mu_star")], wide[("high", "mu_star")], sigma)]
    bars += [(at, low, at, high) for low, high, at in zip(wide[("low", "sigma")], wide[("high", "sigma")], star)]
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower right", fontsize=8, frameon=True, framealpha=0.9, edgecolor="none")
    short, order = short_names(wide.index), list(named) + [factor for factor in star.index if factor not in named]
    name_points(ax, star[order], sigma[order], [short[factor] for factor in named], bars)
    ax.set_xlabel(f"mu*: mean absolute effect ({about['units']} per range of the factor)")
    ax.set_ylabel("sigma: interactions and curvature")
    return finished(ax, about, "Elementary effects", f"{about['trajectories']} trajectories",
                     (about["trajectories_left_out"], "trajectory"), f"lines: {about['level']:.0%} bootstrap intervals")


def regional_plot(table, ax=None, most=MOST):
    """Distance between points below the threshold and the rest, by factor; hollow where luck would do (p > 0.05).

    table : pandas.DataFrame -- from :func:`regional`
    """
    about = table.attrs
    ax = new_axes(ax)
    shown, hidden = upwards(ax, table["factor"], most)
    place, sure = numpy.arange(len(shown))[::-1], (table["p_adjusted"] <= 0.05).values[:len(shown)]
    distance = table["distance"].values[:len(shown)]
    ax.hlines(place, 0, distance, color=COLOURS[0], lw=1.6)
    ax.plot(distance[sure], place[sure], "o", color=COLOURS[0], ms=6, label="adjusted p up to 0.05")
    ax.plot(distance[~sure], place[~sure], "o", mfc="white", color=COLOURS[0], ms=6, label="could be chance")
    ax.set_xlim(0, min(1.02, 1.25 * max(distance.max(), 0.1)))
    ax.set_xlabel("distance between the two groups (0: alike, 1: apart)")
    ax.legend(frameon=False, loc="lower right", fontsize=8)
    return finished(ax, about, "Regional sensitivity", f"{about['below']} points below {about['threshold']:.3g} "
                     f"{about['units']} against {about['rest']}" + hidden, (about["points_left_out"], "point"), "")


def tornado_plot(table, ax=None, most=MOST):
    """Changes from the base point when one factor alone takes another value; the longest on top.

    Of several values the two with the highest and the lowest outcome are drawn, each with its name.

    table : pandas.DataFrame -- from :func:`one_at_a_time`
    """
    about = table.attrs
    reach = table["value"].abs().groupby(table["factor"]).max().sort_values(ascending=False)
    ax = new_axes(ax)
    shown, hidden = upwards(ax, reach.index, most)
    for place, factor in zip(range(len(shown))[::-1], shown):
        of = table[table["factor"] == factor].sort_values("value")
        for number, (row, shift) in enumerate(zip([of.iloc[-1], of.iloc[0]][:len(of)], (0.18, -0.18))):
            ax.hlines(place + shift, row["low"], row["high"], color=COLOURS[number], lw=1.4)
            ax.plot(row["value"], place + shift, MARKS[number], color=COLOURS[number], ms=5, label=None if place else
                    ("the value with the highest outcome", "the value with the lowest outcome")[number])
            level = row["to"] if isinstance(row["to"], str) else f"{row['to']:.3g}"
            ax.annotate(level, (numpy.nanmax([row["high"], row["value"]]), place + shift), (4, 0), va="center",
                        textcoords="offset points", fontsize=7, color=COLOURS[number])
    ax.axvline(0, color="0.4", lw=0.9)
    ax.set_xlabel(f"change from the base point ({about['units']})")
    ax.margins(x=0.09)
    ax.legend(frameon=False, fontsize=8, ncol=2, loc="upper center", bbox_to_anchor=(0.4, -0.12))
    return finished(ax, about, "One factor at a time", f"{int(table['replicates'].min())} replicates or more" + hidden,
                     (0, ""), f"lines: {about['level']:.0%} intervals")


def scatter_effects(sweep, measure, year=None, factor=None, scenario=None, against_baseline=True, bins=10, ax=None):
    """Outcome of each point against a factor, and its mean with a 95% interval in bins of equally many points.

    Parameters
    ----------
    sweep, measure, year, scenario, against_baseline
        As for :func:`outcome`.
    factor : str, optional
        Its path; the first when None. A choice, or a factor of at most `bins` values, has a bin for each.
    bins : int

    The interval is Student's t over the points of a bin: how sure the mean over the other factors is.
    """
    factor = factors(sweep)[0] if factor is None else factor
    means = point_means(sweep, measure, year, scenario, against_baseline)
    about = dict(means.attrs)
    means = means[means.index.isin(sweep["point"].values[independent(sweep)])]
    ax = new_axes(ax)
    values = means[factor]
    names = _names(sweep, factor, values)
    x = values.map({name: place for place, name in enumerate(names)}) if names else values
    group = x if x.nunique() <= bins else pandas.qcut(x, bins, duplicates="drop")
    few = x.nunique() <= bins
    rough = numpy.random.default_rng(0).uniform(-0.12, 0.12, len(x)) if few else 0.0
    step = numpy.diff(numpy.sort(x.unique())).min() if few and x.nunique() > 1 else 1.0
    ax.plot(x + rough * step, means["mean"], "o", ms=3, mew=0, color="0.45", alpha=min(0.7, 100 / len(x) + 0.3))
    rows = []
    for _, some in means.groupby(group, observed=True):
        middle, count = some["mean"].mean(), len(some)
        half = stats.t.ppf(0.975, count - 1) * some["mean"].std(ddof=1) / numpy.sqrt(count) if count > 1 else 0.0
        rows.append((x.loc[some.index].mean(), middle, middle - half, middle + half))
    at, middle, low, high = numpy.array(rows).T
    if names:
        ax.errorbar(at, middle, [middle - low, high - middle], fmt="o", color=COLOURS[0], ms=6, lw=2, capsize=4)
        ax.set_xticks(range(len(names)), names)
        ax.set_xlim(-0.5, len(names) - 0.5)
    else:
        ax.fill_between(at, low, high, color=COLOURS[0], alpha=0.3, lw=0)
        ax.plot(at, middle, "-o", color=COLOURS[0], lw=2, ms=4)
    if against_baseline:
        ax.axhline(0, color="0.3", lw=0.9)
    unit = sweep[factor].attrs.get("units", "")
    ax.set_xlabel(factor + (f" ({unit})" if unit not in ("", "1") else ""))
    ax.set_ylabel(quantity_label(about))
    return finished(ax, about, "", f"{len(means)} points, grey", (about["points_left_out"], "point"),
                     "blue: mean of a bin, 95% interval")


def lines_plot(sweep, measure, year=None, factor=None, by=None, scenario=None, against_baseline=True, ax=None):
    """Mean outcome over the points with the same value of a factor, a line for each value of a second one.

    sweep, measure, year, scenario, against_baseline -- as for :func:`outcome`; factor, by : str, optional -- paths; the
    first factor and no second when None; of `by` at most seven values are drawn.
    """
    factor = factors(sweep)[0] if factor is None else factor
    means = point_means(sweep, measure, year, scenario, against_baseline)
    about = dict(means.attrs)
    ax = new_axes(ax)
    names = _names(sweep, factor, means[factor])
    every = (_names(sweep, by, means[by]) or sorted(set(means[by]))) if by else [None]
    runs = outcome(sweep, measure, year, scenario, against_baseline).reset_coords(drop=True).to_pandas()
    for number, (value, colour, dashes) in enumerate(zip(every, COLOURS, DASHES)):
        some = means if value is None else means[means[by] == value]
        # The mean over points within each replicate first: replicates may share their luck over points.
        line = runs.loc[some.index].groupby(some[factor]).mean()
        error = line.std(axis=1, ddof=1) / numpy.sqrt(line.notna().sum(axis=1))
        at = [names.index(name) for name in line.index] if names else line.index.values
        label = None if value is None else value if isinstance(value, str) else f"{value:.4g}"
        ax.errorbar(at, line.mean(axis=1), 2 * error.fillna(0), color=colour, ls=dashes, marker=MARKS[number], ms=5,
                    lw=1.8, elinewidth=1.1, capsize=2, label=label)
    if names:
        ax.set_xticks(range(len(names)), names)
    if by:
        ax.legend(title=short_names(factors(sweep))[by], frameon=False, fontsize=8, title_fontsize=8)
    if against_baseline:
        ax.axhline(0, color="0.3", lw=0.9)
    ax.set_xlabel(factor)
    ax.set_ylabel(quantity_label(about))
    more = f"; {len(every) - 7} more values not drawn" if len(every) > 7 else ""
    return finished(ax, about, "", f"{len(means)} points", (about["points_left_out"], "point"),
                     "bars: 2 standard errors over replicates" + more)


def _names(sweep, factor, values):
    """Names of a choice that occur, in the order of the plan; None of a factor of numbers."""
    if values.dtype != object:
        return None
    return [name for name in sweep[factor].attrs["names"].split(",") if name in set(values)]


def prim_plot(peeling, box=None, ax=None):
    """Coverage against density along the peeling, the chosen box marked. peeling, box -- from `discovery`"""
    rows = peeling.trajectory
    box = peeling.box() if box is None else box
    ax = new_axes(ax)
    ax.plot(rows["coverage"], rows["density"], "-", color="0.7", lw=1, zorder=1)
    for kind, some in rows.groupby(rows["restricted"].clip(upper=len(MARKS) - 1)):
        ax.plot(some["coverage"], some["density"], MARKS[kind], color=(["0.2"] + COLOURS)[kind], ms=6,
                label=counted(kind, "factor") + (" or more" if kind == len(MARKS) - 1 else ""))
    ax.plot(box.coverage, box.density, "o", ms=11, mfc="none", mew=2, color="black", label="the box in words")
    ax.axhline(peeling.interest.mean(), color="0.4", lw=0.9, ls="--")
    ax.annotate("all points", (0.02, peeling.interest.mean()), (0, 3), textcoords="offset points", fontsize=8)
    ax.set(xlim=(0, 1.04), ylim=(0, 1.04))
    ax.set_xlabel("coverage: share of the points of interest that the box holds")
    ax.set_ylabel("density: share of the box of interest")
    ax.legend(title="the box restricts", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8,
              title_fontsize=8)
    return finished(ax, peeling.about, "Scenario discovery: points that " + peeling.label,
                    f"{len(peeling.interest)} points", (peeling.about.get("points_left_out", 0), "point"),
                    "PRIM", quantity=False)


def box_plot(peeling, box=None, ax=None):
    """The points over the two restricted factors with the lowest quasi-p-values, and the box's limits there."""
    from matplotlib.patches import Rectangle

    box = peeling.box() if box is None else box
    pair = sorted(box.limits, key=lambda factor: box.quasi_p[factor])[:2]
    pair += [factor for factor in peeling.factors if factor not in pair][:2 - len(pair)]
    ax, spans, random = new_axes(ax), [], numpy.random.default_rng(0)
    xy = []
    for factor, axis in zip(pair, (ax.xaxis, ax.yaxis)):
        column = peeling.factors[factor]
        if column.dtype == object:
            inside = box.limits.get(factor, tuple(set(column)))
            names = sorted(inside) + sorted(set(column) - set(inside))
            axis.set_ticks(range(len(names)), names)
            xy.append(column.map(names.index) + random.uniform(-0.3, 0.3, len(column)))
            spans.append((-0.45, len(inside) - 0.55))
        else:
            low, high = column.min(), column.max()
            edge = 0.02 * (high - low)
            limit = box.limits.get(factor, (-numpy.inf, numpy.inf))
            xy.append(column)
            spans.append((max(limit[0], low - edge), min(limit[1], high + edge)))
        axis.set_label_text(factor, fontsize=10 if len(factor) < 40 else 8.5)
    if len(pair) == 1:
        xy.append(random.uniform(0, 1, len(peeling.interest)))
        spans.append((-0.02, 1.02))
        ax.set_yticks([])
    for of, mark, colour, label in ((~peeling.interest, "o", "0.6", "others"),
                                    (peeling.interest, "^", COLOURS[1], "of interest")):
        ax.plot(xy[0][of], xy[1][of], mark, color=colour, ms=4, mew=0, alpha=0.75, label=label)
    (left, right), (bottom, top) = spans
    more = f" (and {counted(len(box.limits) - 2, 'more factor')})" if len(box.limits) > 2 else ""
    ax.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, lw=2, ec=COLOURS[0], zorder=3,
                           label="box" + more))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8)
    return finished(ax, peeling.about, peeling.words(box), f"{len(peeling.interest)} points",
                     (peeling.about.get("points_left_out", 0), "point"), "", quantity=False)
