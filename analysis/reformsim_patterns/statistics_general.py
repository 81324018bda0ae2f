"""Statistics that serve many patterns: levels, effects, ratios of effects, and effects in groups of schools.

Each takes the arms by name and gives one value a replicate. An effect is the arm less its base, school by school and
replicate by replicate under the same luck; both begin at the same year 0, so it is a difference in differences. Of
several years the mean counts. Units are those of the measure.
"""
import numpy

from .estimators import between_quantiles, ratio

STATISTICS = {}


def statistic(function):
    """Makes a function known to pattern files under its own name."""
    STATISTICS[function.__name__] = function
    return function


def evaluate(arms, name, arguments):
    if name not in STATISTICS:
        raise KeyError(f"no statistic {name}; there are {', '.join(sorted(STATISTICS))}")
    return numpy.asarray(STATISTICS[name](arms, **arguments), float)


@statistic
def level(arms, arm, measure, year):
    """A measure of the system."""
    return arms[arm].system(measure, year)


@statistic
def effect(arms, arm, base, measure, year):
    """Effect on a measure of the system."""
    return arms[arm].system(measure, year) - arms[base].system(measure, year)


@statistic
def relative_effect(arms, arm, base, measure, year):
    """The same as a share of the base's level."""
    return effect(arms, arm, base, measure, year) / arms[base].system(measure, year)


@statistic
def level_ratio(arms, arm, base, measure, year):
    """The measure in one arm over that in another."""
    return ratio(arms[arm].system(measure, year), arms[base].system(measure, year))


@statistic
def effect_ratio(arms, top, bottom):
    """One effect over another; each is {arm, base, measure, year}, or with `arms` instead of `arm` their mean."""
    def one(said):
        names = said["arms"] if "arms" in said else [said["arm"]]
        return numpy.mean([effect(arms, name, said["base"], said["measure"], said["year"]) for name in names], axis=0)
    return ratio(one(top), one(bottom))


@statistic
def less(arms, first, second):
    """One statistic less another; each is {statistic, with}."""
    return evaluate(arms, first["statistic"], first["with"]) - evaluate(arms, second["statistic"], second["with"])


@statistic
def over(arms, first, second):
    """One statistic over another, replicate by replicate; each is {statistic, with}."""
    return ratio(evaluate(arms, first["statistic"], first["with"]),
                 evaluate(arms, second["statistic"], second["with"]))


def _steps(arms, of, along, values, statistic):
    series = [evaluate(arms, statistic, {**of, along: value}) for value in values]
    return numpy.diff(series, axis=0)


@statistic
def largest_step(arms, of, along, values, statistic):
    """Of a series of values of a statistic, the largest step up from one to the next (not above 0: never rising)."""
    return _steps(arms, of, along, values, statistic).max(axis=0)


@statistic
def smallest_step(arms, of, along, values, statistic):
    """The smallest step up (above 0: rising throughout)."""
    return _steps(arms, of, along, values, statistic).min(axis=0)


@statistic
def mean_bend(arms, arms_pooled, base, measure, years):
    """Curvature of the mean effect of several arms between three equally distant years (above 0: convex)."""
    series = [numpy.mean([effect(arms, arm, base, measure, year) for arm in arms_pooled], axis=0) for year in years]
    return series[2] - 2 * series[1] + series[0]


@statistic
def adoption_effect(arms, arm, base, year, practices=(1, 2, 3, 4, 5, 6, 7, 8)):
    """Effect on the share of schools that master a practice above 0.6, mean over practices."""
    return numpy.mean([effect(arms, arm, base, f"adoption_{k}", year) for k in practices], axis=0)


@statistic
def mean_over_replicates(arms, of, statistic):
    """Mean of a statistic over the replicates, for counts whose median says little (the same in each replicate)."""
    values = evaluate(arms, statistic, of)
    return numpy.full(len(values), numpy.nanmean(values))


@statistic
def quantile_of(arms, of, statistic, q):
    """A quantile of a statistic over the replicates (the same value in each replicate)."""
    values = evaluate(arms, statistic, of)
    return numpy.full(len(values), numpy.nanquantile(values, q))


@statistic
def share_of_replicates(arms, less_one, more_one):
    """Share of the replicates in which the first statistic is below the second (the same value in each replicate)."""
    below = evaluate(arms, less_one["statistic"], less_one["with"]) < evaluate(arms, more_one["statistic"],
                                                                             more_one["with"])
    return numpy.full(len(below), below.mean())


def chosen(arm, by, low, high, year=0, of=None):
    """Schools of each replicate between two quantiles of a measure (or of `enrolment`), within the schools `of`."""
    values = arm.fixed(by) if by == "enrolment" else arm.schools(by, year)
    picked = numpy.zeros(values.shape, bool)
    for r, row in enumerate(values):
        inside = numpy.flatnonzero(of[r]) if of is not None else numpy.arange(len(row))
        picked[r, inside[between_quantiles(row[inside], low, high)]] = True
    return picked


def mean_of(values, picked):
    """Mean over the picked schools of each replicate."""
    with numpy.errstate(invalid="ignore"):
        return numpy.where(picked, values, 0).sum(axis=1) / picked.sum(axis=1)


@statistic
def group_effect(arms, arm, base, measure, year, by, low, high, by_year=0):
    """Effect on the schools between two quantiles of `by` in the base (as of year 0); mean over schools."""
    change = arms[arm].schools(measure, year) - arms[base].schools(measure, year)
    return mean_of(change, chosen(arms[base], by, low, high, by_year))


@statistic
def group_effect_by_arm(arms, arm, base, measure, year, by, low, high):
    """The same for schools chosen by what they are in the arm itself, in the same years."""
    change = arms[arm].schools(measure, year) - arms[base].schools(measure, year)
    return mean_of(change, chosen(arms[arm], by, low, high, year))


@statistic
def interaction(arms, both, one, other, neither, measure, year, by, low, high):
    """Effect of two things together beyond the sum of each alone, on the schools between two quantiles of `by`."""
    return (group_effect(arms, both, one, measure, year, by, low, high)
            - group_effect(arms, other, neither, measure, year, by, low, high))


@statistic
def share_above(arms, arm, base, measure, year, above):
    """Share of the schools whose measure is more than `above` higher than in the base."""
    return numpy.mean(arms[arm].schools(measure, year) - arms[base].schools(measure, year) > above, axis=1)


@statistic
def spread_effect(arms, arm, base, measure, year, low=None, high=None):
    """Relative change of the SD over schools, or with `low` and `high` the change of the distance of two quantiles."""
    one, other = arms[arm].schools(measure, year), arms[base].schools(measure, year)
    if low is None:
        return one.std(axis=1, ddof=1) / other.std(axis=1, ddof=1) - 1
    return numpy.diff(numpy.quantile(one, [low, high], axis=1), axis=0)[0] \
        - numpy.diff(numpy.quantile(other, [low, high], axis=1), axis=0)[0]


@statistic
def effect_in_sd(arms, arm, base, measure, year, sd_of):
    """Mean effect over schools in SDs between the base's schools of the measure `sd_of` (at year 0)."""
    change = (arms[arm].schools(measure, year) - arms[base].schools(measure, year)).mean(axis=1)
    return change / arms[base].schools(sd_of, 0).std(axis=1, ddof=1)


@statistic
def scoped_effect(arms, arm, base, measure, year, where, above, switch_year):
    """Effect on the schools that a random scope reached: those where `where` differs from the base by more than
    `above` at the end of `switch_year`."""
    reached = arms[arm].schools(where, switch_year) - arms[base].schools(where, switch_year) > above
    return mean_of(arms[arm].schools(measure, year) - arms[base].schools(measure, year), reached)
