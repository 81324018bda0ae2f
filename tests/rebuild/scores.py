"""What the scores of an imported list say: Initialization, 2 (Practices, Districts) and 4.

Without a score (NaN) a school's luck alone counts, and without any nothing here has an effect.
"""

from types import SimpleNamespace

import numpy as np

from tools import deviation_by, divide, mean_by, sum_by, unit


def residual(w):
    """Score less what deprivation predicts by the curve of the school's phase; 0 without a score."""
    if not hasattr(w, "score_residual"):
        w.score_residual = np.zeros(w.schools)
        for system in range(w.systems):
            for phase in range(3):
                rows = np.flatnonzero((w.system == system) & (w.phase == phase)
                                      & ~np.isnan(w.score))
                if len(rows):
                    degree = 2 if len(rows) > 3 else 1 if len(rows) == 3 else 0
                    x, y = w.deprivation[rows], w.score[rows]
                    curve = np.polyfit(x, y, degree, w=np.sqrt(w.enrolment[rows]))
                    w.score_residual[rows] = y - np.polyval(curve, x)
    return w.score_residual


def scored_schools(w):
    """1 for the schools with a score, and their number in each system."""
    scored = (~np.isnan(w.score)) * 1.0
    return scored, sum_by(scored, w.system, w.systems)


def spread_of_residuals(w):
    """Root of the mean squared residual of each system (pupil SD)."""
    scored, number = scored_schools(w)
    square = mean_by(residual(w) ** 2, w.system, w.systems, scored)
    return np.sqrt(np.where(number < 2, 0.16, square))


def signs_of_districts(w):
    """How far schools of each district stand above the predicted, in SDs; how much it says."""
    scored, number = scored_schools(w)
    r = mean_by(residual(w), w.district, w.districts, scored)
    _, v = deviation_by(r, w.district_system, w.systems)
    pupils = sum_by(w.enrolment, w.district, w.districts)
    r = r - mean_by(r, w.district_system, w.systems, pupils)[w.district_system]
    sign = np.where(number > 0, np.minimum(divide(0.10, v), 0.9), 0)
    return divide(r, v[w.district_system]), sign[w.district_system]


def luck_of_tests(w):
    """Variances of the luck of a school's cohorts and of a test's occasion."""
    p, pupils = w.parameters.measurement, np.maximum(w.roll, 1)
    return p.noise ** 2 / pupils, (p.occasion * (pupils / 300) ** -p.occasion_size) ** 2


def parts_of_residuals(w):
    """Variance of residuals between and within districts, by system: analysis of variance."""
    scored, number = scored_schools(w)
    n = sum_by(scored, w.district, w.districts)
    mean = mean_by(residual(w), w.district, w.districts, scored)
    all_mean = mean_by(residual(w), w.system, w.systems, scored)
    groups = sum_by((n > 0) * 1.0, w.district_system, w.systems)
    inside = sum_by(scored * (residual(w) - mean[w.district]) ** 2, w.system, w.systems)
    apart = sum_by(n * (mean - all_mean[w.district_system]) ** 2, w.district_system, w.systems)
    size = divide(number - divide(sum_by(n ** 2, w.district_system, w.systems), number), groups - 1)
    within = divide(inside, number - groups)
    between = np.maximum(divide(divide(apart, groups - 1) - within, size), 0)
    one = groups < 2
    square = spread_of_residuals(w) ** 2
    return np.where(one, 0, between), np.where(one, square, within), n, mean


def drawn_results(w, cohort, occasion):
    """Truth of each school given its score, and the luck in the score; `above` its like."""
    between, within, n, mean = parts_of_residuals(w)
    b, d = between[w.district_system], w.district
    sure = divide(n * b, n * b + within[w.district_system])
    expected = w.score - residual(w) + (sure * mean)[d]
    unsure = ((1 - sure) * b)[d]
    scored, _ = scored_schools(w)
    luck = cohort + occasion
    usual_luck = mean_by(luck, w.system, w.systems, scored)
    true = np.maximum(within - usual_luck, within / 10)[w.system]
    rho = true / (true + luck)
    truth = (expected + rho * (w.score - expected) - w.inflation
             + np.sqrt(rho * luck + (1 - rho) ** 2 * unsure) * w.rng.standard_normal(w.schools))
    fortune = w.score - truth - w.inflation
    cohorts = (fortune * cohort / luck
               + np.sqrt(cohort * occasion / luck) * w.rng.standard_normal(w.schools))
    return SimpleNamespace(truth=truth, cohorts=cohorts, occasion=fortune - cohorts,
                           above=truth - expected)


def teach_as_scores_say(w, above):
    """Practice moves so that value added shows of the score as much as its variance allows."""
    scored, _ = scored_schools(w)
    if not scored.any():
        return
    above = np.where(scored > 0, above, 0)
    n = w.cohort_pupils.sum(2)
    va = (w.cohort_pupils * (w.attainment - w.intake)).sum((1, 2)) / n.sum(1)
    va = scored * (va - mean_by(va, w.district, w.districts, scored)[w.district])
    s, v, c = (sum_by(x, w.system, w.systems) for x in (above ** 2, va ** 2, va * above))
    target = np.minimum(v, s)
    kept = np.sqrt((v - target ** 2 / s) / (v - c ** 2 / s))
    sign = (target - kept * c) / s
    works = target > c
    kept, sign = np.where(works, kept, 1)[w.system], np.where(works, sign, 0)[w.system]
    change = sign * above - (1 - kept) * va
    group = w.system * 3 + w.phase
    change -= mean_by(change, group, 3 * w.systems, w.roll * scored)[group]
    retention, practice = w.parameters.learning.retention, w.parameters.teaching.practice
    years = (1 - retention ** (np.arange(w.year_groups) + 1)) / (1 - retention) * w.has_group
    stays = (n * years).sum(1) / n.sum(1)
    each = scored * change / (stays * practice * (w.practice_fit @ w.weight_basics))
    before = w.mastery
    w.mastery, w.rooted_mastery = (unit(x + each[:, None]) for x in (before, w.rooted_mastery))
    moved = practice * w.practice_fit * (w.mastery - before)
    basics, broad = moved @ w.weight_basics, moved @ w.weight_broad
    w.attainment += (basics[:, None] * years)[:, :, None]
    w.broad_learning += broad[:, None] * years
    w.teaching_usual_basics += mean_by(basics, w.system, w.systems, w.roll)
    w.teaching_usual_broad += mean_by(broad, w.system, w.systems, w.roll)
