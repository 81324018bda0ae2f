// One scenario in a few lines: the headline measures at the start and at the end, over replicates.
#pragma once

#include <string>
#include <vector>

#include "decide/comparison.hpp"
#include "record/parameter_parts.hpp"

namespace reformsim {

struct Spread {
  double mean = 0;
  double low = 0,
         high = 0;  // 5th and 95th percentile over replicates: nine in ten lie between them
};

// Of the finite values; all NaN when there is none. Percentiles interpolate linearly between the
// sorted values (the default of R and NumPy).
Spread spread_of(std::vector<double> values);

// Measure m of the ensemble at time t.
Spread spread_at(const Ensemble& ensemble, std::size_t measures, std::size_t time,
                 std::size_t measure);

std::string summary_table(const Ensemble& ensemble, const std::vector<Measure>& measures);
// An object with every measure at year 0 and at the end.
std::string summary_json(const Ensemble& ensemble, const std::vector<Measure>& measures);

}  // namespace reformsim
