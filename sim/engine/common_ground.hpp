// What two scenarios must share for one to continue from the other's burn-in or checkpoint.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace reformsim {

// A text that is equal for scenarios that differ only in reform levers, title, description,
// horizon, number of replicates and what is recorded.
std::string common_ground(const Scenario& scenario);

// A text that is equal for scenarios with the same list of schools.
std::string population_ground(const Scenario& scenario);

}  // namespace reformsim
