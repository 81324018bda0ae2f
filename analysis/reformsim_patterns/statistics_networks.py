"""Networks, clusters and districts that lead: statistics of the patterns P15 and P17 to P20 and of the controls.

A network here is a cluster in which at least three schools said that they belong in the year `joined`; its effect is
the mean over those schools. What an evaluator sees of it (`seen`) is the published value added against that of schools
outside the programme that had the same before (estimators.adjusted_effects); what is true (`true`) is true value added
against the same schools without the programme, under the same luck. In pupil SD.
"""
import numpy

from .estimators import adjusted_effects, correlation, group_means, ratio, wrongly_closed
from .files import district_codes
from .statistics_general import statistic

LEAST_MEMBERS = 3


def network_effects(arms, arm, base, districts, year, joined, kind):
    """Effects of the networks of each replicate: a list of arrays over clusters, NaN where there is no network."""
    a, b, found = arms[arm], arms[base], []
    treated = a.in_districts(district_codes(districts))
    belongs = (a.schools("engagement_declared", joined) > 0.5) & treated
    before, after = a.schools("reported_value_added", 0), a.schools("reported_value_added", year)
    unlike = a.schools("value_added", year) - b.schools("value_added", year)
    for r, cluster in enumerate(a.fixed("cluster")):
        value = adjusted_effects(before[r], after[r], treated[r]) if kind == "seen" else unlike[r]
        group = numpy.where(belongs[r], cluster, -1)
        count = cluster.max() + 1
        size = numpy.bincount(group[group >= 0], minlength=count)
        found.append(numpy.where(size >= LEAST_MEMBERS, group_means(value, group, count), numpy.nan))
    return found


@statistic
def network_number(arms, arm, base, districts, joined):
    """How many networks there are."""
    return numpy.array([numpy.isfinite(e).sum() for e in
                        network_effects(arms, arm, base, districts, joined, joined, "true")])


@statistic
def network_mean(arms, arm, base, districts, year, joined, kind):
    """Mean effect of networks."""
    return numpy.array([numpy.nanmean(e) for e in network_effects(arms, arm, base, districts, year, joined, kind)])


@statistic
def mean_over_years(arms, arm, base, districts, years, joined, kind):
    """Its mean over years."""
    return numpy.mean([network_mean(arms, arm, base, districts, y, joined, kind) for y in years], axis=0)


@statistic
def network_sd(arms, arm, base, districts, year, joined, kind):
    """SD of the effects over networks."""
    return numpy.array([numpy.nanstd(e, ddof=1) for e in
                        network_effects(arms, arm, base, districts, year, joined, kind)])


@statistic
def network_share_without_gain(arms, arm, base, districts, year, joined, kind):
    """Share of the networks whose effect is not above zero."""
    return numpy.array([numpy.mean(e[numpy.isfinite(e)] <= 0) for e in
                        network_effects(arms, arm, base, districts, year, joined, kind)])


@statistic
def early_and_late(arms, arm, base, districts, early, late, joined, kind):
    """Correlation over networks of the early with the late effect."""
    pairs = zip(network_effects(arms, arm, base, districts, early, joined, kind),
                network_effects(arms, arm, base, districts, late, joined, kind))
    return numpy.array([_r(x, y) for x, y in pairs])


def _r(x, y):
    there = numpy.isfinite(x) & numpy.isfinite(y)
    return correlation(x[there], y[there])


@statistic
def process_and_late(arms, arm, base, districts, process, years, late, joined, kind):
    """Correlation over networks of the quality of the process in early years (a measure of clusters) with the late
    effect."""
    quality = numpy.mean([arms[arm].clusters(process, year) for year in years], axis=0)
    effects = network_effects(arms, arm, base, districts, late, joined, kind)
    return numpy.array([_r(q[:len(e)], e) for q, e in zip(quality, effects)])


@statistic
def stopped_wrongly(arms, arm, base, districts, early, late, joined):
    """Of the networks that truly help in the late year, the share an evaluator closes who stops whatever shows no gain
    in the early year."""
    pairs = zip(network_effects(arms, arm, base, districts, early, joined, "seen"),
                network_effects(arms, arm, base, districts, late, joined, "true"))
    return numpy.array([wrongly_closed(s[numpy.isfinite(s)], t[numpy.isfinite(s)]) for s, t in pairs])


@statistic
def late_less_early(arms, arm, base, districts, early, late, joined, kind, times=1.0):
    """Mean effect in late years less so many times that in early years (a ratio would say nothing of an early effect
    of about 0)."""
    return (mean_over_years(arms, arm, base, districts, late, joined, kind)
            - times * mean_over_years(arms, arm, base, districts, early, joined, kind))


# Districts that lead, or say so (P15).

WILLING, TOKEN, RESISTANT = 0, 1, 2  # sim/model/middle_leadership.hpp


def disposed(arms, arm, districts, year, as_):
    """Which of the named districts have a disposition (replicate, district of the list)."""
    a = arms[arm]
    inside = numpy.isin(a.district_codes(), district_codes(districts))
    return a.districts("district_disposition", year)[:, inside] == as_


@statistic
def districts_disposed(arms, arm, districts, year, as_):
    """How many of the districts are willing (0), token (1) or resistant (2)."""
    return disposed(arms, arm, districts, year, as_).sum(axis=1)


@statistic
def districts_taking_part(arms, arm, year):
    """How many districts take up the grant."""
    return numpy.sum(arms[arm].districts("takes_grant", year) > 0, axis=1)


@statistic
def declared_less_real(arms, arm, districts, year):
    """Schools of the districts that say they belong, less how far they really take part (share)."""
    a = arms[arm]
    inside = a.in_districts(district_codes(districts))
    gap = a.schools("engagement_declared", year) - a.schools("engagement_real", year)
    return numpy.where(inside, gap, 0).sum(axis=1) / inside.sum(axis=1)


@statistic
def effect_in_districts_disposed(arms, arm, base, districts, measure, year, as_of, as_):
    """Effect in the schools of districts of a disposition in each of some years. NaN where there is none."""
    a, found = arms[arm], []
    both = numpy.all([disposed(arms, arm, districts, y, as_) for y in as_of], axis=0)
    codes = [c for c in a.district_codes() if c in district_codes(districts)]
    change = a.schools(measure, year) - arms[base].schools(measure, year)
    for r in range(a.replicates()):
        rows = a.in_districts([c for c, is_one in zip(codes, both[r]) if is_one])[r]
        found.append(change[r][rows].mean() if rows.any() else numpy.nan)
    return numpy.array(found)


# Isolated clusters (P19).

@statistic
def bridging_share(arms, arm, year):
    """Contact beyond the own cluster as a share of all contact of a school: one bridge of nine ties, by weight."""
    a = arms[arm]
    return a.system("tie_weight_bridge_mean", year) / numpy.maximum(9 * a.system("tie_weight_mean", year), 1e-9)


@statistic
def recovered(arms, isolated, some, most, measure, year):
    """Share of the difference between isolated and best connected clusters that some connection makes up."""
    low = arms[isolated].system(measure, year)
    return ratio(arms[some].system(measure, year) - low, arms[most].system(measure, year) - low)


@statistic
def diminishing(arms, isolated, some, most, measure, year):
    """Gain per unit of bridging contact from isolated to some, less that from some to most (above 0: it diminishes)."""
    names = (isolated, some, most)
    gain = numpy.diff([arms[name].system(measure, year) for name in names], axis=0)
    contact = numpy.diff([bridging_share(arms, name, year) for name in names], axis=0)
    return gain[0] / contact[0] - gain[1] / contact[1]


@statistic
def years_to_half(arms, arm, measure, reach):
    """Years until the share of schools reaches `reach`, on a straight line between years; one more than the run has
    when it does not."""
    a, found = arms[arm], []
    series = numpy.array([a.system(measure, year) for year in range(a.last_year() + 1)])
    for line in series.T:
        above = numpy.flatnonzero(line >= reach)
        if not len(above):
            found.append(a.last_year() + 1)
        elif above[0] == 0:
            found.append(0)
        else:
            k = above[0]
            found.append(k - (line[k] - reach) / (line[k] - line[k - 1]))
    return numpy.array(found, float)


@statistic
def among_members(arms, arm, measure, year, less=0.0):
    """Mean of a school measure over the schools that say they belong, less a constant."""
    a = arms[arm]
    belongs = a.schools("engagement_declared", year) > 0.5
    return numpy.where(belongs, a.schools(measure, year), 0).sum(axis=1) / belongs.sum(axis=1) - less
