"""Scenario discovery: a box in the factors' space that holds many points of interest and few others (PRIM).

Sources
-------
Friedman & Fisher 1999, Statistics and Computing 9, 123-143 (the patient rule induction method).
Bryant & Lempert 2010, Technological Forecasting & Social Change 77, 34-49 (coverage, density, quasi-p-values).
Kwakkel & Jaxa-Rozen 2016, Environmental Modelling & Software 79, 311-321 (peels of unequal size, as of names and of
levels, are compared by the gain in density for each point given up).

A box is found and measured on the same points, so its density is somewhat too good; the quasi-p-values say which of its
restrictions luck would hardly have given.
"""

import dataclasses
import re

import numpy
import pandas
from scipy import stats

from .outcomes import point_means
from .sweeps import SweepError, design, independent, short_names


@dataclasses.dataclass
class Box:
    """A box: what it asks of the factors, and how well it tells the points of interest from the others.

    limits : dict of factor to (low, high), exclusive, infinite where free; of a choice the tuple of names it keeps
    coverage : share of the points of interest that lie in the box
    density : share of the points in the box that are of interest
    mass : share of all points that lie in the box
    points, interest : numbers of points, and of points of interest, in the box
    quasi_p : dict of factor to the chance (binomial) that a box without this restriction, cut to as many points at
        random, would hold at least as many points of interest
    """

    limits: dict
    coverage: float = 0.0
    density: float = 0.0
    mass: float = 0.0
    points: int = 0
    interest: int = 0
    quasi_p: dict = dataclasses.field(default_factory=dict)


class Peeling:
    """What :func:`prim` returns.

    factors : pandas.DataFrame, interest : bool array -- as given
    boxes : list of Box -- from the whole space to the smallest box
    trajectory : pandas.DataFrame -- a row per box: step, coverage, density, mass, points, restricted (how many
        factors), factor (that was peeled)
    label : str -- what points of interest "have" or "are"; about : dict -- attributes of the outcome
    """

    def __init__(self, factors, interest, peel, least):
        self.factors, self.interest, self.peel, self.least = factors, interest, peel, least
        self.label, self.about, self.units = "are of interest", {}, {}
        self.boxes, self.trajectory = [], None

    def choose(self):
        """Step of the trajectory with the highest product of coverage and how far density has come from that of all
        points towards 1; an int. A rule of ours: who cares more for the one or the other takes another step.
        """
        return int((self.trajectory["coverage"] * (self.trajectory["density"] - self.interest.mean())).argmax())

    def box(self, step=None, paste=True, drop_above=0.05):
        """The box at a step of the trajectory, tidied.

        Parameters
        ----------
        step : int, optional
            Row of the trajectory; :meth:`choose` when None.
        paste : bool
            Move single limits out again as long as that raises the density.
        drop_above : float
            Then take away restrictions, the least certain first, until all quasi-p-values are at most this; 1 keeps
            all.

        Returns
        -------
        Box
        """
        limits = dict(self.boxes[self.choose() if step is None else step].limits)
        while paste and (better := self._pasted(limits)) is not None:
            limits = better
        box = self._measured(limits)
        while box.quasi_p and max(box.quasi_p.values()) > drop_above:
            limits = {key: limits[key] for key in limits if key != max(box.quasi_p, key=box.quasi_p.get)}
            box = self._measured(limits)
        return box

    def words(self, box):
        """The box in a sentence, a str."""
        share = self.interest.mean()
        if not box.limits:
            return f"No part of the space stands out: {share:.0%} of all points {self.label}."
        text = in_words(box.limits, self.factors, self.units)
        return (f"Where {text}, {box.density:.0%} of points {self.label} (of all points, {share:.0%}). "
                f"The box covers {box.coverage:.0%} of them.")

    def _inside(self, limits):
        inside = numpy.ones(len(self.interest), bool)
        for factor, limit in limits.items():
            inside &= _within(self.factors[factor], limit)
        return inside

    def _measured(self, limits):
        inside = self._inside(limits)
        points, hits = int(inside.sum()), int(self.interest[inside].sum())
        quasi_p = {}
        for factor in limits:
            without = self._inside({key: limits[key] for key in limits if key != factor})
            quasi_p[factor] = float(stats.binom.sf(hits - 1, points, self.interest[without].mean()))
        return Box(limits, hits / self.interest.sum(), hits / points, points / len(inside), points, hits, quasi_p)

    def _peeled(self, limits):
        """The best of all peels, or None when nothing can be peeled off any more."""
        inside = self._inside(limits)
        points, density = inside.sum(), self.interest[inside].mean()
        best, limit_of_best = None, None
        for factor in self.factors:
            column = self.factors[factor]
            values = column[inside].values
            if column.dtype == object:
                kept = sorted(set(values))
                tries = [tuple(name for name in kept if name != off) for off in kept if len(kept) > 1]
            else:
                low, high = limits.get(factor, (-numpy.inf, numpy.inf))
                tries = [(edge, high) for edge in _edge(values, self.peel)]
                tries += [(low, -edge) for edge in _edge(-values, self.peel)]
            for limit in tries:
                left = inside & _within(column, limit)
                count = left.sum()
                if count < max(self.least * len(inside), 1) or count == points:
                    continue
                gain = self.interest[left].mean() - density
                # Where nothing is gained, the density itself decides.
                score = (gain > 0, gain / (points - count) if gain > 0 else gain)
                if best is None or score > best:
                    best, limit_of_best = score, (factor, limit)
        return limit_of_best

    def _pasted(self, limits):
        """Limits with the one move outwards that raises the density most, or None when none does."""
        here = self._inside(limits)
        most, best = self.interest[here].mean(), None
        more = max(int(self.peel * here.sum()), 1)
        for factor, limit in limits.items():
            column = self.factors[factor]
            others = self._inside({key: limits[key] for key in limits if key != factor})
            if column.dtype == object:
                tries = [limit + (name,) for name in sorted(set(column) - set(limit))]
            else:
                values = column.values[others]
                below, above = numpy.sort(-values[values < limit[0]]), numpy.sort(values[values > limit[1]])
                tries = [(-_beyond(below, more), limit[1])] if len(below) else []
                tries += [(limit[0], _beyond(above, more))] if len(above) else []
            for wider in tries:
                density = self.interest[others & _within(column, wider)].mean()
                if density > most:
                    most, best = density, {**limits, factor: wider}
        if best is None:
            return None
        return {factor: limit for factor, limit in best.items() if not _within(self.factors[factor], limit).all()}


def _within(column, limit):
    if column.dtype == object:
        return column.isin(limit).values
    return ((column > limit[0]) & (column < limit[1])).values


def _edge(values, share):
    """Where to cut off the lowest share of the values (all that are equal with them): one number, or none."""
    values = numpy.sort(values)
    first = values[max(int(share * len(values)), 1)] if len(values) > 1 else values[0]
    kept = values[values >= first] if first > values[0] else values[values > values[0]]
    return [(values[len(values) - len(kept) - 1] + kept[0]) / 2] if len(kept) else []


def _beyond(values, count):
    """Limit that lets the first `count` of rising values in (and all that are equal with the last)."""
    rest = values[values > values[min(count, len(values)) - 1]]
    return (values[len(values) - len(rest) - 1] + rest[0]) / 2 if len(rest) else numpy.inf


def prim(factors, interest, peel=0.05, least=0.05):
    """Peel thin slices off the whole space, each time the one that raises the density of interest most.

    Parameters
    ----------
    factors : pandas.DataFrame (points x factors)
        Numbers, or names (dtype object) of choices: of these a peel takes one name away.
    interest : bool array (point)
    peel : float
        Share of the box's points that one peel takes (more where values are equal).
    least : float
        No box holds a smaller share of all points.

    Returns
    -------
    Peeling

    Raises
    ------
    ValueError
        No point, or no point that is of interest, or none that is not.
    """
    interest = numpy.asarray(interest, bool)
    if len(interest) == 0 or interest.all() or not interest.any():
        raise ValueError("there must be points of interest and others")
    result = Peeling(factors.reset_index(drop=True), interest, peel, least)
    limits, rows, factor = {}, [], ""
    while True:
        box = result._measured(limits)
        result.boxes.append(box)
        rows.append((len(rows), box.coverage, box.density, box.mass, box.points, len(limits), factor))
        best = result._peeled(limits) if box.density < 1 else None
        if best is None:
            break
        factor, limits = best[0], {**limits, best[0]: best[1]}
    result.trajectory = pandas.DataFrame(
        rows, columns=["step", "coverage", "density", "mass", "points", "restricted", "factor"])
    return result


def discover(sweep, interest, year=None, scenario=None, against_baseline=True, peel=0.05, least=0.05):
    """PRIM on the points of a sweep.

    Parameters
    ----------
    sweep, year, scenario, against_baseline
        As for :func:`outcome`. Only independent points count (A and B of a saltelli design); the outcome is the mean
        over the replicates that were done, and points without any are left out.
    interest : str
        What makes a point one of interest: "true_attainment_mean<0"; also <=, >, >=.
    peel, least
        As for :func:`prim`.

    Returns
    -------
    Peeling
        ``about``: attributes of :func:`point_means`.

    Raises
    ------
    KeyError, SweepError
        As :func:`outcome`; the condition cannot be read; all points or none are of interest.
    """
    measure, compare, value = parse_interest(interest)
    means = point_means(sweep, measure, year, scenario, against_baseline)
    about = dict(means.attrs)
    means = means[means.index.isin(sweep["point"].values[independent(sweep)])]
    try:
        result = prim(means[list(design(sweep))], compare(means["mean"].values, value), peel, least)
    except ValueError as error:
        raise SweepError(f"{interest}: {error}") from error
    sign = re.search(r"[<>]=?", interest).group()
    result.label = f"have {about['label']}, {sign} {value:g} {about['units']}"
    result.about = about
    result.units = {factor: sweep[factor].attrs.get("units", "") for factor in design(sweep)}
    return result


def parse_interest(text):
    """"measure<0.1" as (measure, comparison of an array with a number, number); SweepError when it is no such text."""
    found = re.fullmatch(r"\s*(\w+)\s*(<=|>=|<|>)\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*", text)
    compare = {"<": numpy.less, "<=": numpy.less_equal, ">": numpy.greater, ">=": numpy.greater_equal}
    try:
        return found.group(1), compare[found.group(2)], float(found.group(3))
    except (AttributeError, ValueError):
        raise SweepError(f"'{text}' is no condition such as true_attainment_mean<0") from None


def in_words(limits, factors, units=None):
    """Limits in words: "networks.trust is above 0.8 and networks.kind is mandated"; a str."""
    short, parts = short_names(list(factors)), []
    for factor, limit in limits.items():
        unit = (units or {}).get(factor, "")
        unit = f" {unit}" if unit not in ("", "1") else ""
        if factors[factor].dtype == object:
            parts.append(f"{short[factor]} is {' or '.join(limit)}")
        elif numpy.isinf(limit[0]):
            parts.append(f"{short[factor]} is below {limit[1]:.3g}{unit}")
        elif numpy.isinf(limit[1]):
            parts.append(f"{short[factor]} is above {limit[0]:.3g}{unit}")
        else:
            parts.append(f"{short[factor]} is between {limit[0]:.3g} and {limit[1]:.3g}{unit}")
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
