"""The model of school reform after its ODD description (sim/model/ODD.md), and after nothing else.

Written to find out whether that description is enough, and whether the program does what it says.
Left out: scopes of levers, the ledger of money, the reading of a list's file (an imported list is
given as columns) and the reacting centre (off unless a scenario switches it on). All else is here.
Replicates are run side by side in one set of arrays. Chance is another than the program's: results
agree in distribution, not number by number.
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
    drivers.individualistic_policies, drivers.technology, drivers.capacity_building,
    drivers.collaboration, drivers.innovation, people.labour_market, people.choice,
    networks.joining, networks.facilitation, networks.beyond_leaders, networks.cluster_trust,
    networks.peer_review, networks.open_clusters, networks.ties, networks.diffusion,
    networks.brokered_support, networks.middle_leadership, networks.systemness,
    owners.districts, owners.climate, owners.capital, owners.repertoire, owners.teaching,
    owners.learning, owners.measurement,
]


def run_year(w, reform, year):
    """One school year, which begins at `year` counted from year 0."""
    terms = round(1 / w.years)
    for term in range(terms):
        w.year = year + term * w.years
        w.first_term, w.last_term = term == 0, term == terms - 1
        lever = reform.levels(w.year + w.years / 2)
        for mechanism in SCHEDULE:
            if mechanism.__name__ not in w.without:
                mechanism(w, lever)


def past(settings, systems, seed, without=(), listed=None):
    """Worlds at year 0: made from lists, burnt in under the ODD's status quo, anchored.

    `without` names mechanisms that are off, as their functions are called. `listed` is an imported
    list, as columns by name (initial.list_columns), which all systems share; without one each has
    a synthetic list of its own.
    """
    rng = np.random.default_rng(seed)
    usual = description.Reform()
    listed = (population.side_by_side([listed] * systems) if listed
              else population.synthetic_lists(settings, systems, rng))
    w = initial.make_world(listed, settings, description.parameters(), description.practices(),
                           usual.levels(-1), rng, without)
    w.years = 1 / settings["horizon.steps_per_year"]
    burn_in = int(settings["horizon.burn_in_years"])
    for year in range(-burn_in, 0):
        run_year(w, usual, year)
        owners.centre_teaching(w)
    if not burn_in:
        drivers.money(w, usual.levels(0))
        owners.teaching(w, usual.levels(0))
        owners.centre_teaching(w)
    initial.anchor(w)
    return w


def future(w, reform, years, without=None):
    """Measures of each year from 0 on: {measure: [replicate, year]}; the past stays as it is."""
    w = copy.deepcopy(w)
    w.without = w.without if without is None else without
    initial.form_clusters(w, reform.at_forming("networks.cluster_size"),
                          reform.at_forming("networks.composition"))
    taken = [measures.take(w)]
    for year in range(years):
        run_year(w, reform, year)
        taken.append(measures.take(w))
    return {name: np.stack([one[name] for one in taken], 1) for name in taken[0]}
