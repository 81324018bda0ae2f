"""The measures of the ODD, for each system: arrays by replicate."""

import numpy as np

from tools import divide, mean_by, sum_by

OVER_PUPILS = {
    "true_attainment_mean": "true_score", "reported_attainment_mean": "reported_score",
    "inflation_mean": "inflation", "value_added_mean": "value_added",
    "reported_value_added_mean": "reported_value_added", "wellbeing_mean": "wellbeing",
    "human_capital_mean": "human_capital", "social_capital_mean": "social_capital",
    "decisional_capital_mean": "decisional_capital", "coherence_mean": "coherence",
    "energy_mean": "energy",
    "collective_efficacy_mean": "collective_efficacy",
    "internal_accountability_mean": "internal_accountability",
    "trust_in_centre_mean": "trust_in_centre",
    "pressure_mean": "pressure", "effort_mean": "effort", "gaming_mean": "gaming",
    "narrowing_mean": "narrowing", "fear_mean": "fear", "compliance_habit_mean": "compliance_habit",
    "systemness_mean": "systemness", "teacher_turnover": "teacher_turnover",
    "teacher_vacancy": "teacher_vacancy", "initiatives_alive": "initiatives",
    "lever_spending_per_pupil": "lever_spending",
    "ordinary_spending_per_pupil": "ordinary_spending",
    "technology_use": "technology_use", "collaboration": "collaboration",
    "engagement_depth": "engagement_depth", "autonomy_held": "autonomy_held",
    "defensiveness": "defensiveness", "individual_effort": "individual_effort",
}
OVER_SCHOOLS = {
    "declared_participation": "engagement_declared", "real_participation": "engagement_real",
    "reviews_done": "reviews_done", "feedback_used": "feedback_used",
    "support_given": "support_given",
    "support_received": "support_received",
}
OVER_CLUSTERS = {
    "cluster_trust_mean": "cluster_trust", "cluster_maturity_mean": "cluster_maturity",
    "cluster_openness": "cluster_openness", "self_assessment_bias": "self_assessment_bias",
}


def weighted_sd(w, values):
    """SD over schools, weighted by pupils."""
    mean = mean_by(values, w.system, w.systems, w.roll)
    return np.sqrt(mean_by((values - mean[w.system]) ** 2, w.system, w.systems, w.roll))


def parts_of_variance(w, values, group, groups):
    """SDs within and between groups of schools, weighted by pupils."""
    within = values - mean_by(values, group, groups, w.roll)[group]
    inside = np.sqrt(mean_by(within ** 2, w.system, w.systems, w.roll))
    return inside, np.sqrt(np.maximum(weighted_sd(w, values) ** 2 - inside ** 2, 0))


def quantile(w, values, at):
    """Quantile over the schools of each system."""
    return np.array([np.quantile(values[w.system == s], at) for s in range(w.systems)])


def over_pupils(w, values):
    return mean_by(values, w.system, w.systems, w.roll)


def over_schools(w, values):
    return mean_by(values, w.system, w.systems)


def gap(w):
    """True attainment of the others minus that of the disadvantaged."""
    counts = w.cohort_pupils.sum(1)
    sums = (w.cohort_pupils * w.attainment).sum(1)
    sums, counts = ([sum_by(x[:, k], w.system, w.systems) for k in (0, 1)] for x in (sums, counts))
    means = [divide(sums[k], counts[k]) for k in (0, 1)]
    return means[1] - means[0]


def segregation(w):
    """Index of dissimilarity of the disadvantaged and the others."""
    counts = w.cohort_pupils.sum(1)
    parts = [counts[:, k] / sum_by(counts[:, k], w.system, w.systems)[w.system] for k in (0, 1)]
    return sum_by(np.abs(parts[0] - parts[1]), w.system, w.systems) / 2


def over_ties(w, slots):
    """Mean weight of the ties that exist in some slots."""
    there = w.partner[:, slots] >= 0
    weights = np.where(there, w.tie_weight[:, slots], 0)
    sums, counts = (sum_by(x.sum(1) * 1.0, w.system, w.systems) for x in (weights, there))
    return divide(sums, counts)


def cluster_measures(w):
    """Measures of clusters; 0 where there are none."""
    if not w.clusters:
        return {name: np.zeros(w.systems) for name in OVER_CLUSTERS}
    active = (w.cluster_contact > 0) * 1.0
    return {name: mean_by(getattr(w, column), w.cluster_system, w.systems, active)
            for name, column in OVER_CLUSTERS.items()}


def take(w):
    """All measures at this moment, by name."""
    found = {name: over_pupils(w, getattr(w, column)) for name, column in OVER_PUPILS.items()}
    found |= {name: over_schools(w, getattr(w, column)) for name, column in OVER_SCHOOLS.items()}
    found |= cluster_measures(w)
    for name in ("true_score", "value_added"):
        measure = {"true_score": "true_attainment"}.get(name, name)
        values = getattr(w, name)
        found[f"{measure}_between_school_sd"] = weighted_sd(w, values)
        for at in (10, 50, 90):
            found[f"{measure}_p{at}"] = quantile(w, values, at / 100)
    cohorts = w.cohort_pupils.sum(2)
    broad = (w.broad_learning * cohorts).sum(1) / cohorts.sum(1)
    found["broad_learning_mean"] = over_pupils(w, broad)
    found["disadvantage_gap"], found["segregation"] = gap(w), segregation(w)
    between = parts_of_variance(w, w.true_score, w.district, w.districts)[1]
    found["between_district_share"] = (between / found["true_attainment_between_school_sd"]) ** 2
    if w.clusters:
        inside, between = parts_of_variance(w, w.value_added, w.cluster, w.clusters)
        found["within_cluster_sd"], found["between_cluster_sd"] = inside, between
        found["between_cluster_share"] = divide(between ** 2, inside ** 2 + between ** 2)
        beyond = (w.partner >= 0) & (w.cluster[w.partner] != w.cluster[:, None])
        found["tie_reach"] = over_schools(w, ((w.tie_weight > 0.05) & beyond).any(1) * 1.0)
    found["share_improving"] = over_schools(w, w.reported_score - w.reported_before > 0.02)
    found["share_stuck"] = over_schools(w, w.value_added < -0.1)
    found["tie_weight_mean"] = over_ties(w, slice(0, 9))
    found["tie_weight_bridge_mean"] = over_ties(w, [8])
    found["mastery_mean"] = over_pupils(w, w.mastery.mean(1))
    for k in range(8):
        found[f"adoption_{k + 1}"] = over_schools(w, w.mastery[:, k] > 0.6)
    found["leader_turnover"] = over_schools(w, w.leader_tenure < 1 - 1e-9)
    found["district_capacity_mean"] = over_pupils(w, w.district_capacity[w.district])
    found["middle_strength"] = over_schools(w, w.middle_strength[w.district])
    found["district_ties"] = over_schools(w, w.district_ties[w.district])
    found["pupils"] = sum_by(w.roll, w.system, w.systems)
    return found
