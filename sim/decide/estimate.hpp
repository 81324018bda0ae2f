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

// Value i of both belongs to the same replicate. `ratio`: whether a ratio says something. The
// interval of a ratio R of means is that of the residuals s - R b (linearisation; Cochran 1977,
// Sampling Techniques, section 6.3), with Student's t as for the difference.
Estimate estimate(std::span<const double> scenario, std::span<const double> baseline, bool ratio);

// The ratio of two means with its interval, as above; NaN where the denominator is not clearly
// different from zero.
struct RatioEstimate {
  double ratio = Estimate::kNone, low = Estimate::kNone, high = Estimate::kNone;
};
RatioEstimate ratio_of_means(std::span<const double> numerator,
                             std::span<const double> denominator);

// Student's t for a 95% interval from n values; NaN for fewer than two.
double student_t(std::size_t n);

}  // namespace reformsim
