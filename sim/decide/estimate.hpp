// All that is told of one number in one scenario: its level over replicates, and its difference,
// ratio and percentage to the baseline under the same luck. What is not known is NaN.
#pragma once

#include <limits>
#include <span>
#include <string_view>

#include "decide/paired.hpp"

namespace reformsim {

struct Estimate {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  double mean = kNone;
  double band_low = kNone, band_high = kNone;  // nine in ten replicates lie between them
  double difference = kNone;
  double standard_error = kNone;
  double low = kNone, high = kNone;  // 95% interval of the mean difference
  double difference_band_low = kNone, difference_band_high = kNone;  // of nine in ten replicates
  double ratio = kNone, ratio_low = kNone, ratio_high = kNone;
  double percent = kNone, percent_low = kNone, percent_high = kNone;
  double higher = kNone;  // share of replicates above the baseline; ties count half

  // Only where replicates simulate sets of parameters.
  double level_sd_parameters = kNone, level_sd_luck = kNone;  // of the scenario
  double parameters_low = kNone, parameters_high = kNone;     // nine in ten sets, luck averaged out
  double sd_parameters = kNone, sd_luck = kNone;              // of the difference
  double difference_parameters_low = kNone, difference_parameters_high = kNone;
  double sets_higher = kNone;  // share of sets with a mean difference above zero; ties count half

  bool distinguishable() const { return low > 0 || high < 0; }
};

// The fields in the order of the file.
struct EstimateField {
  std::string_view name;
  double Estimate::*value;
  std::string_view unit;  // empty: that of what is estimated
  std::string_view meaning;
};
std::span<const EstimateField> estimate_fields();
// Those that tell parameters and luck apart; in the file only where there are sets.
std::span<const EstimateField> parameter_fields();

// Value i of both belongs to the same replicate, which simulates `sets[i]` (see paired.hpp).
// `ratio`: whether a ratio says something. The interval of a ratio R of means is that of the
// residuals s - R b (linearisation; Cochran 1977, Sampling Techniques, section 6.3), with Student's
// t as for the difference.
Estimate estimate(std::span<const double> scenario, std::span<const double> baseline, bool ratio,
                  SetOfReplicate sets = {});

// The ratio of two means with its interval, as above; NaN where the denominator is not clearly
// different from zero.
struct RatioEstimate {
  double ratio = Estimate::kNone, low = Estimate::kNone, high = Estimate::kNone;
};
RatioEstimate ratio_of_means(std::span<const double> numerator, std::span<const double> denominator,
                             SetOfReplicate sets = {});

}  // namespace reformsim
