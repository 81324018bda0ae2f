"""A system without reform: variance, persistence, gradients, regression to the mean, staff (patterns P1 to P5).

The estimators are those of tests/statistical/test_baseline.cpp. One value a replicate.
"""
import numpy

from .estimators import components, correlation, regression_to_mean
from .statistics_general import chosen, mean_of, statistic


def _each(arm, function, *arrays):
    return numpy.array([function(*rows) for rows in zip(*arrays)])


@statistic
def school_variance(arms, arm, measure, year):
    """Variance between schools; of attainment it is the intraclass correlation, pupils' variance being 1 (Hedges and
    Hedberg 2007). Unit: that of the measure squared."""
    return arms[arm].schools(measure, year).var(axis=1, ddof=1)


@statistic
def district_variance(arms, arm, measure, year):
    """Variance between districts, net of what their few schools bring by chance (Whitehurst et al. 2013)."""
    a = arms[arm]
    return _each(a, lambda v, g: components(v, g)[0], a.schools(measure, year), a.fixed("district"))


@statistic
def district_sd(arms, arm, measure, year):
    """Its square root."""
    return numpy.sqrt(district_variance(arms, arm, measure, year))


@statistic
def school_to_district_variance(arms, arm, measure, year):
    """Variance between schools of a district over variance between districts (Whitehurst et al. 2013: about 2)."""
    a = arms[arm]
    between, within = zip(*[components(v, g) for v, g in zip(a.schools(measure, year), a.fixed("district"))])
    return numpy.array(within) / numpy.maximum(between, 1e-9)


@statistic
def teacher_to_school_variance(arms, arm, year, skill):
    """Variance of what single teachers add in a year over that of what schools' teaching adds, districts apart.
    `skill` is the model's pupil SD a year per SD of teachers (its default, 0.15); Whitehurst et al. 2013: about 3.5."""
    a = arms[arm]
    teacher = (skill * a.schools("teacher_skill_spread", year).mean(axis=1)) ** 2
    school = _each(a, lambda v, g: components(v, g)[1], a.schools("teaching_basics", year), a.fixed("district"))
    return teacher / school


@statistic
def persistence(arms, arm, measure, lag, by=None, low=0, high=1):
    """Correlation of a school measure with itself `lag` years later, mean over all pairs of years from year 1 on;
    within the schools between two quantiles of `by` (Leckie and Goldstein 2009)."""
    a = arms[arm]
    of = chosen(a, by, low, high) if by else numpy.ones(a.fixed("enrolment").shape, bool)
    found = []
    for year in range(1, a.last_year() + 1 - lag):
        found.append([correlation(x[m], y[m]) for x, y, m
                      in zip(a.schools(measure, year), a.schools(measure, year + lag), of)])
    return numpy.mean(found, axis=0)


@statistic
def gradient(arms, arm, x, y, year):
    """Correlation over schools of `x` at year 0 with `y` (Reardon 2016 and others)."""
    a = arms[arm]
    return _each(a, correlation, a.schools(x, 0), a.schools(y, year))


@statistic
def early_and_growth(arms, arm, year):
    """Correlation over districts of attainment on entry with what primary schools then add (Reardon 2019).

    Attainment on entry is true score less value added; what is added grows in proportion from year group to year group,
    so the mean over year groups stands for it."""
    a = arms[arm]
    primary, districts = a.fixed("phase") != "secondary", a.fixed("district")
    entry = a.schools("true_score", year) - a.schools("value_added", year)
    added, found = a.schools("value_added", year), []
    for r in range(a.replicates()):
        rows = primary[r]
        _, group = numpy.unique(districts[r][rows], return_inverse=True)
        size = numpy.bincount(group)
        found.append(correlation(numpy.bincount(group, entry[r][rows]) / size,
                                 numpy.bincount(group, added[r][rows]) / size))
    return numpy.array(found)


@statistic
def turnaround_null(arms, arm, measure, by, share, span):
    """Gain of the lowest (or, by deprivation, poorest) share of schools over the mean gain, with nobody doing anything;
    mean over all starting years from year 1 on (Kane and Staiger 2002)."""
    a, found = arms[arm], []
    for year in range(1, a.last_year() + 1 - span):
        start, end = a.schools(measure, year), a.schools(measure, year + span)
        if by == "deprivation":
            picked = chosen(a, by, 1 - share, 1)
        else:
            picked = chosen(a, by, 0, share, year)
        found.append(_each(a, regression_to_mean, start, end, picked))
    return numpy.mean(found, axis=0)


def _years(a):
    return range(1, a.last_year() + 1)


@statistic
def school_mean(arms, arm, measure):
    """Mean over schools and years."""
    a = arms[arm]
    return numpy.mean([a.schools(measure, year).mean(axis=1) for year in _years(a)], axis=0)


@statistic
def heads_leaving(arms, arm):
    """Share of the schools a year whose leader came within the year."""
    a = arms[arm]
    return numpy.mean([(a.schools("leader_tenure", year) < 1.01).mean(axis=1) for year in _years(a)], axis=0)


@statistic
def poor_to_rich(arms, arm, measure, share):
    """Mean of a measure in the poorest schools over that in the richest, mean over years (Ingersoll 2001)."""
    a = arms[arm]
    poor, rich = chosen(a, "deprivation", 1 - share, 1), chosen(a, "deprivation", 0, share)
    return numpy.mean([mean_of(a.schools(measure, y), poor) / mean_of(a.schools(measure, y), rich)
                       for y in _years(a)], axis=0)


def _after_exit(a, after, of):
    found = []
    for year in range(2, a.last_year() + 1 - after):
        change = a.schools("value_added", year + after) - a.schools("value_added", year - 1)
        left = a.schools("leader_tenure", year) < 1.01
        found.append(mean_of(change, left & of) - mean_of(change, ~left & of))
    return numpy.mean(found, axis=0)


@statistic
def after_head_exit(arms, arm, after):
    """Value added of schools whose leader changed against those whose did not, from the year before the change to
    `after` years after the year of the change, in pupil SD (Miller 2013)."""
    a = arms[arm]
    return _after_exit(a, after, numpy.ones(a.fixed("enrolment").shape, bool))


@statistic
def head_exit_poor_less_rich(arms, arm, after):
    """The same in the poorer half of the schools less that in the richer half (below 0: the poor lose more)."""
    a = arms[arm]
    return (_after_exit(a, after, chosen(a, "deprivation", 0.5, 1))
            - _after_exit(a, after, chosen(a, "deprivation", 0, 0.5)))


@statistic
def head_exit_recovery(arms, arm, longest):
    """Years from the change of leader, early in a school year, until half of the worst loss is made up (between two
    years a straight line); `longest` + 1 when it is not made up by then (Henry and Harbatkin 2019)."""
    a = arms[arm]
    of = numpy.ones(a.fixed("enrolment").shape, bool)
    path = numpy.array([_after_exit(a, k, of) for k in range(longest)])  # row k: k + 1 years on
    found = []
    for line in path.T:
        worst = int(numpy.argmin(line))
        half, years = line[worst] / 2, float(longest + 1)
        for k in range(worst + 1, longest):
            if line[k] >= half:
                years = k + 1 - (line[k] - half) / (line[k] - line[k - 1])
                break
        found.append(years)
    return numpy.array(found)
