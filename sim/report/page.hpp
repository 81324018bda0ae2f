// A comparison as one HTML page that needs nothing else: no network, no second file.
#pragma once

#include <string>

#include "decide/findings.hpp"

namespace reformsim {

std::string report_page(const Findings& findings);

}  // namespace reformsim
