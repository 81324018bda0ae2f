"""The model of school reform after its ODD description (sim/model/ODD.md), and after nothing else.

Written to find out whether that description is enough, and whether the program does what it says. Left out: lists
of real schools, scopes of levers, knock-outs, the ledger of money and the reacting centre, which is off unless a
scenario switches it on. All else is here, for a synthetic system. Replicates are run side by side in one set of
arrays. Chance is another than the program's: results agree in distribution, not number by number.
"""

import copy

import numpy as np

import description
import drivers
import initial
import measures
import networks
import owners
import people
import population

SCHEDULE = [
    drivers.money, drivers.initiative_load, drivers.accountability, drivers.prescription,
    drivers.individualistic_policies, drivers.technology, drivers.capacity_building, drivers.collaboration,
    drivers.innovation, people.labour_market, people.choice, networks.joining, networks.facilitation,
    networks.beyond_leaders, networks.cluster_trust, networks.peer_review, networks.open_clusters, networks.ties,
    networks.diffusion, networks.brokered_support, networks.middle_leadership, networks.systemness,
    owners.districts, owners.climate, owners.capital, owners.repertoire, owners.teaching, owners.learning,
    owners.measurement,
]


def run_year(w, reform, year):
    """One school year, which begins at `year` counted from year 0."""
    terms = round(1 / w.years)
    for term in range(terms):
        w.year = year + term * w.years
        w.first_term, w.last_term = term == 0, term == terms - 1
        lever = reform.levels(w.year + w.years / 2)
        for mechanism in SCHEDULE:
            mechanism(w, lever)


def past(settings, systems, seed):
    """Worlds at year 0: made from their lists, burnt in under the status quo, anchored."""
    rng = np.random.default_rng(seed)
    usual = description.Reform()
    listed = population.synthetic_lists(settings, systems, rng)
    w = initial.make_world(listed, settings, description.parameters(), description.practices(),
                           usual.levels(-1), rng)
    w.years = 1 / settings["horizon.steps_per_year"]
    burn_in = int(settings["horizon.burn_in_years"])
    for year in range(-burn_in, 0):
        run_year(w, usual, year)
        owners.centre_teaching(w)
    initial.anchor(w)
    return w


def future(w, reform, years):
    """Measures of each year from 0 on: {measure: [replicate, year]}; the world of the past stays as it is."""
    w = copy.deepcopy(w)
    initial.form_clusters(w, reform.at_forming("networks.cluster_size"),
                          reform.at_forming("networks.composition"))
    taken = [measures.take(w)]
    for year in range(years):
        run_year(w, reform, year)
        taken.append(measures.take(w))
    return {name: np.stack([one[name] for one in taken], 1) for name in taken[0]}
