#include "decide/estimate.hpp"

#include <algorithm>
#include <array>
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

std::span<const EstimateField> parameter_fields() {
  static constexpr std::array<EstimateField, 9> kFields = {{
      {"level_sd_parameters", &Estimate::level_sd_parameters, "",
       "standard deviation of the scenario between sets of parameters"},
      {"level_sd_luck", &Estimate::level_sd_luck, "",
       "standard deviation of the scenario between lucks of one set"},
      {"parameters_low", &Estimate::parameters_low, "",
       "5th percentile over sets of parameters, luck averaged out"},
      {"parameters_high", &Estimate::parameters_high, "",
       "95th percentile over sets of parameters, luck averaged out"},
      {"sd_parameters", &Estimate::sd_parameters, "",
       "standard deviation of the difference between sets of parameters"},
      {"sd_luck", &Estimate::sd_luck, "",
       "standard deviation of the difference between lucks of one set"},
      {"difference_parameters_low", &Estimate::difference_parameters_low, "",
       "5th percentile over sets of the difference, luck averaged out"},
      {"difference_parameters_high", &Estimate::difference_parameters_high, "",
       "95th percentile over sets of the difference, luck averaged out"},
      {"share_of_sets_higher", &Estimate::sets_higher, "1",
       "share of sets in which the mean difference is above zero; ties count half"},
  }};
  return kFields;
}

RatioEstimate ratio_of_means(std::span<const double> numerator, std::span<const double> denominator,
                             SetOfReplicate sets) {
  std::vector<double> above(numerator.size(), Estimate::kNone), below = above, residual = above;
  for (std::size_t i = 0; i < numerator.size(); ++i)
    if (std::isfinite(numerator[i]) && std::isfinite(denominator[i]))
      above[i] = numerator[i], below[i] = denominator[i];
  const double mean_below = clustered_mean(below, sets).mean;
  RatioEstimate result;
  // A mean that rounding could have made is no denominator.
  if (!(std::abs(mean_below) > 1e-9)) return result;
  result.ratio = clustered_mean(above, sets).mean / mean_below;
  for (std::size_t i = 0; i < residual.size(); ++i)
    residual[i] = above[i] - result.ratio * below[i];
  const ClusteredMean of_residuals = clustered_mean(residual, sets);
  if (of_residuals.sets < 2) return result;
  const double half_width =
      student_t(of_residuals.sets) * of_residuals.standard_error / std::abs(mean_below);
  result.low = result.ratio - half_width;
  result.high = result.ratio + half_width;
  return result;
}

Estimate estimate(std::span<const double> scenario, std::span<const double> baseline, bool ratio,
                  SetOfReplicate sets) {
  const PairedDifference paired = paired_difference(scenario, baseline, sets);
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
  if (!sets.empty()) {
    const VarianceParts level_parts = variance_parts(scenario, sets);
    result.level_sd_parameters = level_parts.parameters;
    result.level_sd_luck = level_parts.luck;
    const ParameterBand band = parameter_band(scenario, sets);
    result.parameters_low = band.low;
    result.parameters_high = band.high;
    result.sd_parameters = paired.sd_parameters.value_or(Estimate::kNone);
    result.sd_luck = paired.sd_luck.value_or(Estimate::kNone);
    const ParameterBand of_difference = parameter_band(differences, sets);
    result.difference_parameters_low = of_difference.low;
    result.difference_parameters_high = of_difference.high;
    result.sets_higher = paired.sets_higher.value_or(Estimate::kNone);
  }
  const Spread spread = spread_of(std::move(differences));
  result.difference_band_low = spread.low;
  result.difference_band_high = spread.high;
  if (!ratio || !(std::abs(paired.reference) > 1e-12)) return result;
  // What counts as no difference has to be none as a percentage too.
  result.percent = 100 * paired.difference / std::abs(paired.reference);
  const RatioEstimate to_baseline = ratio_of_means(scenario, baseline, sets);
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
