#include "decide/estimate.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "decide/summary.hpp"

namespace reformsim {

std::span<const EstimateField> estimate_fields() {
  static constexpr std::array<EstimateField, 16> kFields = {{
      {"mean", &Estimate::mean, "", "mean over replicates"},
      {"band_low", &Estimate::band_low, "", "5th percentile over replicates"},
      {"band_high", &Estimate::band_high, "", "95th percentile over replicates"},
      {"difference", &Estimate::difference, "",
       "mean over replicates of the difference to the baseline in the same replicate"},
      {"standard_error", &Estimate::standard_error, "", "standard error of the mean difference"},
      {"low", &Estimate::low, "", "lower end of the 95% interval of the mean difference"},
      {"high", &Estimate::high, "", "upper end of the 95% interval of the mean difference"},
      {"difference_band_low", &Estimate::difference_band_low, "",
       "5th percentile over replicates of the difference"},
      {"difference_band_high", &Estimate::difference_band_high, "",
       "95th percentile over replicates of the difference"},
      {"ratio", &Estimate::ratio, "1", "mean over the mean of the baseline"},
      {"ratio_low", &Estimate::ratio_low, "1", "lower end of the 95% interval of the ratio"},
      {"ratio_high", &Estimate::ratio_high, "1", "upper end of the 95% interval of the ratio"},
      {"percent", &Estimate::percent, "percent", "difference in percent of the baseline's mean"},
      {"percent_low", &Estimate::percent_low, "percent",
       "lower end of the 95% interval of the percentage"},
      {"percent_high", &Estimate::percent_high, "percent",
       "upper end of the 95% interval of the percentage"},
      {"probability_higher", &Estimate::higher, "1",
       "share of replicates in which the scenario is above the baseline; ties count half"},
  }};
  return kFields;
}

double student_t(std::size_t n) {
  if (n < 2) return Estimate::kNone;
  const boost::math::students_t student(static_cast<double>(n - 1));
  return boost::math::quantile(student, (1 + kConfidence) / 2);
}

RatioEstimate ratio_of_means(std::span<const double> numerator,
                             std::span<const double> denominator) {
  double above = 0, below = 0;
  std::size_t n = 0;
  const auto counts = [&](std::size_t i) {
    return std::isfinite(numerator[i]) && std::isfinite(denominator[i]);
  };
  for (std::size_t i = 0; i < numerator.size(); ++i)
    if (counts(i)) above += numerator[i], below += denominator[i], ++n;
  RatioEstimate result;
  // A mean that rounding could have made is no denominator.
  if (n == 0 || !(std::abs(below / static_cast<double>(n)) > 1e-9)) return result;
  result.ratio = above / below;
  if (n < 2) return result;
  double squares = 0;
  for (std::size_t i = 0; i < numerator.size(); ++i) {
    if (!counts(i)) continue;
    const double residual = numerator[i] - result.ratio * denominator[i];
    squares += residual * residual;
  }
  const double count = static_cast<double>(n);
  const double half_width =
      student_t(n) * std::sqrt(squares / (count - 1) / count) / std::abs(below / count);
  result.low = result.ratio - half_width;
  result.high = result.ratio + half_width;
  return result;
}

Estimate estimate(std::span<const double> scenario, std::span<const double> baseline, bool ratio) {
  const PairedDifference paired = paired_difference(scenario, baseline);
  Estimate result;
  result.mean = paired.mean;
  result.difference = paired.difference;
  result.higher = paired.higher;
  if (paired.low) {
    result.standard_error = *paired.standard_error;
    result.low = *paired.low;
    result.high = *paired.high;
  }
  const Spread level = spread_of({scenario.begin(), scenario.end()});
  result.band_low = level.low;
  result.band_high = level.high;
  std::vector<double> differences;
  for (std::size_t i = 0; i < scenario.size(); ++i)
    differences.push_back(scenario[i] - baseline[i]);
  const Spread spread = spread_of(std::move(differences));
  result.difference_band_low = spread.low;
  result.difference_band_high = spread.high;
  if (!ratio || !(std::abs(paired.reference) > 1e-12)) return result;
  // What counts as no difference has to be none as a percentage too.
  result.percent = 100 * paired.difference / std::abs(paired.reference);
  const RatioEstimate to_baseline = ratio_of_means(scenario, baseline);
  const double half_width = (to_baseline.high - to_baseline.low) / 2;
  result.percent_low = result.percent - 100 * half_width;
  result.percent_high = result.percent + 100 * half_width;
  if (paired.reference > 0) {
    result.ratio = to_baseline.ratio;
    result.ratio_low = to_baseline.low;
    result.ratio_high = to_baseline.high;
  }
  return result;
}

}  // namespace reformsim
