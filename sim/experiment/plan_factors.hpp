// The factors and the design of a plan, from their nodes.
#pragma once

#include <string>

#include "experiment/plan.hpp"
#include "experiment/plan_nodes.hpp"

namespace reformsim {

// Fills plan.factors and plan.settings; the plan has its scenarios already, but for the `unread`
// ones, which had problems of their own. Either node may be null. Problems go to `problems`; the
// design itself is made when there are none.
void read_factors_and_design(const Node* factors, const Node* design, const std::string& directory,
                             const FieldTable& table, const std::vector<std::string>& unread,
                             Plan& plan, ProblemList& problems);

std::vector<Factor> factors_of(const Plan& plan);

}  // namespace reformsim
