"""The owners, which apply what the term has asked for, and learning (M21) and measurement (M22)."""

import numpy as np

from initial import GAP_GROUP, group_mean
from tools import divide, left_of, mean_by, share, sum_by, unit


def districts(w, lever):
    """Owner: Districts"""
    p, years = w.parameters.districts, w.years
    bypassed = lever.governance.district_role == "bypassed"
    k = p.persistence ** years
    w.district_capacity = unit(
        p.usual_capacity + k * (w.district_capacity - p.usual_capacity)
        + p.capacity_sd * np.sqrt(1 - k ** 2) * w.rng.standard_normal(w.districts)
        + left_of(-np.log(p.persistence), years) * w.capacity_change)
    neglected, rebuilt = p.neglect * bypassed, p.rebuilding * (not bypassed)
    rate, level = neglected + rebuilt, neglected / (neglected + rebuilt)
    w.district_drained = unit(w.district_drained + share(rate, years) * (level - w.district_drained)
                              + left_of(rate, years) * w.drained_change)
    w.capacity_change, w.drained_change = np.zeros(w.districts), np.zeros(w.districts)
    able = w.district_capacity * (1 - w.district_drained)
    w.district_support = unit(able * (1 + (p.leading - 1) * w.middle_strength))[w.district]


def climate(w, lever):
    """Owner: Climate"""
    p = w.parameters.climate
    lead = p.leadership * w.leadership * (1 + np.minimum(1, w.leader_tenure / p.settling_in)) / 2
    over = p.overload * p.softness * np.logaddexp(0, (w.load - p.manageable - lead) / p.softness)
    posts = w.teacher_posts_usual * divide(w.roll, w.catchment, 1)
    missing = unit(1 - divide(w.teachers, posts, 1))
    social = p.surroundings * (w.social_capital - 0.5)
    around = lead + social + p.surroundings * (w.district_support - w.support_usual) - over
    settle(w, "energy", p.recovery, p.energy_rests + around - p.surroundings * missing - w.strain)
    settle(w, "coherence", p.recovery, p.coherence_rests + around, "coherence_change")
    settle(w, "collective_efficacy", p.belief_rate, 0.5 + p.spillover * w.value_added + social,
           "efficacy_change")
    settle(w, "internal_accountability", p.belief_rate, p.accountability_rests + lead + social,
           "accountability_change")
    settle(w, "trust_in_centre", p.trust_rate, p.trust_rests, "trust_change")
    w.load, w.strain = np.zeros(w.schools), np.zeros(w.schools)


def settle(w, state, rate, sustained, change=None):
    """Climate: a state moves to what is sustained and takes in a change, which goes to 0."""
    now = getattr(w, state)
    moved = now + share(rate, w.years) * (sustained - now)
    if change:
        moved = moved + left_of(rate, w.years) * getattr(w, change)
        setattr(w, change, np.zeros(w.schools))
    setattr(w, state, unit(moved))


def capital(w, lever):
    """Owner: Capital"""
    p = w.parameters.capital
    rate = np.log(2) / (p.half_life * (1 + p.coherence * (w.coherence - 0.5)))
    fades, apply = share(rate, w.years), left_of(rate, w.years)
    helped = p.from_support * (w.district_support - w.support_usual)
    rests = {
        "human": 0.5 + p.skill * w.teacher_skill + p.shared_support * helped,
        "social": (0.5 + p.leader_social * w.leadership + p.energy * (w.energy - 0.65) + helped
                   - p.fear * w.fear),
        "decisional": 0.5 + p.leader_judgement * w.leadership + p.shared_support * helped,
    }
    for kind, level in rests.items():
        now, change = getattr(w, f"{kind}_capital"), getattr(w, f"{kind}_change")
        setattr(w, f"{kind}_capital", unit(now + fades * (level - now) + apply * change))
        setattr(w, f"{kind}_change", np.zeros(w.schools))


def repertoire(w, lever):
    """Owner: Repertoire"""
    p, years = w.parameters.repertoire, w.years
    keeps = p.persistence ** years
    shock = p.rooted_sd * np.sqrt(1 - keeps ** 2)
    rests = (p.usual_mastery + p.context_correlation * p.rooted_sd * w.local_context)[:, None]
    luck = (np.sqrt(p.common_share) * w.rng.standard_normal((w.schools, 1))
            + np.sqrt(1 - p.common_share) * w.rng.standard_normal((w.schools, 8)))
    w.rooted_mastery = unit(rests + keeps * (w.rooted_mastery - rests) + shock * luck)
    sustained = 0.5 * w.coherence + 0.25 * (w.decisional_capital + w.social_capital)
    rate = (np.log(2) / (p.half_life * (p.frail + 2 * (1 - p.frail) * sustained)))[:, None]
    w.mastery = unit(w.mastery + share(rate, years) * (w.rooted_mastery - w.mastery)
                     + left_of(rate, years) * w.mastery_change)
    w.mastery_change = np.zeros((w.schools, 8))


def teaching(w, lever):
    """Owner: Teaching"""
    p = w.parameters.teaching
    fitting = w.mastery * w.practice_fit
    climate_sum = (w.human_capital + w.social_capital + w.decisional_capital
                   + w.coherence + w.energy + w.collective_efficacy - 3.15)
    expected = w.teacher_posts_usual * divide(w.roll, w.catchment, 1)
    size = p.class_size * np.log(np.clip(divide(w.teachers, expected, 1), 0.3, 3))
    tried = p.effort * (w.effort + w.individual_effort)
    common = p.skill * w.teacher_skill + p.climate * climate_sum + size
    practised = p.practice * (1 + w.technology_aid)
    w.teaching_basics = (common + practised * (fitting @ w.weight_basics) + tried
                         - w.teaching_usual_basics[w.system])
    w.teaching_broad = (common + practised * (fitting @ w.weight_broad) + p.effort_broad * tried
                        - w.teaching_usual_broad[w.system])
    w.teaching_reach = p.reach * w.internal_accountability - w.teaching_usual_reach[w.system]
    w.time_basics = 1 + p.time_used * p.time_shift * w.narrowing - p.drill * w.gaming
    w.time_broad = 1 - p.time_shift * w.narrowing


def centre_teaching(w):
    """At the end of each year of burn-in the zero of teaching is where pupils learn what is usual."""
    growth = w.parameters.learning.growth
    reach = mean_by(w.teaching_reach, w.system, w.systems, w.roll)
    on_top = w.deprivation * (w.teaching_reach - reach[w.system])

    def zero(teaching, time, more):
        gain = (growth + teaching) * time - growth + more
        return sum_by(w.roll * gain, w.system, w.systems) / sum_by(w.roll * time, w.system, w.systems)
    w.teaching_usual_basics += zero(w.teaching_basics, w.time_basics, on_top)
    w.teaching_usual_broad += zero(w.teaching_broad, w.time_broad, 0)
    w.teaching_usual_reach += reach


def carried_by_leavers(w):
    """M21, 1: value added [phase, pool, group] and broad learning [phase, pool] of the eldest."""
    rows, pools = np.arange(w.schools), w.districts + w.county.max() + 1
    n, added = w.cohort_pupils[rows, w.grades - 1], (w.attainment - w.intake)[rows, w.grades - 1]
    broad = w.broad_learning[rows, w.grades - 1]
    carried, carried_broad = np.zeros((3, pools, 2)), np.zeros((3, pools))
    for phase in range(3):
        for pool in (w.district, w.districts + w.county[w.district]):
            weight = n * (w.phase == phase)[:, None]
            for k in (0, 1):
                carried[phase, :, k] += mean_by(added[:, k], pool, pools, weight[:, k])
            carried_broad[phase] += mean_by(broad, pool, pools, weight.sum(1))
    return carried, carried_broad


def move_up(w):
    """M21, 2: year groups move up, and a new one enters."""
    carried, carried_broad = carried_by_leavers(w)
    fed = w.feeder_pool >= 0
    for name in ("cohort_pupils", "attainment", "intake", "broad_learning"):
        column = getattr(w, name)
        column[:, 1:] = column[:, :-1].copy()
    w.cohort_pupils[:, 0], w.intake[:, 0] = w.entrants, w.entrant_intake
    w.cohort_pupils *= w.has_group[:, :, None]
    w.attainment[:, 0] = w.entrant_intake + carried[w.feeder_phase, w.feeder_pool] * fed[:, None]
    w.broad_learning[:, 0] = carried_broad[w.feeder_phase, w.feeder_pool] * fed


def learning(w, lever):
    """M21"""
    if w.first_term:
        move_up(w)
    p = w.parameters.learning
    keeps = p.retention ** w.years
    adds = (1 - keeps) / (1 - p.retention)
    poor = divide(w.cohort_pupils[:, :, 0], w.cohort_pupils.sum(2))[:, :, None]
    def learnt(quality, time):
        return (p.growth + quality) * time - p.growth
    gain = ((1 + p.responsiveness * (GAP_GROUP - poor))
            * learnt(w.teaching_basics, w.time_basics)[:, None, None]
            + GAP_GROUP * w.teaching_reach[:, None, None])
    w.attainment = np.clip(w.intake + keeps * (w.attainment - w.intake) + adds * gain, -12, 12)
    broad = learnt(w.teaching_broad, w.time_broad)[:, None]
    w.broad_learning = np.clip(keeps * w.broad_learning + adds * broad, -12, 12)
    rests = (p.wellbeing + p.wellbeing_climate * (w.energy - 0.65 + w.social_capital - 0.5)
             + p.wellbeing_breadth * (w.time_broad - 1))
    w.wellbeing = unit(w.wellbeing + share(p.wellbeing_rate, w.years) * (rests - w.wellbeing))


def measurement(w, lever):
    """M22"""
    p = w.parameters.measurement
    if w.first_term:
        n = np.maximum(w.cohort_pupils[:, 0].sum(1), 1)
        w.test_noise[:, 1:] = w.test_noise[:, :-1].copy()
        w.test_noise[:, 0] = p.noise / np.sqrt(n) * w.rng.standard_normal(w.schools)
    if w.last_term:
        test(w, p)


def test(w, p):
    """M22: the test at the end of the year."""
    rows, eldest, pupils = np.arange(w.schools), w.grades - 1, w.cohort_pupils.sum((1, 2))
    sd = p.occasion * (np.maximum(pupils, 1) / 300) ** -p.occasion_size
    drift = w.settings["population.reported_drift"] * max(w.year + w.years, 0)
    w.inflation = p.inflation * w.gaming
    shared = w.inflation + sd * w.rng.standard_normal(w.schools) + drift
    intake = group_mean(w, w.intake)
    w.true_score = group_mean(w, w.attainment)
    w.value_added = w.true_score - intake
    w.reported_before = w.reported_score
    luck = group_mean(w, w.test_noise[:, :, None])
    w.reported_score = np.clip(w.true_score + luck + shared, -12, 12)
    w.reported_value_added = w.reported_score - intake
    n = w.cohort_pupils[rows, eldest]
    added = ((w.attainment - w.intake)[rows, eldest] * n).sum(1) / n.sum(1)
    w.cohort_value_added = np.clip(added + w.test_noise[rows, eldest] + shared, -12, 12)
