// The difference between two scenarios under the same luck. Replicate r of both met the same
// schools, the same shocks and the same chances, so the replicates are compared one by one and what
// they share cancels: the interval is far narrower than that of two separate means.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "record/parameter_parts.hpp"

namespace reformsim {

inline constexpr double kConfidence = 0.95;

// How many sets of parameters the replicates are of; 0 without sets. They come in order, from 0.
std::size_t sets_of(SetOfReplicate sets);

// Student's t for a 95% interval from n values; NaN for fewer than two.
double student_t(std::size_t n);

struct PairedDifference {
  std::size_t pairs = 0;  // replicates in which both values are finite
  double mean = 0;        // of the scenario, over those replicates
  double reference = 0;   // of the baseline
  double difference = 0;  // mean - reference
  // Of the difference; absent with fewer than two pairs, where nothing is known about the luck, and
  // with fewer than two sets of parameters where there are sets.
  std::optional<double> standard_error;
  // 95% interval, Student's t with pairs - 1 degrees of freedom, or sets - 1.
  std::optional<double> low, high;
  double higher =
      0;  // share of replicates in which the scenario is above the baseline; ties count half

  // With sets of parameters: how many, what makes the difference vary (standard deviations), and
  // the share of sets in which the mean difference is above zero; ties count half.
  std::size_t sets = 0;
  std::optional<double> sd_parameters, sd_luck, sets_higher;

  // The interval leaves out zero. Never so without an interval.
  bool distinguishable() const { return low && (*low > 0 || *high < 0); }
};

// Value i of both belongs to the same replicate, which simulates `sets[i]`. With sets every mean is
// that of the set means, so that a set counts once however many lucks it has. With no finite pair
// all numbers are NaN.
PairedDifference paired_difference(std::span<const double> scenario,
                                   std::span<const double> baseline, SetOfReplicate sets = {});

// Index of the first time from which the difference is distinguishable from zero, and on the same
// side of it, until the end.
std::optional<std::size_t> distinguishable_from(std::span<const PairedDifference> over_time);

}  // namespace reformsim
