// The world at the start: unseen states drawn conditional on what the list shows, the setting up of clusters and
// ties, and the anchoring at year 0 that makes the world agree with the list again after burn-in.
#pragma once

#include "model/term.hpp"
#include "population/population.hpp"

namespace reformsim {

// Everything that can be known or drawn before burn-in. `key` is the population's (Domain::population).
World make_world(const Scenario& scenario, const Population& population,
                 const ModelParameters& parameters, Key key);

// Forms the clusters the scenario's levers ask for and the ties within and between them; called at year 0. No
// school is a member yet. Returns the world with its cluster rows.
World form_clusters(const Scenario& scenario, const Population& population, const World& world,
                    Key key);

// Moves the zero of teaching to the system's present mean; yearly during burn-in, and at its end.
void centre_teaching(World& world, const Parallel& parallel);

// At year 0: value added averages 0; on an imported list each school's true score is drawn given its reported
// one (shrunken by its reliability), its cohorts' luck makes up the difference, so that the reported score is
// the list's; targets and budgets take this year as their reference.
void anchor(World& world, const ModelParameters& parameters, Key key);

}  // namespace reformsim
