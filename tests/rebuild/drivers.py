"""Mechanisms M24 and M1 to M8: money and drivers. `w` is the world, `lever` the term's levers."""

from statistics import NormalDist

import numpy as np

from tools import divide, left_of, logistic, mean_by, share, sum_by, unit


def reform_money(w, lever):
    """M24, 1: what each school gets of the reform money by the funding rule, per pupil and year."""
    p, rule = w.parameters.money, lever.funding.rule
    reform = min(lever.funding.reform_per_pupil, lever.funding.total_per_pupil)
    weight = {"by_need": 1 + p.need_weight * w.deprivation,
              "competitive": logistic(p.bid_skill * w.leadership)}.get(rule, np.ones(w.schools))
    claim = reform * weight
    pot = sum_by(reform * w.roll, w.system, w.systems)
    if rule != "equal_per_district":
        return claim * divide(pot, sum_by(claim * w.roll, w.system, w.systems))[w.system]
    claims = sum_by(claim * w.roll, w.district, w.districts)
    counted = sum_by(claims > 0, w.district_system, w.systems)
    return claim * divide(divide(pot, counted)[w.district_system], claims)[w.district]


def wanted_bill(w, lever):
    """M24, 2: what may be cut, in currency a school and year."""
    p, building, nets = w.parameters.money, lever.capacity_building, lever.networks
    teacher_day = p.teacher_salary / p.working_days
    days = w.teachers * (
        building.broadcast * p.broadcast_days + building.light_touch * p.light_touch_days
        + building.coaching * p.coaching_days + lever.collaboration.time * p.collaboration_days)
    days += lever.external_accountability.inspection * p.inspection_days
    posts = nets.hubs * p.hub_posts
    if w.clusters:
        kept = 1 - nets.release * w.cluster_capacity[w.cluster]
        posts = posts + (nets.facilitation * w.engagement_declared * kept
                         / w.cluster_size[w.cluster] * p.cluster_posts)
    trained = share(nets.leader_training, w.years) / w.years * (w.leader_trained[w.leader] == 0)
    return (days * teacher_day + w.roll * lever.technology.investment * p.device_cost
            + posts * p.teacher_salary
            + trained * p.leader_training_days * p.leader_pay * teacher_day)


def due_bill(w, lever):
    """M24, 2: what is due with the policy, in currency a school and year."""
    p, nets, single = w.parameters.money, lever.networks, lever.individualistic_policies
    teacher_day, outside = p.teacher_salary / p.working_days, lever.external_accountability
    role = {"bypassed": p.bypassed_posts, "mediating": p.mediating_posts,
            "leading": p.leading_posts}
    days = w.teachers * (
        outside.publication * p.publication_days + single.appraisal * p.appraisal_days
        + single.dismissal * p.dismissal_days + w.initiatives * p.initiative_days
        + lever.governance.prescription * p.prescription_days
        + w.engagement_real * nets.beyond_leaders * p.beyond_days)
    days += w.engagement_real * (
        nets.peer_review * p.review_days + nets.enquiry_cycles * p.enquiry_days
        + nets.cross_review * p.cross_review_days)
    days += w.support_received * p.support_days + (lever.funding.rule == "competitive") * p.bid_days
    years = w.teachers * (
        outside.stakes * p.stakes_posts + single.merit_pay * p.merit_pay
        + lever.coordinated_policy.alignment * p.alignment_posts
        + lever.governance.autonomy * p.autonomy_posts
        + role[lever.governance.district_role])
    leader = (w.engagement_real * p.participation_days / p.working_days
              + w.support_given * p.lent_leaders) * p.leader_pay * p.teacher_salary
    return (days * teacher_day + years * p.teacher_salary + leader
            + w.roll * lever.governance.choice * p.transport)


def district_grant(w, lever):
    """M24, 1a: what schools of districts that take the grant get, and what goes to all, a pupil."""
    p, funding = w.parameters.money, lever.funding
    reform = min(funding.reform_per_pupil, funding.total_per_pupil)
    aside = min(funding.grant_per_pupil, funding.total_per_pupil - reform)
    if aside <= 0:
        w.takes_grant = np.zeros(w.districts)
        return 0, 0, 0
    pupils = sum_by(w.roll, w.district, w.districts)
    offered = aside * pupils
    if funding.grant_rule == "equal_per_district":
        some = offered > 0
        whole = sum_by(offered, w.district_system, w.systems)
        count = sum_by(some * 1.0, w.district_system, w.systems)
        offered = some * divide(whole, count)[w.district_system]
    if w.first_term:
        worth = offered * np.where(w.district_disposition == 2, p.grant_resisted, 1)
        trouble = p.grant_posts * p.teacher_salary * (0.5 + w.district_caution)
        w.takes_grant = (worth > trouble) * 1.0
    taken = divide(offered * w.takes_grant, pupils)[w.district]
    left = sum_by(offered * (1 - w.takes_grant), w.district_system, w.systems)
    return aside, taken, divide(left, sum_by(w.roll, w.system, w.systems))[w.system]


def due_to_heads_and_grant(w):
    """M24, 2: what exceptional heads and the running of the grant cost, in currency a school."""
    p = w.parameters.money
    heads = w.head_exceptional * p.head_premium * p.leader_pay
    part = divide(w.roll, sum_by(w.roll, w.district, w.districts)[w.district])
    return (heads + part * w.takes_grant[w.district] * p.grant_posts) * p.teacher_salary


def money(w, lever):
    """M24: what is due is paid first; what is wanted as far as the money goes."""
    total = lever.funding.total_per_pupil
    reform = min(lever.funding.reform_per_pupil, total)
    got, (aside, taken, left_over) = reform_money(w, lever), district_grant(w, lever)
    got = got + taken
    wanted = wanted_bill(w, lever) / np.maximum(w.roll, 0.001)
    due = (due_bill(w, lever) + due_to_heads_and_grant(w)) / np.maximum(w.roll, 0.001)
    left = np.maximum(got - due, 0)
    w.funded = np.where(wanted > left, divide(left, wanted), 1)
    w.grant = got + total - reform - aside + left_over
    w.lever_spending = np.minimum(due + w.funded * wanted, w.grant)
    w.ordinary_spending = w.grant - w.lever_spending


def initiative_load(w, lever):
    """M1"""
    p, policy = w.parameters.initiative_load, lever.ad_hoc_policies
    aligned = lever.coordinated_policy.alignment
    kept = np.exp(-w.years / policy.life)
    before = w.initiatives + policy.initiatives * w.years
    w.initiatives = w.initiatives * kept + policy.initiatives * policy.life * (1 - kept)
    in_vain = (before - w.initiatives) * np.exp(-policy.life / p.fruition)
    new = w.initiatives * p.routine / (p.routine + policy.life)
    spared = p.filtering * (aligned + logistic(w.leadership)) / 2
    w.load += p.attention * new * (1 - spared) * (1 - w.middle_buffer)
    w.coherence_change += p.alignment * aligned * w.years - p.disruption * in_vain
    w.trust_change -= p.cynicism * in_vain


def who_answers(w, lever):
    """M2, 1: score, score before and number of those who answer together."""
    score, before, members = w.reported_score, w.reported_before, np.ones(w.schools)
    together = (w.engagement_declared > 0.5) & (w.cluster >= 0)
    together &= lever.external_accountability.unit == "cluster"
    if not together.any():
        return score, before, members, together
    weight = w.roll * together
    score = np.where(together, mean_by(score, w.cluster, w.clusters, weight)[w.cluster], score)
    before = np.where(together, mean_by(before, w.cluster, w.clusters, weight)[w.cluster], before)
    members = np.where(together, sum_by(together * 1.0, w.cluster, w.clusters)[w.cluster], 1)
    return score, before, members, together


def pressure(w, lever):
    """M2, 1 and 2: demand, how far schools fall short (pupil SD), and who answers together."""
    p, outside = w.parameters.accountability, lever.external_accountability
    score, before, members, together = who_answers(w, lever)
    if outside.target_kind == "growth":
        short_of = outside.target - (score - before)
    else:
        short_of = w.score_usual[w.system] + outside.target + w.target_risen - score
    w.target_risen = w.target_risen + outside.target_rise * w.years
    watched = outside.publication + outside.inspection * w.funded
    demand = unit(outside.stakes + p.publication_weight * watched)
    steepness = p.steepness * (2 if outside.target_kind == "threshold" else 1)
    felt = demand * (p.always_felt + (1 - p.always_felt) * logistic(steepness * short_of))
    own_part = np.minimum(1, p.shared_by / members)
    buffered = (1 - p.internal_buffer * w.internal_accountability) * (1 - w.middle_buffer / 2)
    w.pressure = felt * own_part * buffered
    return demand, short_of, together


def turned_into_work(w, lever, short_of, help_):
    """M2, 3: share of the pressure that becomes better work."""
    p = w.parameters.accountability
    reached = np.exp(-np.maximum(short_of, 0) / p.reach)
    capital = (w.human_capital + w.social_capital + w.decisional_capital) / 3
    able = unit(p.turning * capital * w.energy * (1 + w.trust_in_centre) / 2 * (1 + help_) / 2)
    balanced = 1 + p.balance * (lever.system_leadership.challenge_and_support - 0.5)
    return unit(reached * able * balanced * (1 - p.habit_cost * w.compliance_habit) * (1 - w.fear))


def accountability(w, lever):
    """M2"""
    p, leading = w.parameters.accountability, lever.system_leadership
    demand, short_of, together = pressure(w, lever)
    coached = lever.capacity_building.coaching * w.funded
    help_ = unit(w.district_support + coached + w.middle_buffer / 2)
    turned = turned_into_work(w, lever, short_of, help_)
    unturned = w.pressure * (1 - turned)
    mean = mean_by(w.reported_score, w.system, w.systems, w.roll)[w.system]
    poor = unit(2 * logistic(p.steepness * (mean - w.reported_score)) - 1)
    published = lever.external_accountability.publication
    called = p.label_effort * published * poor * logistic(w.leadership)
    blamed = 1 - 2 * leading.teachers_as_partners
    checked = p.peer_check * unit(w.feedback_used + together)
    q, h = share(p.answer_rate, w.years), share(p.answer_rate / 2, w.years)
    w.effort = w.effort + q * (unit(w.pressure * turned + called) - w.effort)
    w.fear = w.fear + q * (unit(unturned + p.blame * blamed) - w.fear)
    w.gaming = w.gaming + h * (p.misuse * unturned * demand * (1 - checked) - w.gaming)
    w.narrowing = w.narrowing + h * (p.misuse * w.pressure - w.narrowing)
    w.strain += p.strain * unturned * (1 - help_) + p.blame * blamed - p.pride * called
    w.trust_change -= p.distrust * (unturned + blamed) * w.years
    w.load += p.attention * w.pressure


def prescription(w, lever):
    """M3"""
    p, prescribed = w.parameters.prescription, lever.governance.prescription
    standard = unit(p.standard * (1 + p.tilt * (w.basics_share - 0.5)))
    follows = prescribed * (1 + w.compliance_habit) / 2
    w.mastery_change += (p.rate * follows * w.years)[:, None] * (standard - w.mastery)
    w.decisional_change -= p.erosion * prescribed * w.decisional_capital * w.years
    w.load += p.attention * prescribed
    moves = share(np.log(2) / p.habit_half_life, w.years)
    w.compliance_habit = w.compliance_habit + moves * (
        unit(p.habit * (prescribed + w.pressure)) - w.compliance_habit)


def individualistic_policies(w, lever):
    """M4"""
    p, policy = w.parameters.individualistic_policies, lever.individualistic_policies
    stakes = unit(policy.merit_pay + p.threat * policy.dismissal)
    asked, usual = (policy.appraisal + stakes) / 2, p.usual_appraisal / 2
    w.individual_effort = unit(w.individual_effort + share(p.settling, w.years) * (
        p.effort * asked * w.energy - w.individual_effort))
    s = min(max(policy.dismissal, 0.001), 0.999)
    below = NormalDist().pdf(NormalDist().inv_cdf(s)) / s
    w.dismissal_rate = np.full(w.schools, policy.dismissal)
    accuracy = p.accuracy * (p.unseen_accuracy + (1 - p.unseen_accuracy) * policy.appraisal)
    w.dismissal_selection = np.full(w.schools, accuracy * below)
    w.human_change += p.skill * (asked - usual) * (1 - w.human_capital) * w.years
    w.social_change += p.trust * (asked - usual) * w.years
    w.strain += p.burden * stakes
    w.load += p.burden * (policy.appraisal - p.usual_appraisal)


def technology(w, lever):
    """M5"""
    p = w.parameters.technology
    wanted = lever.technology.investment * w.funded
    in_term = wanted + left_of(p.uptake, w.years) * (w.technology_use - wanted)
    follows = share(p.uptake, w.years)
    w.technology_use = unit(w.technology_use + follows * (wanted - w.technology_use))
    weight = (w.weight_basics + w.weight_broad) * w.practice_fit
    known = divide((weight * w.mastery).sum(1), weight.sum(1))
    pedagogy = known / 2 + w.decisional_capital / 2
    w.technology_aid = p.gain * in_term * (pedagogy - p.needed)
    w.load += p.attention * in_term


def capacity_building(w, lever):
    """M6"""
    p, policy = w.parameters.capacity_building, lever.capacity_building
    coached = sum_by(policy.coaching * w.funded, w.system, w.systems)[w.system]
    good = p.good_coaching / (p.good_coaching + coached)
    quality = p.least_quality + (1 - p.least_quality) * good
    depth = (policy.coaching * quality + policy.light_touch * p.light_depth
             + policy.broadcast * p.broadcast_depth)
    absorbs = w.energy * (p.incoherent + (1 - p.incoherent) * w.coherence)
    gain = 1 - np.exp(-p.rate * w.years * depth * w.funded * absorbs)
    w.mastery_change += (gain * lever.pedagogy.focus)[:, None] * w.practice_fit * (1 - w.mastery)
    w.human_change += p.human * gain * (1 - w.human_capital)
    w.social_change += p.social * gain * (1 - w.social_capital)
    w.decisional_change += p.judgement * gain * (1 - w.decisional_capital)
    w.load += w.funded * (p.attention * policy.coaching + p.light_attention * policy.light_touch)


def collaboration(w, lever):
    """M7"""
    p = w.parameters.collaboration
    given = lever.collaboration.time * w.funded
    imposed = 1 - (1 - w.pressure) * (1 - lever.governance.prescription)
    real = 2 * logistic(p.leader * w.leadership) * (1 - p.contrived * imposed)
    becomes = unit(given * w.energy * real)
    in_term = becomes + left_of(p.growth, w.years) * (w.collaboration - becomes)
    w.collaboration = w.collaboration + share(p.growth, w.years) * (becomes - w.collaboration)
    g = p.gain * (in_term - p.usual) * w.years
    w.social_change += g * (1 - w.social_capital)
    w.efficacy_change += g * (1 - w.collective_efficacy)
    w.accountability_change += g * (1 - w.internal_accountability)
    w.decisional_change += p.judgement * g * (1 - w.decisional_capital)
    w.load += p.time_cost * given
    closes = 1 - np.exp(-p.levelling * in_term * lever.pedagogy.focus * w.years)
    best = w.mastery.max(1, keepdims=True)
    w.mastery_change += closes[:, None] * w.practice_fit * (best - w.mastery)


def innovation(w, lever):
    """M8"""
    p, policy = w.parameters.innovation, lever.governance
    evidence = sum(x - mean_by(x, w.system, w.systems)[w.system]
                   for x in (w.reported_value_added, w.internal_accountability))
    earned = logistic(p.evidence * evidence)
    has_to_be = policy.autonomy_earned
    w.autonomy_held = policy.autonomy * (1 - has_to_be + has_to_be * earned)
    capacity = (w.human_capital + w.decisional_capital) / 2 + p.by_leader * w.leadership
    tries = w.autonomy_held * w.energy
    imports = p.imports * tries * lever.system_leadership.outward_looking * w.years
    luck = w.rng.standard_normal((w.schools, 8))
    w.mastery_change += (p.edge * tries * (capacity - 0.5) * w.years)[:, None]
    w.mastery_change += imports[:, None] * (1 - w.mastery)
    w.mastery_change += (p.spread * tries * np.sqrt(w.years))[:, None] * luck
    taught = p.judgement * w.autonomy_held * unit(capacity)
    w.decisional_change += taught * (1 - w.decisional_capital) * w.years
    w.strain += p.burden * w.autonomy_held * unit(0.5 - capacity)
    held = mean_by(w.autonomy_held, w.district, w.districts)
    w.drained_change += p.thinning * held * (1 - w.district_drained) * w.years
