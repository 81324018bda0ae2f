// What the charts draw, as JSON.
#pragma once

#include <string>

#include "decide/findings.hpp"

namespace reformsim {

std::string chart_data(const Findings& findings);

}  // namespace reformsim
