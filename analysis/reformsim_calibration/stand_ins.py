"""Stand-ins of the statistics of schools (reformsim_patterns.statistics_*) by measures of the system that look at schools
(sim/record/school_statistics.cpp), so that a sweep can show them without keeping any school.

Each has the name and the arguments of what it stands for. They differ from it in this: schools that are lowest, and how
far they persist, are followed from year 0 only, where the patterns take the mean over all starting years; the national drift, which shifts every published score
alike, is added here as far as it was not simulated; and a few arguments are fixed by what the measures are, which `require` checks.
"""
import numpy

from reformsim_patterns.statistics_general import STATISTICS

from .arms import NotKept

DRIFT = "reported_drift"  # of the population; pupil SD a year
LAST = 10                 # years that a sweep keeps
STAND_INS = {}


def stand_in(function):
    STAND_INS[function.__name__] = function
    return function


def require(fits):
    if not fits:
        raise NotKept("another form of the statistic")


@stand_in
def school_variance(arms, arm, measure, year):
    name = {"true_score": "true_attainment_between_school_sd", "value_added": "value_added_between_school_sd"}
    require(measure in name)
    return arms[arm].system(name[measure], year) ** 2


def _component(arms, arm, measure, year, which):
    require(measure == "value_added")
    return arms[arm].system(f"value_added_{which}_district_sd", year)


@stand_in
def district_variance(arms, arm, measure, year):
    return _component(arms, arm, measure, year, "between") ** 2


@stand_in
def district_sd(arms, arm, measure, year):
    return _component(arms, arm, measure, year, "between")


@stand_in
def school_to_district_variance(arms, arm, measure, year):
    return (_component(arms, arm, measure, year, "within")
            / numpy.maximum(_component(arms, arm, measure, year, "between"), 1e-5)) ** 2


@stand_in
def persistence(arms, arm, measure, lag, by=None, low=0, high=1):
    require(measure == "reported_value_added" and by in (None, "enrolment"))
    kind = {(0, 1): "", (0, 0.25): "_small", (0.75, 1): "_large"}.get((low, high))
    require(kind is not None)
    return arms[arm].system("value_added_persistence" + kind, lag)


@stand_in
def gradient(arms, arm, x, y, year):
    name = {"true_score": "deprivation_attainment_r", "value_added": "deprivation_value_added_r"}
    require(x == "deprivation" and y in name)
    return arms[arm].system(name[y], year)


@stand_in
def early_and_growth(arms, arm, year):
    """Mean over years: districts change slowly, and a year alone is noisy."""
    return arms[arm].system("district_entry_growth_r", [2, 4, 6, 8, 10])


@stand_in
def turnaround_null(arms, arm, measure, by, share, span):
    require(measure == "cohort_value_added" and share == 0.2 and by in ("cohort_value_added", "deprivation"))
    a, drift = arms[arm], span * arms[arm].population.get(DRIFT, 0)
    gain = lambda name, start: a.system(name, start + span) - a.system(name, start) + drift
    if by != "deprivation":  # the lowest at year 0 are not the lowest later
        return gain("cohort_gain_lowest_fifth", 0) / gain("cohort_gain_mean", 0)
    return numpy.mean([gain("cohort_gain_poorest_fifth", start) / gain("cohort_gain_mean", start)
                       for start in range(1, LAST - span + 1)], axis=0)


@stand_in
def school_mean(arms, arm, measure):
    require(measure == "teacher_turnover")
    return arms[arm].system(measure, [1, 2, 3, 4, 5, 6])


@stand_in
def heads_leaving(arms, arm):
    return arms[arm].system("new_leaders", [1, 2, 3, 4, 5, 6])


@stand_in
def poor_to_rich(arms, arm, measure, share):
    require(measure == "teacher_turnover" and share == 0.2)
    return arms[arm].system("teacher_turnover_poor_to_rich", [1, 2, 3, 4, 5, 6])


@stand_in
def after_head_exit(arms, arm, after):
    require(after == 1)
    return arms[arm].system("leader_exit_gain", 2)


@stand_in
def gap_closed_on_paper(arms, arm, base, year, width):
    require(width == 0.2)
    effect = STATISTICS["effect"]
    return (effect(arms, arm, base, "reported_score_poor_less_rich", year)
            - effect(arms, arm, base, "true_score_poor_less_rich", year))


@stand_in
def group_effect(arms, arm, base, measure, year, by, low, high, by_year=0):
    group = {(0, 0.333): "weakest", (0.667, 1): "ablest"}.get((low, high))
    known = {"weakest": ("teacher_turnover", "energy", "true_score", "value_added"),
             "ablest": ("true_score", "value_added")}
    require(by == "capital" and by_year == 0 and group and measure in known[group])
    return STATISTICS["effect"](arms, arm, base, f"{measure}_{group}_third", year)


@stand_in
def interaction(arms, both, one, other, neither, measure, year, by, low, high):
    return (group_effect(arms, both, one, measure, year, by, low, high)
            - group_effect(arms, other, neither, measure, year, by, low, high))


@stand_in
def spread_effect(arms, arm, base, measure, year, low=None, high=None):
    require(measure == "value_added")
    one, other = arms[arm], arms[base]
    if low is None:
        name = "value_added_between_school_sd"
        return one.system(name, year) / other.system(name, year) - 1
    require((low, high) == (0.1, 0.9))
    return (one.system("value_added_p90", year) - one.system("value_added_p10", year)
            - other.system("value_added_p90", year) + other.system("value_added_p10", year))


@stand_in
def talent_flow(arms, arm, base, year, share):
    require(share == 0.2)
    return STATISTICS["effect"](arms, arm, base, "teacher_skill_low_scores", year)


@stand_in
def scoped_effect(arms, arm, base, measure, year, where, above, switch_year):
    """The effect on all over the share of schools reached, as far as others are not reached at all."""
    require(measure == "true_score" and arms[arm].reach is not None)
    return STATISTICS["effect"](arms, arm, base, "true_attainment_mean", year) / arms[arm].reach


def evaluate(arms, name, arguments):
    """A statistic by its stand-in where it has one, else by itself. Statistics made of statistics are looked up again,
    so their parts have their stand-ins too."""
    kept = dict(STATISTICS)
    STATISTICS.update(STAND_INS)
    try:
        return numpy.asarray(STATISTICS[name](arms, **arguments), float)
    finally:
        STATISTICS.clear()
        STATISTICS.update(kept)
