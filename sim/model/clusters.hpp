// Who is tied to whom: neighbours in the district, partners in a cluster, bridges beyond it.
#pragma once

#include "model/term.hpp"
#include "population/population.hpp"

namespace reformsim {

// Ties between neighbours, which exist without any network.
void tie_neighbours(World& world, const Population& population, const ModelParameters& parameters);

// Forms the clusters the scenario's levers ask for and the ties within and between them; called at
// year 0. No school is a member yet. Returns the world with its cluster rows.
World form_clusters(const Scenario& scenario, const Population& population,
                    const ModelParameters& parameters, const World& world, Key key);

}  // namespace reformsim
