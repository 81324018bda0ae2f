"""Accountability, autonomy, staff: statistics of the patterns P6 to P13. One value a replicate."""
import numpy

from .estimators import ratio, spillover_ratio
from .files import district_codes
from .statistics_general import chosen, effect, group_effect, mean_of, statistic


@statistic
def inflated_share(arms, arm, base, year):
    """Share of the gain in the published score that is no learning (Koretz 2017)."""
    published = effect(arms, arm, base, "reported_attainment_mean", year)
    return 1 - ratio(effect(arms, arm, base, "true_attainment_mean", year), published)


@statistic
def published_to_true(arms, arm, base, year):
    """Gain in the published score over the gain in learning (Klein et al. 2000)."""
    return ratio(effect(arms, arm, base, "reported_attainment_mean", year),
                 effect(arms, arm, base, "true_attainment_mean", year))


@statistic
def gap_closed_on_paper(arms, arm, base, year, width):
    """How far the gap between the richest and the poorest schools closes on the published test beyond what it closes in
    learning, in pupil SD; above 0: more on paper (Klein et al. 2000)."""
    def closed(measure):
        return (group_effect(arms, arm, base, measure, year, "deprivation", 1 - width, 1)
                - group_effect(arms, arm, base, measure, year, "deprivation", 0, width))
    return closed("reported_score") - closed("true_score")


@statistic
def bottom_to_middle(arms, arm, base, measure, year, by):
    """Effect on the lowest tenth of schools over the mean effect on the fourth to seventh tenth."""
    bottom = group_effect(arms, arm, base, measure, year, by, 0, 0.1)
    return ratio(bottom, group_effect(arms, arm, base, measure, year, by, 0.3, 0.7))


@statistic
def middle_less_best_end(arms, arm, base, measure, year, by):
    """Effect on the fourth to seventh tenth less that on the three lowest or three highest, whichever gains more."""
    ends = [group_effect(arms, arm, base, measure, year, by, *q) for q in ((0, 0.3), (0.7, 1))]
    return group_effect(arms, arm, base, measure, year, by, 0.3, 0.7) - numpy.max(ends, axis=0)


@statistic
def time_cut(arms, arm, base, year, below):
    """Share of the time for what is not tested that is taken from it in schools that scored more than `below` pupil SD
    under the mean at year 0."""
    score = arms[base].schools("reported_score", 0)
    affected = score < score.mean(axis=1, keepdims=True) - below
    cut = 1 - arms[arm].schools("time_broad", year) / arms[base].schools("time_broad", year)
    return mean_of(cut, affected)


@statistic
def label_turnover(arms, arm, base, year, width):
    """Effect on teachers' leaving in the lowest-scoring schools less that in the schools in the middle, share a year:
    what a poor label does (Dizon-Ross 2020)."""
    return (group_effect(arms, arm, base, "teacher_turnover", year, "reported_score", 0, width)
            - group_effect(arms, arm, base, "teacher_turnover", year, "reported_score", 0.4, 0.6))


@statistic
def talent_flow(arms, arm, base, year, share):
    """Change of teachers' mean skill in the schools with the lowest published scores at year 0, against the base, less
    that in all schools: what they lose to others, in teacher SD (Beteille et al. 2012)."""
    change = arms[arm].schools("teacher_skill", year) - arms[base].schools("teacher_skill", year)
    return mean_of(change, chosen(arms[base], "reported_score", 0, share)) - change.mean(axis=1)


@statistic
def leader_spillover(arms, arm, first, last):
    """Gain of a school and of the others of its cluster from the school's own leader, over its own gain alone.

    By regression, as a study without an experiment would (beside head_spillover): the change of value added from
    `first` to `last` on the mean skill of the own leader and of the others' leaders in those years, given value added
    at the start, the others' too (estimators.spillover_ratio). Leaders find schools partly by luck."""
    a, found = arms[arm], []
    start, end = a.schools("value_added", first), a.schools("value_added", last)
    leader = a.schools("leadership", list(range(first + 1, last + 1)))
    for r, cluster in enumerate(a.fixed("cluster")):
        size = numpy.bincount(cluster)[cluster]
        others = (numpy.bincount(cluster, start[r])[cluster] - start[r]) / numpy.maximum(size - 1, 1)
        found.append(spillover_ratio(end[r] - start[r], leader[r], cluster, [start[r], others]))
    return numpy.array(found)


def heads_in_post(arms, arm, year):
    """How many schools an exceptional head leads."""
    return numpy.sum(arms[arm].schools("head_exceptional", year) > 0, axis=1)


@statistic
def system_per_head(arms, arm, base, measure, year):
    """Effect summed over all schools for each exceptional head in post, in units of one school's measure."""
    change = arms[arm].schools(measure, year) - arms[base].schools(measure, year)
    return ratio(change.sum(axis=1), heads_in_post(arms, arm, year))


@statistic
def head_spillover(arms, arm, base, measure, year, settled):
    """The same over the mean effect in the schools that an exceptional head has led for the last `settled` years: 1
    when what a head is worth stays in the school. Of several years the effects are averaged, and heads have led for all
    of them."""
    years = year if isinstance(year, list) else [year]
    a, b = arms[arm], arms[base]
    change = a.schools(measure, years) - b.schools(measure, years)
    span = range(years[0] - settled + 1, years[-1] + 1)
    led = numpy.all([a.schools("head_exceptional", y) > 0 for y in span], axis=0)
    heads = numpy.mean([heads_in_post(arms, arm, y) for y in years], axis=0)
    return ratio(ratio(change.sum(axis=1), heads), mean_of(change, led))


@statistic
def region_to_nation(arms, arms_pooled, districts, measure, start, year, poorest=1.0):
    """Raw gain of a region's secondary schools, or of the poorest share of them, over the mean gain of all secondary
    schools of the nation. Of several arms (other national drifts) the replicates are put together."""
    found = []
    for name in arms_pooled:
        a = arms[name]
        second = a.fixed("phase") == "secondary"
        gain = a.schools(measure, year) - a.schools(measure, start)
        region = a.in_districts(district_codes(districts)) & second
        if poorest < 1:
            region = chosen(a, "deprivation", 1 - poorest, 1, 0, region)
        found.append(mean_of(gain, region) / mean_of(gain, second))
    return numpy.concatenate(found)


@statistic
def lead_in_time(arms, arm, base, first, second, last):
    """Years by which the first measure of the system reaches half of its final effect before the second does."""
    def half_way(measure):
        series = numpy.array([effect(arms, arm, base, measure, year) for year in range(last + 1)])
        found = []
        for line in series.T:
            share = line / line[-1] if line[-1] else line * numpy.nan
            at = int(numpy.argmax(share >= 0.5))
            found.append(at if at == 0 else at - (share[at] - 0.5) / (share[at] - share[at - 1]))
        return numpy.array(found, float)
    return half_way(second) - half_way(first)
