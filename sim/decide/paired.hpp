// The difference between two scenarios under the same luck. Replicate r of both met the same
// schools, the same shocks and the same chances, so the replicates are compared one by one and what
// they share cancels: the interval is far narrower than that of two separate means.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace reformsim {

inline constexpr double kConfidence = 0.95;

struct PairedDifference {
  std::size_t pairs = 0;  // replicates in which both values are finite
  double mean = 0;        // of the scenario, over those replicates
  double reference = 0;   // of the baseline
  double difference = 0;  // mean - reference
  // Of the difference; absent with fewer than two pairs, where nothing is known about the luck.
  std::optional<double> standard_error;
  std::optional<double> low, high;  // 95% interval, Student's t with pairs - 1 degrees of freedom
  double higher =
      0;  // share of replicates in which the scenario is above the baseline; ties count half

  // The interval leaves out zero. Never so without an interval.
  bool distinguishable() const { return low && (*low > 0 || *high < 0); }
};

// Value i of both belongs to the same replicate. With no finite pair all numbers are NaN.
PairedDifference paired_difference(std::span<const double> scenario,
                                   std::span<const double> baseline);

// Index of the first time from which the difference is distinguishable from zero, and on the same
// side of it, until the end.
std::optional<std::size_t> distinguishable_from(std::span<const PairedDifference> over_time);

}  // namespace reformsim
