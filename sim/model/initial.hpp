// The world at the start of burn-in: unseen states drawn conditional on what the list shows.
#pragma once

#include "model/term.hpp"
#include "population/population.hpp"

namespace reformsim {

// Purposes of the population's draws; permanent.
enum : std::uint16_t {
  kSchoolDraws = 700,
  kPracticeDraws = 701,
  kDistrictDraws = 702,
  kLeaderDraws = 703,
  kOrderDraws = 704,
  kScoreDraws = 705,
};

// Everything that can be known or drawn before burn-in. `key` is the population's
// (Domain::population).
World make_world(const Scenario& scenario, const Population& population,
                 const ModelParameters& parameters, Key key);

}  // namespace reformsim
