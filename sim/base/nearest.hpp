// The valid name nearest to a misspelt one, for "did you mean".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reformsim {

// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
int edit_distance(std::string_view a, std::string_view b);

// The nearest candidate within about a third of the name's length; empty when nothing is near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace reformsim
