"""Mechanisms M11 to M20: networks, what moves along them, and leadership from the middle."""

import numpy as np

from initial import of_cluster, systemness_rests, unrivalled
from tools import divide, filled, logistic, mean_by, order_within, places, share, sum_by, unit


def in_cluster(w, values):
    """Mean over all schools of each cluster, members or not."""
    return mean_by(values, w.cluster, w.clusters)


def hazards(w, lever, outlook, seen):
    """M11: yearly hazards of coming in and of leaving."""
    p, nets = w.parameters.joining, lever.networks
    if nets.participation == "none":
        return np.zeros(w.schools), np.full(w.schools, p.compliance)
    if nets.participation == "mandated":
        return np.full(w.schools, p.compliance), np.zeros(w.schools)
    goes = p.leaving * unit(1 - 2 * outlook) * (1 - nets.expectation)
    in_sight = p.coalition * (0.5 + lever.system_leadership.coalition_building)
    if nets.participation == "voluntary_but_inevitable":
        in_sight += p.expected * nets.expectation
    felt = np.maximum(seen, in_sight)
    would = w.reluctance < p.saturation + (1 - p.saturation) * nets.expectation
    comes = p.influence / p.saturation * felt * unit(felt / p.critical_mass) * 2 * outlook * would
    return comes, goes


def chance_to_change(w, lever, outlook, taking_part):
    """M11: chance within the term to come in, or to leave, by what is seen of others."""
    near, everywhere = in_cluster(w, taking_part), mean_by(taking_part, w.system, w.systems)
    seen = (near[w.cluster] + everywhere[w.system]) / 2
    comes, goes = hazards(w, lever, outlook, seen)
    moves = share(comes + goes, w.years)
    return divide(np.where(w.engagement_declared > 0.5, goes, comes), comes + goes) * moves


def joining(w, lever):
    """M11"""
    p, luck, said = w.parameters.joining, w.rng.random(w.schools), w.engagement_declared
    if not w.clusters:
        return
    mind = w.leader_system_mind[w.leader]
    outlook = unit(w.belief_in_networks + p.care * (
        mind - 0.5 + w.systemness - 0.2 + of_cluster(w, w.cluster_purpose)))
    chance = chance_to_change(w, lever, outlook, said)
    halfway = said + np.where(said > 0.5, -chance, chance) / 2
    chance = chance_to_change(w, lever, outlook, halfway)
    w.engagement_declared = np.where(luck < chance, 1 - said, said)
    take_part(w, lever, outlook, said)


def take_part(w, lever, outlook, said):
    """M11: real engagement follows what was declared, as far as the school is willing."""
    p = w.parameters.joining
    chose = (lever.networks.participation != "mandated") & (w.reluctance < p.saturation)
    resists = np.where(chose, 0, unit(
        p.reactance * (1 - w.trust_in_centre) * (1.5 - lever.system_leadership.coalition_building)
        * 2 * w.reluctance))
    willing = unit(p.commitment * 2 * outlook * w.energy / 0.65)
    towards = (said + w.engagement_declared) / 2 * willing * (1 - resists)
    stays = np.minimum(w.member_for + np.where(said > 0.5, w.years, w.years / 2), 100)
    w.member_for = np.where(w.engagement_declared > 0.5, stays, 0)
    left = w.engagement_real * (1 - w.leader_changed * (1 - w.engagement_depth))
    w.engagement_real = left + share(p.settling, w.years) * (towards - left)
    w.load += p.time_cost * w.engagement_real


def facilitation(w, lever):
    """M18"""
    if not w.clusters:
        return
    p = w.parameters.facilitation
    offered = in_cluster(w, lever.networks.facilitation * w.engagement_declared * w.funded)
    contact = in_cluster(w, w.engagement_real)
    lost = in_cluster(w, w.leader_changed * (1 - w.engagement_depth))
    capacity = w.cluster_capacity
    help_ = offered * (1 - lever.networks.release * capacity)
    needless = np.maximum(0, help_ - (1 - capacity))
    w.cluster_facilitation = help_
    w.cluster_dependence = filled(
        w.cluster_dependence, p.dependence * needless, p.weaning * (1 - help_), w.years)
    guided = p.unguided + (1 - p.unguided) * help_
    learns = p.growth * contact * guided * w.cluster_trust * logistic(w.cluster_leadership)
    w.cluster_capacity = filled(
        capacity * (1 - p.turnover_loss * lost), learns, p.fading * (1 - contact), w.years)


def beyond_leaders(w, lever):
    """M19"""
    p, asked = w.parameters.beyond_leaders, lever.networks.beyond_leaders
    before = w.engagement_depth * (1 - p.turnover_loss * w.leader_changed)
    draws_in = p.growth * asked * w.engagement_real * (1 + w.collaboration) * w.energy
    w.engagement_depth = filled(before, draws_in, p.fading, w.years)
    lived = (before + w.engagement_depth) / 2 * w.years
    w.social_change += p.gain * lived
    w.efficacy_change += p.gain * lived
    w.accountability_change += p.answering * lived
    w.load += p.time_cost * asked * w.engagement_real


def quality_of_clusters(w, lever, transparency, depth):
    """M12: the eight success factors together, as far as somebody makes the network work."""
    p, nets = w.parameters.cluster_trust, lever.networks
    x = np.stack(np.broadcast_arrays(
        nets.outcome_focus, nets.moral_purpose, transparency, nets.peer_review, nets.enquiry_cycles,
        nets.shared_accountability, depth, w.cluster_openness))
    x, e = 0.05 + 0.95 * x, p.complementarity
    factors = np.exp(np.log(x).mean(0)) if abs(e) < 0.01 else (x ** e).mean(0) ** (1 / e)
    own = w.cluster_capacity * (1 - w.cluster_dependence)
    hands = 1 - (1 - w.cluster_facilitation) * (1 - own)
    return factors * unit(p.unaided + (1 - p.unaided) * hands + p.leading * w.cluster_leadership)


def trust_of_clusters(w, lever, contact, transparency, ready):
    """M12: trust after the term, from its value at the start."""
    p = w.parameters.cluster_trust
    said = in_cluster(w, w.engagement_declared)
    lost = in_cluster(w, w.leader_changed * (1 - w.engagement_depth))
    kept = unit(divide(contact, said))
    gains = p.growth * contact * kept * (in_cluster(w, w.systemness) + transparency)
    misused = lever.external_accountability.stakes * transparency * (1 - ready)
    breaks = p.conflict * contact * (lever.governance.competition + misused)
    forgets = p.forgetting * (1 - contact)
    start = w.cluster_trust + p.turnover_loss * lost * (p.start_trust - w.cluster_trust)
    return filled(
        start, gains + forgets * p.start_trust, breaks + forgets * (1 - p.start_trust), w.years)


def cluster_trust(w, lever):
    """M12, the clusters and then their schools"""
    if not w.clusters:
        return
    p, nets = w.parameters.cluster_trust, lever.networks
    s = share(p.settling, w.years)
    t, tau = w.cluster_transparency, w.cluster_trust
    m, b = w.cluster_maturity, w.self_assessment_bias
    contact, used = in_cluster(w, w.engagement_real), in_cluster(w, w.feedback_used)
    risen = in_cluster(w, w.reported_score > w.reported_before)
    w.cluster_contact = contact
    ready = logistic(p.sharpness * (tau - p.threshold))
    w.cluster_transparency = t + s * (nets.transparency * (1 - in_cluster(w, w.fear)) - t)
    w.cluster_purpose = w.cluster_purpose + s * (nets.moral_purpose * tau - w.cluster_purpose)
    w.cluster_quality = quality_of_clusters(w, lever, t, in_cluster(w, w.engagement_depth))
    w.cluster_trust = trust_of_clusters(w, lever, contact, t, ready)
    impact = np.sqrt(nets.outcome_focus * t) * unit(2 * risen)
    grown = contact * ready
    w.cluster_maturity = 3 * filled(m / 3, p.maturing * grown * w.cluster_quality * impact,
                                    p.lapsing * (1 - grown), w.years)
    checked = 1 - (1 - t * nets.outcome_focus) * (1 - used) * (1 - w.cluster_validation)
    f = p.settling * checked * w.years
    cosy = p.cosiness * contact * tau * (1 - checked) * w.years * divide(1 - np.exp(-f), f, 1)
    w.self_assessment_bias = np.clip(b * np.exp(-f) + cosy, 0, 2)
    schools_of_clusters(w, tau, m, b, contact, s)


def schools_of_clusters(w, tau, m, b, contact, s):
    """M12, 2: what a school has of its cluster; tau, m and b are those at the start of the term."""
    p, k, n = w.parameters.cluster_trust, w.cluster, w.cluster_size[w.cluster]
    others = unit(divide(n * contact[k] - w.engagement_real, n - 1))
    part = np.sqrt(w.engagement_real * others)
    stage = part * m[k] / 3
    w.network_trust, w.network_quality = part * tau[k], part * w.cluster_quality[k]
    new = p.novelty * np.exp(-np.maximum(w.member_for - w.years / 2, 0) / p.novelty_lasts)
    new = np.where(w.engagement_declared > 0.5, new, 0)
    belief = unit(0.5 + w.network_quality + stage + part * b[k] + new - p.worth * w.engagement_real)
    w.belief_in_networks = w.belief_in_networks + s * (belief - w.belief_in_networks)
    w.social_change += p.gain * w.network_quality * (tau[k] - p.start_trust) * w.years
    w.accountability_change += p.gain * stage * w.years


def feedback_acted_on(w, lever):
    """M13: moves defensiveness; returns the share of what partners could say that is acted on."""
    p, outside = w.parameters.peer_review, lever.external_accountability
    inspected = outside.inspection * w.funded * outside.stakes
    judged = unit(lever.individualistic_policies.appraisal + inspected + w.fear)
    grows, calms = p.defence * judged, np.log(2) / p.defensive_half_life
    w.defensiveness = w.defensiveness + share(grows + calms, w.years) * (
        grows / (grows + calms) - w.defensiveness)
    candour = np.sqrt(lever.networks.transparency * w.network_trust) * (1 - w.fear)
    heeded = p.heeded_anyway + (1 - p.heeded_anyway) * w.autonomy_held
    return candour * heeded * (1 - w.defensiveness)


def peer_review(w, lever):
    """M13"""
    p, nets = w.parameters.peer_review, lever.networks
    acts = feedback_acted_on(w, lever)
    rate = p.reviews * nets.peer_review * w.engagement_real
    w.feedback_used = filled(w.feedback_used, acts * rate, (1 - acts) * rate + p.stale, w.years)
    before = w.reviews_done * (1 - w.leader_changed * (1 - w.engagement_depth))
    w.reviews_done = np.clip(before + rate * w.years, 0, 200)
    n = before + rate * w.years / 2
    practised = n / (n + p.learning)
    time = p.time_cost * w.engagement_real * (nets.peer_review + nets.enquiry_cycles) / 2
    w.load += time
    w.strain += time * (1 - practised)
    cycle = p.shallow + (1 - p.shallow) * nets.enquiry_cycles
    lesson = p.gain * rate * acts * practised * cycle * w.years
    w.decisional_change += lesson * (1 - w.decisional_capital)
    w.accountability_change += lesson * (1 - w.internal_accountability)
    w.social_change += p.social_part * lesson * (1 - w.social_capital)
    w.mastery_change += (lesson * nets.outcome_focus)[:, None] * w.practice_fit * (1 - w.mastery)


def open_clusters(w, lever):
    """M17"""
    if not w.clusters:
        return
    p, k, e = w.parameters.open_clusters, w.cluster, w.engagement_real
    policy, review = lever.networks.openness, lever.networks.cross_review
    active = sum_by(e, k, w.clusters)
    w.cluster_validation = w.cluster_validation + share(p.validation, w.years) * (
        unit(review * active / w.cluster_size) - w.cluster_validation)
    people = mean_by((w.leader_system_mind[w.leader] + w.systemness) / 2, k, w.clusters, e)
    spanners = unit(people / p.enough_spanners + w.cluster_validation)
    opens = policy * (1 - p.spanning + p.spanning * spanners) * (1 - lever.governance.competition)
    shuts = p.insularity * w.cluster_trust * (1 - policy) * (1 - w.cluster_validation)
    level = unit(opens - shuts) * (active > 0)
    moves = share(p.opening, w.years)
    w.cluster_openness = w.cluster_openness + moves * (level - w.cluster_openness)
    w.load += p.review_load * review * e
    conforms = p.conformity * w.network_trust * (1 - w.cluster_openness[k]) * w.years
    for q in range(8):
        usual = mean_by(w.mastery[:, q], k, w.clusters, e)
        w.mastery_change[:, q] += conforms * (usual[k] - w.mastery[:, q])


def ties(w, lever):
    """M12, ties; slots 0 to 3 neighbours, 4 to 7 the cluster, 8 a bridge"""
    p, j = w.parameters.ties, w.partner
    stakes = p.stakes_rivalry * lever.external_accountability.stakes
    friendly = np.exp(-p.competition * unit(lever.governance.competition + stakes))
    held = 1 - (1 - w.engagement_depth) * (1 - w.support_received)
    broken = w.leader_changed * (p.lost_with_leader + (p.deep_loss - p.lost_with_leader) * held)
    def both(x):
        return x[:, None] + x[j]
    e = w.engagement_real
    forms = p.meeting * e[:, None] * e[j] * both(w.network_quality) / 2
    trusts = both(w.network_trust) / 2
    openness = of_cluster(w, w.cluster_openness)
    forms[:, 8] *= openness * openness[j[:, 8]]
    forms[:, :4], trusts[:, :4] = p.forming * friendly, p.neighbour_trust * friendly
    weight = filled(w.tie_weight * (1 - unit(both(broken))), forms, p.decay, w.years)
    w.tie_weight = np.where(j >= 0, weight, 0)
    w.tie_trust = np.where(j >= 0, trusts * (1 - both(w.fear) / 2), 0)


def what_is_taken(w, lever):
    """M14: how much of what is exchanged a school takes in."""
    p = w.parameters.diffusion
    facilitated = of_cluster(w, w.cluster_facilitation)
    support = w.network_quality + (1 - w.network_quality) * facilitated * w.engagement_real
    kept = p.fidelity + (p.supported_fidelity - p.fidelity) * support
    reach = p.leaders_only + (1 - p.leaders_only) * w.engagement_depth
    about_teaching = 2 * unit(0.5 + 0.5 * p.pedagogy_weight * (lever.pedagogy.focus - 0.5))
    uptake = w.energy * (p.incoherent + (1 - p.incoherent) * w.coherence) * about_teaching
    return kept * reach * uptake


def diffusion(w, lever):
    """M14"""
    p, focus = w.parameters.diffusion, lever.networks.outcome_focus
    closes = p.transfer_rate * w.tie_weight * (
        p.without_trust + (1 - p.without_trust) * w.tie_trust) * w.similarity * w.years
    exchanged = closes.sum(1)
    gain = np.zeros_like(w.mastery)
    for slot in range(9):
        gain += closes[:, slot, None] * np.maximum(w.mastery[w.partner[:, slot]] - w.mastery, 0)
    takes = what_is_taken(w, lever)
    small = exchanged * takes <= 1e-6
    scale = np.where(small, takes, divide(1 - np.exp(-exchanged * takes), exchanged))
    sees = focus + (1 - focus) * w.feedback_used
    chosen = unit(p.unseeing + sees[:, None] * (w.effectiveness * w.practice_fit - p.unseeing))
    w.mastery_change += scale[:, None] * chosen * gain
    w.decisional_change += p.judgement * exchanged


def rank_high(groups, value):
    """Rank of each row within its group by value, highest first, from 0."""
    order = order_within(groups, value)
    rank = np.empty(len(groups), int)
    rank[order] = places(groups[order])
    return rank


def broker(w, lever, group, groups, offers, hubs=0.0):
    """M15: one kind of broker; `offers` are part and offered of each school.

    Adds to w.got, w.given and w.model.
    """
    p, (part, offered) = w.parameters.brokered_support, offers
    standing, weighing = w.standing, sum_by(part, group, groups)
    mean = mean_by(standing, group, groups, part)[group]
    can = part * w.willing * unit((standing - mean) / p.seen) * np.maximum(1 - w.given / p.spare, 0)
    if hubs:
        rank = rank_high(group, standing + p.loyalty * (w.support_given > 0))
        can = can * unit(hubs * sum_by(np.ones(w.schools), group, groups)[group] - rank)
    everything = sum_by(can, group, groups)
    works = ((weighing > 0) & (everything > 0))[group]
    needy = works & (standing < mean) & (offered * (1 - w.got) > 0)
    need = np.where(needy, mean - standing + p.loyalty * w.support_received, -np.inf)
    number = sum_by(needy * 1.0, group, groups)
    supported = np.minimum(everything / lever.networks.support_ratio, number)
    gets = unit(supported[group] - rank_high(group, need)) * needy * offered * (1 - w.got)
    time = divide(p.time_given * sum_by(gets, group, groups), everything)
    good = np.minimum(1, divide(p.spare, time, 1))[group]
    for k in range(8):
        w.model[:, k] += good * gets * mean_by(w.mastery[:, k], group, groups, can)[group]
    w.given = w.given + time[group] * can
    w.got = w.got + good * gets


def brokered_support(w, lever):
    """M15"""
    p, nets = w.parameters.brokered_support, lever.networks
    w.standing = w.reported_value_added + p.seen_energy * w.energy
    w.willing = (w.reluctance < np.sqrt(w.systemness)) * 1.0
    w.got, w.given, w.model = np.zeros(w.schools), np.zeros(w.schools), np.zeros((w.schools, 8))
    if nets.brokering > 0 and w.clusters:
        maturity = of_cluster(w, w.cluster_maturity)
        part = w.engagement_real * (maturity > 0)
        offers = part, nets.brokering * maturity / 3 * part * w.funded
        broker(w, lever, w.cluster, w.clusters, offers)
    if nets.brokering > 0:
        strength = w.middle_strength[w.district]
        offers = (strength > 0) * 1.0, nets.brokering * strength * w.funded
        broker(w, lever, w.district, w.districts, offers)
    if nets.hubs > 0:
        broker(w, lever, w.district, w.districts, (np.ones(w.schools), w.funded), nets.hubs)
    s = share(p.settling, w.years)
    w.support_received = unit(w.support_received + s * (w.got - w.support_received))
    w.support_given = unit(w.support_given + s * (w.given - w.support_given))
    support_at_work(w, lever)


def support_at_work(w, lever):
    """M15: what donors pay and gain, and what those supported gain."""
    p, focus = w.parameters.brokered_support, lever.pedagogy.focus
    over = np.maximum(w.support_given - p.spare, 0)
    w.decisional_change += (p.donor_gain * np.minimum(w.support_given, p.spare)
                            * (1 - w.decisional_capital) * w.years)
    w.human_change -= p.home_loss * over * w.human_capital * w.years
    w.social_change -= p.home_loss * over * w.social_capital * w.years
    w.strain += p.stretch * over
    w.load += w.support_given
    gain = p.rate * w.support_received * w.energy * w.years * (w.got > 0)
    model = divide(w.model, w.got[:, None])
    w.mastery_change += (gain * focus)[:, None] * w.practice_fit * np.maximum(model - w.mastery, 0)
    w.human_change += gain * (1 - focus) / 2 * (1 - w.human_capital)
    w.coherence_change += gain * (1 - focus) / 2 * (1 - w.coherence)


def districts_lead(w, lever):
    """M16, districts: strength, contact with neighbours, and what is learnt from abler ones."""
    p, (d, e) = w.parameters.middle_leadership, w.neighbour_pairs
    encouraged = lever.system_leadership.persistence + lever.system_leadership.close_to_middle
    led = lever.governance.district_role == "leading"
    commits = led * p.half_hearted ** w.district_disposition.astype(float)
    others = mean_by(commits[e], d, w.districts)
    abler = np.maximum(0, w.district_capacity[e] - w.district_capacity[d])
    contacts = sum_by(w.district_ties[e], d, w.districts)
    gap = divide(sum_by(w.district_ties[e] * abler, d, w.districts), contacts) * (contacts > 1e-6)
    w.capacity_change += p.exchange * w.district_ties * gap * w.years
    able = unit(w.district_capacity * (1 - w.district_drained) / p.full_capacity)
    level = commits * able * (p.alone + (1 - p.alone) * w.district_ties)
    rate = np.where(level > w.middle_strength, p.growth * encouraged, p.growth)
    w.middle_strength = w.middle_strength + share(rate, w.years) * (level - w.middle_strength)
    contact = (1 - lever.governance.competition) * np.sqrt(commits * others)
    w.district_ties = w.district_ties + share(p.growth, w.years) * (contact - w.district_ties)
    luck = w.rng.random(w.districts)
    if w.last_term:
        hazard = p.conversion * np.where(w.district_disposition == 2, p.resistant_pace, 1)
        comes_round = (w.district_disposition > 0) & (luck < 1 - np.exp(-hazard * led * encouraged))
        w.district_disposition = w.district_disposition - comes_round


def leaders_of_clusters(w):
    """M16, clusters: the best of those who take part."""
    p, m, e = w.parameters.middle_leadership, w.leader, w.engagement_real
    craft = w.leader_trained[m] + 2 * w.leader_system_mind[m] - 1
    worth = w.leader_skill[m] + p.middle_craft * craft
    value = np.where(worth > 0, e * worth, worth)
    best = np.full(w.clusters, -np.inf)
    np.maximum.at(best, w.cluster[e > 0], value[e > 0])
    return np.where(np.isfinite(best), np.clip(best, -6, 6), 0)


def middle_leadership(w, lever):
    """M16"""
    p = w.parameters.middle_leadership
    districts_lead(w, lever)
    w.cluster_leadership = leaders_of_clusters(w)
    maturity = of_cluster(w, w.cluster_maturity) / 3 * w.engagement_real
    w.middle_buffer = p.buffering * np.maximum(w.middle_strength[w.district], maturity)
    w.accountability_change += p.sharing * w.pressure * w.middle_buffer * w.years


def systemness(w, lever):
    """M20"""
    p = w.parameters.systemness
    there = w.partner[:, 4:] >= 0
    contact = divide((w.tie_weight[:, 4:] * there).sum(1), there.sum(1))
    reach = p.leaders_only + (1 - p.leaders_only) * w.engagement_depth
    unsupported = (1 - w.support_given) * (1 - w.support_received)
    lived = reach * (1 - (1 - w.network_trust) * unsupported * (1 - contact))
    grows = p.growth * lived * unrivalled(w, lever)
    level = (grows + p.decay * systemness_rests(w, lever)) / (grows + p.decay)
    w.systemness = w.systemness + share(grows + p.decay, w.years) * (level - w.systemness)
    w.trust_change += p.trusting * w.systemness * lived * w.years
