// The difference between two scenarios in the words of policy.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "scenario/scenario.hpp"

namespace reformsim {

struct Difference {
  const Field* field;  // a row of the scenarios' table
  std::string before;  // in words: "0.1 throughout"
  std::string after;   // "rises to 0.8 from year 0 over 2 years in primary schools"
};

// Both scenarios must have the same table. Titles and descriptions are no policy and are left out,
// and so is parameters.file: its values are compared, its name is not.
std::vector<Difference> difference(const Scenario& before, const Scenario& after);

// One difference a line, levers first: "external_accountability.stakes: 0.1 throughout -> rises to
// ...".
std::string difference_text(const Scenario& before, const Scenario& after);

// The same for programs, with values as numbers next to the words.
nlohmann::ordered_json difference_json(const Scenario& before, const Scenario& after);

}  // namespace reformsim
