"""The world made from a list, anchoring at year 0, and clusters: Initialization, 2, 4 and 5.

Several systems (replicates) stand one after the other in the same arrays; `system` says where a
school belongs, and rows of districts, counties, clusters and leaders are counted through.
"""

from types import SimpleNamespace

import numpy as np

import scores
from tools import deviation_by, divide, mean_by, order_within, sum_by, unit

GAP_GROUP = np.array([1.0, 0.0])  # 1 for the disadvantaged, 0 for the others
SCHOOL_STATES = """
    effort gaming narrowing fear compliance_habit individual_effort dismissal_rate
    dismissal_selection technology_use technology_aid collaboration pressure target_risen
    initiatives load strain coherence_change trust_change efficacy_change accountability_change
    human_change social_change decisional_change teacher_vacancy teacher_turnover leader_changed
    engagement_declared engagement_real member_for engagement_depth middle_buffer network_trust
    network_quality reviews_done feedback_used support_received support_given inflation
    true_score value_added reported_score reported_before reported_value_added
    cohort_value_added teaching_basics teaching_broad teaching_reach grant lever_spending
    ordinary_spending ordinary_usual heads_raised_by head_exceptional
""".split()
DISTRICT_STATES = "middle_strength district_ties capacity_change drained_change takes_grant".split()
CLUSTER_STATES = """
    cluster_purpose cluster_transparency cluster_maturity cluster_facilitation
    cluster_leadership cluster_capacity cluster_dependence cluster_validation cluster_openness
    self_assessment_bias cluster_contact cluster_quality
""".split()


def make_world(listed, settings, parameters, practices, usual, rng, without=()):
    """A world of schools, districts and leaders; `usual` are the levers of the status quo."""
    w = SimpleNamespace(parameters=parameters, settings=settings, rng=rng, without=without)
    w.gap = settings["population.poverty_gap"]
    list_columns(w, listed)
    practice_weights(w, practices)
    for name in SCHOOL_STATES:
        setattr(w, name, np.zeros(w.schools))
    for name in DISTRICT_STATES:
        setattr(w, name, np.zeros(w.districts))
    for name in CLUSTER_STATES + ["cluster_trust"]:
        setattr(w, name, np.zeros(0))
    intake = circumstances(w)
    teachers(w, intake)
    staff_and_climate(w, usual)
    repertoire(w)
    districts(w, usual)
    leaders(w)
    w.systemness = systemness_rests(w, usual)
    feeders(w)
    pupils(w)
    neighbours(w)
    for name in ("teaching_usual_basics", "teaching_usual_broad", "teaching_usual_reach",
                 "score_usual"):
        setattr(w, name, np.zeros(w.systems))
    return w


def list_columns(w, listed):
    """What the list shows."""
    w.system, w.district, w.phase = listed["system"], listed["district"], listed["phase"]
    w.county, w.place, w.enrolment = listed["county"], listed["place"], listed["enrolment"]
    w.deprivation = listed["deprivation"]
    w.catchment_deprivation = w.deprivation.copy()
    w.catchment, w.roll = w.enrolment.copy(), w.enrolment.copy()
    w.schools, w.districts, w.systems = len(w.system), len(w.county), w.system.max() + 1
    unknown = np.full(w.schools, np.nan)
    w.score = listed.get("score", unknown)  # pupil SD
    w.unqualified = listed.get("unqualified", unknown)  # share of the teachers
    w.district_schools = sum_by(np.ones(w.schools), w.district, w.districts)
    w.district_system = (np.arange(w.districts) * w.systems) // w.districts
    phases = ("primary", "middle", "secondary")
    w.grades = np.array([w.settings[f"population.grades.{name}"] for name in phases], int)[w.phase]
    w.year_groups = w.grades.max()
    w.has_group = np.arange(w.year_groups) < w.grades[:, None]
    w.cluster, w.clusters = np.full(w.schools, -1), 0


def practice_weights(w, practices):
    """The weights of the practices in the two domains, each adding up to 1."""
    w.effectiveness, w.basics_share, w.practice_context = (np.array(column) for column in practices)
    w.weight_basics = w.effectiveness * w.basics_share / (w.effectiveness * w.basics_share).sum()
    w.weight_broad = w.effectiveness * (1 - w.basics_share)
    w.weight_broad /= w.weight_broad.sum()


def standardised(w, values):
    """In SDs of each system's schools; 0 where all are alike."""
    mean, sd = deviation_by(values, w.system, w.systems)
    return divide(values - mean[w.system], sd[w.system])


def circumstances(w):
    """Circumstances, and the mean intake (pupil SD), which is returned."""
    s, normal = w.settings, w.rng.standard_normal
    slope, q = s["population.poverty_slope"], s["population.poverty_slope_between_districts"]
    v = s["population.intake_between_districts"]
    z = standardised(w, w.deprivation)
    z_d = mean_by(z, w.district, w.districts)[w.district]
    b = mean_by(z_d ** 2, w.system, w.systems)
    w.context = 0.9 * z + 0.436 * normal(w.schools)
    w.local_context = w.context - mean_by(w.context, w.district, w.districts)[w.district]
    left = np.sqrt(np.maximum(
        s["population.intake_sd"] ** 2 - slope ** 2 * (1 + b * (q ** 2 - 1)), 0))[w.system]
    luck = np.sqrt(1 - v) * normal(w.schools) + np.sqrt(v) * normal(w.districts)[w.district]
    drawn = slope * (z + (q - 1) * z_d) + left * luck
    intake = np.where(np.isnan(w.score), drawn, w.score)
    w.entry_intake = intake + w.gap * w.deprivation
    return intake


def teachers(w, intake):
    """Teachers in post and their skill, and the pool of those who look for a post."""
    p = w.parameters.labour_market
    w.teachers = np.maximum(w.enrolment / w.settings["population.pupils_per_teacher"], 0.5)
    w.teacher_posts_usual = w.teachers / 0.98
    w.teacher_posts = w.teacher_posts_usual.copy()
    mean, sd = deviation_by(intake, w.system, w.systems)
    apart = intake - mean[w.system]
    around = mean_by(apart, w.district, w.districts)[w.district]
    known = ~np.isnan(w.unqualified)
    usual = mean_by(np.where(known, w.unqualified, 0), w.system, w.systems, known * 1.0)[w.system]
    unqualified = np.where(known, w.unqualified, usual)
    usual = mean_by(unqualified, w.system, w.systems)[w.system]
    w.teacher_skill = (p.sorting * (apart - p.local * around) / sd[w.system]
                       + 0.55 * w.rng.standard_normal(w.schools) / np.sqrt(w.teachers)
                       - 0.8 * (unqualified - usual))
    w.teacher_skill_spread = np.full(w.schools, 0.9)
    w.pool_teachers = 0.03 * sum_by(w.teacher_posts_usual, w.system, w.systems)
    w.pool_skill = np.zeros(w.systems)


def staff_and_climate(w, usual):
    """States of staff and climate at the start."""
    for name in ("human_capital", "social_capital", "decisional_capital"):
        setattr(w, name, unit(0.5 + 0.08 * w.rng.standard_normal(w.schools)))
    w.energy = unit(0.65 + 0.06 * w.rng.standard_normal(w.schools))
    for name in ("coherence", "collective_efficacy", "trust_in_centre", "belief_in_networks"):
        setattr(w, name, np.full(w.schools, 0.5))
    w.internal_accountability = np.full(w.schools, 0.35)
    w.wellbeing = np.full(w.schools, w.parameters.learning.wellbeing)
    w.defensiveness = np.full(w.schools, 0.16)
    w.autonomy_held = np.full(w.schools, usual.governance.autonomy)
    for name in ("funded", "time_basics", "time_broad"):
        setattr(w, name, np.ones(w.schools))
    w.reluctance = w.rng.random(w.schools)


def fit(w, context):
    """How well each practice fits schools of a context (Repertoire)."""
    def raw(c):
        return (1 - w.parameters.repertoire.context_loss) ** np.abs(c[:, None] - w.practice_context)
    def mean_fit(c):
        return raw(c) @ w.effectiveness / w.effectiveness.sum()
    return unit(raw(context) * (mean_fit(np.zeros(1)) / mean_fit(context))[:, None])


def repertoire(w):
    """Mastery of the practices, at its long-run distribution given what scores say."""
    p = w.parameters.repertoire
    luck = w.rng.standard_normal(w.schools)
    scored = ~np.isnan(w.score)
    v = scores.spread_of_residuals(w)[w.system]
    sign = np.minimum(0.18 / v / np.sqrt(max(p.common_share, 0.1)), 0.95)
    told = np.where(scored, sign * scores.residual(w) / v, 0)
    school = told + np.sqrt(1 - np.where(scored, sign, 0) ** 2) * luck
    own = w.rng.standard_normal((w.schools, 8))
    rests = p.usual_mastery + p.context_correlation * p.rooted_sd * w.local_context
    w.rooted_mastery = unit(rests[:, None] + p.rooted_sd * (
        np.sqrt(p.common_share) * school[:, None] + np.sqrt(1 - p.common_share) * own))
    w.mastery = w.rooted_mastery.copy()
    w.mastery_change = np.zeros((w.schools, 8))
    w.practice_fit = fit(w, w.context)


def districts(w, usual):
    """Capacity, what is drained from it, support, disposition and caution of the districts."""
    p, middle = w.parameters.districts, w.parameters.middle_leadership
    above, sign = scores.signs_of_districts(w)
    luck = w.rng.standard_normal(w.districts)
    w.district_capacity = unit(p.usual_capacity + p.capacity_sd * (
        sign * above + np.sqrt(1 - sign ** 2) * luck))
    bypassed = usual.governance.district_role == "bypassed"
    thinning = 0 if "innovation" in w.without else w.parameters.innovation.thinning
    drains = thinning * usual.governance.autonomy + p.neglect * bypassed
    w.district_drained = np.full(w.districts, drains / (drains + p.rebuilding * (not bypassed)))
    w.support_usual = p.usual_capacity * (1 - w.district_drained[0])
    w.district_support = np.full(w.schools, w.support_usual)
    u = w.rng.random(w.districts)
    not_willing = u < middle.resistant_share + middle.token_share
    w.district_disposition = not_willing + (u < middle.resistant_share) * 1
    w.district_caution = w.rng.random(w.districts)
    d, e = np.nonzero((w.county[:, None] == w.county) & ~np.eye(w.districts, dtype=bool))
    w.neighbour_pairs = d, e


def leaders(w):
    """Leaders in post, row by row, and after them the pools of the systems."""
    per_system = w.schools // w.systems
    pool = max(4, (per_system + 9) // 10) * w.systems
    w.leader, w.leader_rows = np.arange(w.schools), w.schools + pool
    w.leader_school = np.r_[w.leader, np.full(pool, -1)]
    w.leader_system = np.r_[w.system, np.arange(pool) * w.systems // pool]
    w.leader_skill = w.rng.standard_normal(w.leader_rows)
    w.leader_skill[w.schools:] += 2 * w.parameters.labour_market.new_leader_skill
    w.leader_system_mind = w.rng.random(w.leader_rows)
    w.leader_trained, w.leader_raised = np.zeros((2, w.leader_rows))
    w.leadership = w.leader_skill[:w.schools].copy()
    w.leader_tenure = np.clip(-9 * np.log(1 - w.rng.random(w.schools)), 0, 30)


def unrivalled(w, lever):
    """What rivalry between schools leaves of care for one another (M20)."""
    rivalry = unit(lever.governance.competition + lever.external_accountability.stakes / 2)
    return 1 - w.parameters.systemness.rivalry * rivalry


def systemness_rests(w, lever):
    """What sustains systemness without contact: `rests` of M20."""
    p = w.parameters.systemness
    championed = (lever.coordinated_policy.alignment + lever.system_leadership.school_to_school
                  + w.leader_system_mind[w.leader]) / 3
    return unit(p.base * (1 + p.championing * championed) * unrivalled(w, lever))


def feeders(w):
    """Where new pupils come from: rows of districts, then of counties; -1 from home."""
    county, counties = w.county[w.district], w.county.max() + 1
    primary, middle = (np.r_[sum_by(w.phase == phase, w.district, w.districts),
                             sum_by(w.phase == phase, county, counties)] > 0 for phase in (0, 1))
    w.feeder_pool, w.feeder_phase = np.full(w.schools, -1), np.zeros(w.schools, int)
    for pool in (w.district, w.districts + county):
        for phase, there in ((1, middle), (0, primary)):
            takes = (w.feeder_pool < 0) & (w.phase > phase) & there[pool]
            w.feeder_pool[takes], w.feeder_phase[takes] = pool[takes], phase


def own_entrants(w):
    """Entrants of the catchment a year, by group: [school, group]."""
    shares = np.stack([w.catchment_deprivation, 1 - w.catchment_deprivation], 1)
    return w.catchment[:, None] * shares / w.grades[:, None]


def own_intake(w):
    """Mean intake of the catchment's entrants, by group, in pupil SD."""
    return w.entry_intake[:, None] - w.gap * GAP_GROUP


def pupils(w):
    """Cohorts by year group and pupil group."""
    w.entrants, w.entrant_intake = own_entrants(w), own_intake(w)
    w.cohort_pupils = w.entrants[:, None, :] * w.has_group[:, :, None]
    w.intake = np.repeat(w.entrant_intake[:, None, :], w.year_groups, 1)
    w.attainment = w.intake.copy()
    w.broad_learning = np.zeros((w.schools, w.year_groups))
    w.test_noise = np.zeros((w.schools, w.year_groups))


def morton(place):
    """Places in km as keys along the Morton curve, in cells of 100 m."""
    keys = np.zeros(len(place), np.uint64)
    cells = (np.trunc(10 * place) + 2 ** 31).astype(np.uint64)
    for bit in range(32):
        for axis in (0, 1):
            keys |= ((cells[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return keys


def ring(rows, slots, known=None):
    """Partners on a ring, [row, slot]: next, before, next but one ..., none of `known[row]`."""
    n = len(rows)
    partners = np.full((n, slots), -1)
    steps = [step * side for step in range(1, n // 2 + 1) for side in (1, -1)][:n - 1]
    for at, row in enumerate(rows):
        others = [rows[(at + step) % n] for step in steps]
        others = [other for other in others if known is None or other not in known[row]][:slots]
        partners[at, :len(others)] = others
    return partners


def similarity(w):
    """Likeness of context of partners, [school, slot]; 0 without a partner."""
    apart = np.abs(w.context[:, None] - w.context[w.partner])
    return np.where(w.partner >= 0, np.exp(-w.parameters.ties.distance * apart), 0)


def neighbours(w):
    """Ties to neighbours on the ring of the district's local order, slots 0 to 3."""
    p = w.parameters.ties
    known = ~np.isnan(w.place[:, 0])
    luck = w.rng.integers(0, 2 ** 63, w.schools, np.uint64)
    w.local_order = np.where(known, morton(np.where(known[:, None], w.place, 0)), luck)
    w.partner = np.full((w.schools, 9), -1)
    for d in range(w.districts):
        rows = np.flatnonzero(w.district == d)
        rows = rows[np.argsort(w.local_order[rows], kind="stable")]
        w.partner[rows, :4] = ring(rows, 4)
    w.similarity = similarity(w)
    w.tie_weight = np.where(w.partner >= 0, p.forming / (p.forming + p.decay), 0)
    w.tie_trust = np.zeros((w.schools, 9))


def group_mean(w, values):
    """Mean over the pupils of each school of a column by year group and group."""
    return (values * w.cohort_pupils).sum((1, 2)) / w.cohort_pupils.sum((1, 2))


def anchor(w):
    """Year 0: what burn-in did to what the list shows is taken back, and results are published."""
    anchor_roll(w)
    of_cohorts, of_occasion = scores.luck_of_tests(w)
    drawn = scores.drawn_results(w, of_cohorts, of_occasion)
    scores.teach_as_scores_say(w, drawn.above)
    anchor_learning(w)
    luck = np.sqrt(of_occasion) * w.rng.standard_normal(w.schools)
    scored = ~np.isnan(w.score)
    moved = np.where(scored, drawn.truth - group_mean(w, w.attainment), 0)
    for column in (w.attainment, w.intake, w.entrant_intake):
        column += moved.reshape(-1, *[1] * (column.ndim - 1))
    w.entry_intake += moved
    noise = group_mean(w, w.test_noise[:, :, None])
    w.test_noise += w.has_group * np.where(scored, drawn.cohorts - noise, 0)[:, None]
    publish_at_start(w, np.where(scored, drawn.occasion, luck))


def anchor_learning(w):
    """The zero of teaching once more: value added is 0 on average, and stays so."""
    n, years = w.cohort_pupils.sum(2), years_taught(w)
    all_years = sum_by((n * years).sum(1), w.system, w.systems)
    added = (w.cohort_pupils * (w.attainment - w.intake)).sum((1, 2))
    a = sum_by(added, w.system, w.systems) / all_years
    b = sum_by((n * w.broad_learning).sum(1), w.system, w.systems) / all_years
    w.teaching_usual_basics += a
    w.teaching_usual_broad += b
    there = w.has_group * years
    w.attainment -= (there * a[w.system, None])[:, :, None]
    w.broad_learning -= there * b[w.system, None]


def years_taught(w):
    """Years of the present teaching in each year group, with what new pupils bring from below."""
    keeps, brings = w.parameters.learning.retention, np.zeros(w.schools)
    rows, eldest = np.arange(w.schools), w.grades - 1
    n = w.cohort_pupils[rows, eldest].sum(1)
    pools = w.districts + w.county.max() + 1
    for phase in range(3):
        years, last = np.zeros((w.schools, w.cohort_pupils.shape[1])), brings
        for g in range(years.shape[1]):
            last = years[:, g] = keeps * last + 1
        leave = n * (w.phase == phase)
        for of in (w.district, w.districts + w.county[w.district]):
            mean = mean_by(years[rows, eldest], of, pools, leave)
            fed = (w.feeder_pool >= 0) & (w.feeder_phase == phase)
            here = fed & (sum_by(leave, of, pools)[w.feeder_pool] > 0)
            brings = np.where(here, mean[w.feeder_pool], brings)
    return years


def anchor_roll(w):
    """What choice has brought to a school is taken from every year group and from its catchment."""
    own = own_entrants(w)
    more = w.cohort_pupils.sum(1) / w.grades[:, None] - own
    before = w.cohort_pupils
    lowered, entrants = before - more[:, None, :], w.entrants - more
    there = w.has_group[:, :, None]
    low = ((lowered < own[:, None, :] / 10) & there).any(1) | (entrants < own / 10)
    factor = divide(own, own + more)
    w.cohort_pupils = there * np.where(low[:, None, :], before * factor[:, None, :], lowered)
    w.entrants = np.where(low, w.entrants * factor, entrants)
    catchments = w.grades[:, None] * np.maximum(own - more, own / 10)
    w.catchment = catchments.sum(1)
    w.catchment_deprivation = catchments[:, 0] / w.catchment
    w.roll = w.enrolment.copy()


def publish_at_start(w, occasion):
    """The published figures of year 0."""
    rows, eldest = np.arange(w.schools), w.grades - 1
    shared, intake = w.inflation + occasion, group_mean(w, w.intake)
    w.true_score = group_mean(w, w.attainment)
    w.value_added = w.true_score - intake
    w.reported_score = w.true_score + group_mean(w, w.test_noise[:, :, None]) + shared
    w.reported_before = w.reported_score.copy()
    w.reported_value_added = w.reported_score - intake
    counts = w.cohort_pupils[rows, eldest]
    added = ((w.attainment - w.intake)[rows, eldest] * counts).sum(1) / counts.sum(1)
    w.cohort_value_added = added + w.test_noise[rows, eldest] + shared
    w.ordinary_usual = w.ordinary_spending.copy()
    w.score_usual = mean_by(w.reported_score, w.system, w.systems, w.roll)


def cluster_sets(w, size, composition):
    """Sets of schools that are cut into clusters, each in its order."""
    county = w.county[w.district]
    large = (w.district_schools >= 0.75 * size)[w.district] & (composition != "cross_district")
    together = np.where(large, w.district, w.districts + county)
    luck = w.rng.random(w.schools)
    key = {"place": w.local_order, "families": w.context, "cross_district": luck}[composition]
    for number in np.unique(together):
        rows = np.flatnonzero(together == number)
        yield rows[np.argsort(key[rows], kind="stable")]


def form_clusters(w, size, composition):
    """Clusters as possibilities, ties within them (slots 4 to 7) and bridges (slot 8)."""
    runs = []
    for rows in cluster_sets(w, size, composition):
        parts = max(1, int(len(rows) / size + 0.5))
        runs += [rows[len(rows) * c // parts:len(rows) * (c + 1) // parts] for c in range(parts)]
    w.clusters = len(runs)
    for number, rows in enumerate(runs):
        w.cluster[rows] = number
        w.partner[rows, 4:8] = ring(rows, 4, w.partner[:, :4])
    w.cluster_size = sum_by(np.ones(w.schools), w.cluster, w.clusters)
    w.cluster_system = mean_by(w.system, w.cluster, w.clusters).astype(int)
    for name in CLUSTER_STATES:
        setattr(w, name, np.zeros(w.clusters))
    w.cluster_trust = np.full(w.clusters, w.parameters.cluster_trust.start_trust)
    bridges(w)
    w.similarity = similarity(w)


def bridges(w):
    """All schools in random order, paired one after the other where their clusters differ."""
    rows = order_within(w.system, w.rng.random(w.schools))
    per_system = w.schools // w.systems
    pairs = rows.reshape(w.systems, per_system)[:, :per_system // 2 * 2].reshape(-1, 2)
    pairs = pairs[w.cluster[pairs[:, 0]] != w.cluster[pairs[:, 1]]]
    w.partner[pairs[:, 0], 8], w.partner[pairs[:, 1], 8] = pairs[:, 1], pairs[:, 0]


def of_cluster(w, column):
    """A column of clusters for each school; 0 without a cluster."""
    return np.where(w.cluster >= 0, column[w.cluster], 0) if w.clusters else np.zeros(w.schools)

