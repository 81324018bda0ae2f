// A comparison as a table for a terminal, as JSON and as tidy CSV.
#pragma once

#include <string>

#include "decide/comparison.hpp"

namespace reformsim {

// Reads well at 80 columns; UTF-8.
std::string comparison_table(const Comparison& comparison);

// Numbers carry nine significant digits: more than the replicates support, and the same text
// wherever it is computed. What is not known (no interval, no percentage) is null, or an empty
// cell.
std::string comparison_json(const Comparison& comparison);
std::string comparison_csv(const Comparison& comparison);

// "+0.043 (+0.031 to +0.055)": as many decimals as the interval supports, at most `most_decimals`.
std::string paired_text(const PairedDifference& difference, double scale, int most_decimals);

}  // namespace reformsim
