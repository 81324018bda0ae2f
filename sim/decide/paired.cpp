#include "decide/paired.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"

namespace reformsim {

namespace {

// The world's columns are float32: what differs by less is rounding, and an interval around it
// would call rounding an effect.
constexpr double kResolution = 1e-7;

double difference_of(double a, double b) {
  const double difference = a - b;
  return std::abs(difference) <= kResolution * std::max(std::abs(a), std::abs(b)) ? 0.0
                                                                                  : difference;
}

double above_zero(double difference) { return difference > 0 ? 1 : difference < 0 ? 0 : 0.5; }

}  // namespace

std::size_t sets_of(SetOfReplicate sets) {
  return sets.empty() ? 0 : *std::max_element(sets.begin(), sets.end()) + 1;
}

double student_t(std::size_t n) {
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  // The quantile is dear, and almost all estimates of a comparison rest on the same number.
  thread_local std::size_t of = 0;
  thread_local double t = 0;
  if (n != of) {
    const boost::math::students_t student(static_cast<double>(n - 1));
    t = boost::math::quantile(student, (1 + kConfidence) / 2);
    of = n;
  }
  return t;
}

PairedDifference paired_difference(std::span<const double> scenario,
                                   std::span<const double> baseline, SetOfReplicate sets) {
  REFORMSIM_CHECK(scenario.size() == baseline.size(), "{} and {} values", scenario.size(),
                  baseline.size());
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  // What is missing in one is missing in its pair.
  std::vector<double> own(scenario.size(), kNone), reference = own, differences = own, above = own;
  for (std::size_t i = 0; i < scenario.size(); ++i) {
    if (!std::isfinite(scenario[i]) || !std::isfinite(baseline[i])) continue;
    own[i] = scenario[i];
    reference[i] = baseline[i];
    differences[i] = difference_of(scenario[i], baseline[i]);
    above[i] = above_zero(differences[i]);
  }
  const ClusteredMean mean = clustered_mean(differences, sets);
  PairedDifference result;
  result.pairs = mean.values;
  result.mean = clustered_mean(own, sets).mean;
  result.reference = clustered_mean(reference, sets).mean;
  result.difference = mean.mean;
  result.higher = clustered_mean(above, sets).mean;
  if (!sets.empty() && mean.sets > 0) {
    const auto known = [](double value) {
      return std::isnan(value) ? std::nullopt : std::optional(value);
    };
    const VarianceParts parts = variance_parts(differences, sets);
    result.sets = mean.sets;
    result.sd_parameters = known(parts.parameters);
    result.sd_luck = known(parts.luck);
    double higher = 0;
    for (const double of_set : set_means(differences, sets)) higher += above_zero(of_set);
    result.sets_higher = higher / static_cast<double>(mean.sets);
  }
  if (mean.sets < 2) return result;
  const double half_width = student_t(mean.sets) * mean.standard_error;
  result.standard_error = mean.standard_error;
  result.low = result.difference - half_width;
  result.high = result.difference + half_width;
  return result;
}

std::optional<std::size_t> distinguishable_from(std::span<const PairedDifference> over_time) {
  std::size_t first = over_time.size();
  // A reform that helps at first and harms later is clear from the year it harms.
  const bool above = first > 0 && over_time.back().difference > 0;
  while (first > 0 && over_time[first - 1].distinguishable() &&
         (over_time[first - 1].difference > 0) == above)
    --first;
  if (first == over_time.size()) return std::nullopt;
  return first;
}

}  // namespace reformsim
