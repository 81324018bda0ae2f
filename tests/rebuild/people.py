"""Mechanisms M10 and M9: teachers, leaders and pupils who move."""

import numpy as np

from initial import own_entrants, own_intake
from tools import deviation_by, divide, mean_by, order_within, places, share, sum_by, unit


def labour_market(w, lever):
    """M10"""
    w.leader_tenure = np.minimum(w.leader_tenure + w.years, 100)
    w.leader_changed = np.zeros(w.schools)
    raise_heads(w, lever)
    train_leaders(w, lever)
    if w.first_term:
        name = name_of_schools(w)
        move_leaders(w, name)
        move_teachers(w, name)


def raise_heads(w, lever):
    """Heads become abler by what the lever has risen at their school, above what they bring along."""
    asked, r = lever.individualistic_policies.exceptional_heads, w.leader
    more = np.maximum(asked - np.maximum(w.heads_raised_by, w.leader_raised[r]), 0)
    w.heads_raised_by = np.full(w.schools, float(asked))
    if more.any():
        w.leader_skill[r] = np.clip(w.leader_skill[r] + more, -8, 8)
        w.leader_raised[r] += more
        w.leadership = np.clip(w.leader_skill[r], -6, 6)
        w.head_exceptional = w.leader_raised[r]


def train_leaders(w, lever):
    """Leaders in post who are trained to lead in the middle."""
    r, luck = w.leader, w.rng.random(w.leader_rows)
    chance = w.funded * share(lever.networks.leader_training, w.years)
    now = r[(w.leader_trained[r] == 0) & (luck[r] < chance)]
    gain = w.parameters.labour_market.training_gain
    w.leader_trained[now] = 1
    w.leader_system_mind[now] += gain * (1 - w.leader_system_mind[now])


def name_of_schools(w):
    """Published score, mostly against the schools of the district, in SDs of the system."""
    mean, sd = deviation_by(w.reported_score, w.system, w.systems, 1e-6)
    r = (w.reported_score - mean[w.system]) / sd[w.system]
    near = mean_by(r, w.district, w.districts)[w.district]
    return np.clip(r - w.parameters.labour_market.local * near, -3, 3)


def exits(w, usual):
    """Yearly share that leaves a school."""
    p = w.parameters.labour_market
    worse = p.context * w.context + p.exhaustion * (p.usual_energy - w.energy)
    return np.minimum(0.9, usual * np.exp(worse))


def renew(w, rows):
    """Newcomers take the rows of leaders who have given up (drawn for all rows, used for some)."""
    p = w.parameters.labour_market
    w.leader_skill[rows] = (p.new_leader_skill + w.rng.standard_normal(w.leader_rows))[rows]
    w.leader_system_mind[rows] = w.rng.random(w.leader_rows)[rows]
    w.leader_trained[rows], w.leader_raised[rows] = 0, 0
    w.leader_school[rows] = -1


def move_leaders(w, name):
    """Leaders leave, give up, and the best vacancies get the best of the pool."""
    p = w.parameters.labour_market
    renew(w, (w.leader_school < 0) & (w.rng.random(w.leader_rows) < p.attrition))
    vacant = np.flatnonzero(w.rng.random(w.schools) < exits(w, p.leader_turnover))
    luck = w.rng.random(w.leader_rows)
    leavers = w.leader[vacant]
    w.leader_school[leavers] = -1
    gives_up = np.zeros(w.leader_rows, bool)
    gives_up[leavers] = luck[leavers] < p.attrition
    renew(w, gives_up)
    attraction = name + p.hiring_luck * w.rng.standard_normal(w.schools)
    merit = w.leader_skill + p.hiring_luck * w.rng.standard_normal(w.leader_rows)
    vacant = vacant[order_within(w.system[vacant], attraction[vacant])]
    looking = np.flatnonzero(w.leader_school < 0)
    looking = looking[order_within(w.leader_system[looking], merit[looking])]
    start = np.searchsorted(w.leader_system[looking], w.system[vacant])
    chosen = looking[start + places(w.system[vacant])]
    w.leader[vacant], w.leader_school[chosen] = chosen, vacant
    w.leadership[vacant] = np.clip(w.leader_skill[chosen], -6, 6)
    w.head_exceptional[vacant] = w.leader_raised[chosen]
    w.leader_tenure[vacant] = 0
    w.leader_changed[vacant] = 1
    turnover = np.clip(w.teacher_turnover[vacant] / p.teacher_turnover, 0, 3)
    w.coherence_change[vacant] -= p.succession_shock * turnover


def in_system(w, values):
    """Sum over the schools of each system."""
    return sum_by(values, w.system, w.systems)


def dismiss(w):
    """Those dismissed (FTE), and mean and spread of the skill of the others."""
    d, z = w.dismissal_rate, w.dismissal_selection
    lost = d * z ** 2 / (1 - d)
    root = np.where(lost >= 0.99, np.sqrt(0.01), np.sqrt(np.maximum(1 - lost, 0.01)))
    mean = w.teacher_skill + d * z * w.teacher_skill_spread / (1 - d)
    return d * w.teachers, mean, w.teacher_skill_spread * root


def move_teachers(w, name):
    """Teachers are dismissed, leave, and are hired from the pool of their system."""
    p = w.parameters.labour_market
    dismissed, mean, spread = dismiss(w)
    left = w.teachers - dismissed
    leaves = left * exits(w, p.teacher_turnover)
    pay = divide(w.ordinary_spending, w.ordinary_usual, 1)
    w.teacher_posts = (w.teacher_posts_usual * divide(w.roll, w.catchment, 1)
                       * (1 - p.staff_share + p.staff_share * pay))
    stay = np.minimum(left - leaves, w.teacher_posts)
    surplus = left - leaves - stay
    w.teacher_turnover = unit(1 - divide(stay, w.teachers, 1))
    w.social_change -= p.turnover_loss * (w.teacher_turnover - p.teacher_turnover)
    seekers = pool_of_teachers(w, dismissed, leaves, surplus, mean)
    hired, hired_mean, hired_spread = hire(w, name, w.teacher_posts - stay, seekers)
    w.teachers = stay + hired
    part = divide(hired, w.teachers)
    apart = part * (1 - part) * (mean - hired_mean) ** 2
    variance = (1 - part) * spread ** 2 + part * hired_spread ** 2 + apart
    w.teacher_skill = np.clip((1 - part) * mean + part * hired_mean, -6, 6)
    w.teacher_skill_spread = np.clip(np.sqrt(variance), 0, 4)
    w.teacher_vacancy = unit(1 - divide(w.teachers, w.teacher_posts, 1))
    w.pool_teachers = seekers - in_system(w, hired)


def pool_of_teachers(w, dismissed, leaves, surplus, mean):
    """Those who look for a post in each system (FTE); sets the mean skill of the pool."""
    p = w.parameters.labour_market
    gone = in_system(w, dismissed + p.attrition * leaves)
    posts = in_system(w, w.teacher_posts)
    usual = p.attrition * p.teacher_turnover * posts
    unfilled = np.maximum(0, posts - in_system(w, w.teachers) - w.pool_teachers)
    newcomers = np.maximum(0, usual + p.supply_response * (gone - usual + unfilled))
    moving = (1 - p.attrition) * leaves + surplus
    old = (1 - p.attrition) * w.pool_teachers
    seekers = old + in_system(w, moving) + newcomers
    w.pool_skill = divide(old * w.pool_skill + in_system(w, moving * mean), seekers)
    return seekers


def hire(w, name, need, seekers):
    """Hired in each school (FTE), mean and spread of their skill."""
    p = w.parameters.labour_market
    all_need = in_system(w, need)
    found = (1 - p.friction) * np.minimum(1, divide(seekers, all_need))
    pull = need * np.maximum(0, 1 + ((1 - found) * p.sorting)[w.system] * name)
    each = divide(found * all_need, in_system(w, pull))[w.system]
    hired = np.minimum(need, each * pull)
    usual_name = mean_by(name, w.system, w.systems, hired)[w.system]
    luck = w.rng.standard_normal(w.schools) * p.applicant_spread / np.sqrt(hired + 1)
    skill = w.pool_skill[w.system] + p.sorting * (name - usual_name) + luck
    return hired, skill, p.applicant_spread * np.sqrt(hired / (hired + 1))


def attraction(w):
    """M9, 2: what draws families, in SDs of the system."""
    part = w.parameters.choice.value_added
    def z(values):
        mean, sd = deviation_by(values, w.system, w.systems, 1e-6)
        return np.clip((values - mean[w.system]) / sd[w.system], -3, 3)
    return (1 - part) * z(w.reported_score) + part * z(w.reported_value_added)


def shares_that_go(w, lever):
    """M9, 3 and 4: shares that want to go to the rivals in slots 0 to 3, [school, slot, group]."""
    p, j = w.parameters.choice, w.partner[:, :4]
    mutual = (w.partner[j, :4] == np.arange(w.schools)[:, None, None]).any(2)
    alike = (w.phase[j] == w.phase[:, None]) & (w.grades[j] == w.grades[:, None])
    rival = (j >= 0) & mutual & alike
    a = attraction(w)
    better = np.where(rival, np.maximum(a[j] - a[:, None], 0), 0)
    odds = lever.governance.choice * p.response * np.array([p.disadvantaged_moves, 1])
    return odds * better[:, :, None] / (1 + odds * better.sum(1)[:, None, None])


def flows(w, x, shares):
    """M9, 5: pupils of x [school, group] who go to rivals with places: [school, slot, group]."""
    j = np.maximum(w.partner[:, :4], 0)
    want = x[:, None, :] * shares
    wanted = np.bincount(j.ravel(), want.sum(2).ravel(), w.schools)
    room = w.catchment * (1 + w.parameters.choice.room) / w.grades
    there = np.maximum(room - x.sum(1), 0)
    return want * np.where(wanted > there, divide(there, wanted), 1)[j][:, :, None]


def arrive(w, flow, values):
    """Sum over those who arrive at each school of what they bring, flow [school, slot]."""
    j = np.maximum(w.partner[:, :4], 0)
    return np.bincount(j.ravel(), (flow * values[:, None]).ravel(), w.schools)


def exchange(w, x, shares, by_group, broad=None):
    """M9, 5: x after the exchange, and the means pupils carry along; arrays [school, group]."""
    flow = flows(w, x, shares)
    ones = np.ones(w.schools)
    come = np.stack([arrive(w, flow[:, :, k], ones) for k in (0, 1)], 1)
    after = x - flow.sum(1) + come
    moved = []
    for y in by_group:
        brought = np.stack([arrive(w, flow[:, :, k], y[:, k]) for k in (0, 1)], 1)
        moved.append(y + (brought - come * y) / np.maximum(after, 1e-6))
    if broad is not None:
        brought = sum(arrive(w, flow[:, :, k], broad) for k in (0, 1))
        broad = broad + (brought - come.sum(1) * broad) / np.maximum(after.sum(1), 1e-6)
    return after, moved, broad


def choice(w, lever):
    """M9"""
    if not w.first_term:
        return
    own, shares = own_entrants(w), shares_that_go(w, lever)
    w.entrants, (w.entrant_intake,), _ = exchange(w, own, shares, [own_intake(w)])
    brought = w.entrants - own
    for g in range(w.year_groups - 1):
        stays = (g < w.grades - 1)[:, None]
        x, (attainment, intake), broad = exchange(
            w, w.cohort_pupils[:, g], shares * w.parameters.choice.changers * stays[:, :, None],
            [w.attainment[:, g], w.intake[:, g]], w.broad_learning[:, g])
        w.cohort_pupils[:, g], w.attainment[:, g], w.intake[:, g], w.broad_learning[:, g] = (
            x, attainment, intake, broad)
        brought = brought + (x - own) * stays
    w.roll = w.catchment + brought.sum(1)
