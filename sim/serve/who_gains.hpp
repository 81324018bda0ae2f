// Who gains by a policy, over all replicates of an answer: the estimates of `compare` and the
// report (decide/findings.hpp), of what schools add to what pupils know, at the end.
#pragma once

#include <nlohmann/json.hpp>

#include "decide/paired.hpp"
#include "serve/live.hpp"

namespace reformsim::serve {

// Shares of schools that end better and worse off. `sets`: of parameters, by replicate, numbered
// from 0; empty without sets.
nlohmann::ordered_json winners(const Answer& answer, SetOfReplicate sets);

// The difference in each fifth of schools, the least deprived first.
nlohmann::ordered_json fifths(const Answer& answer, SetOfReplicate sets);

}  // namespace reformsim::serve
