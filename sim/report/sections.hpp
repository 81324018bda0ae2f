// The sections of the report, in the order of the page. Each is HTML, or empty where the comparison
// does not hold what it needs.
#pragma once

#include <string>

#include "decide/findings.hpp"

namespace reformsim {

std::string answer_section(const Findings& findings);
std::string glance_section(const Findings& findings);
std::string policy_section(const Findings& findings);
std::string time_section(const Findings& findings);
std::string published_section(const Findings& findings);
std::string schools_section(const Findings& findings);
std::string equity_section(const Findings& findings);
std::string district_section(const Findings& findings);
std::string cost_section(const Findings& findings);
std::string failure_section(const Findings& findings);
std::string beliefs_block(const Findings& findings);  // part of failure_section
std::string measures_section(const Findings& findings);
std::string assumptions_section(const Findings& findings);
std::string recipe_section(const Findings& findings);

}  // namespace reformsim
