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

}  // namespace

PairedDifference paired_difference(std::span<const double> scenario,
                                   std::span<const double> baseline) {
  REFORMSIM_CHECK(scenario.size() == baseline.size(), "{} and {} values", scenario.size(),
                  baseline.size());
  PairedDifference result;
  std::vector<double> differences;
  differences.reserve(scenario.size());
  double halves = 0;
  for (std::size_t i = 0; i < scenario.size(); ++i) {
    if (!std::isfinite(scenario[i]) || !std::isfinite(baseline[i])) continue;
    const double difference = difference_of(scenario[i], baseline[i]);
    differences.push_back(difference);
    result.mean += scenario[i];
    result.reference += baseline[i];
    result.difference += difference;
    halves += difference > 0 ? 2 : difference < 0 ? 0 : 1;
  }
  result.pairs = differences.size();
  if (result.pairs == 0) {
    result.mean = result.reference = result.difference = result.higher =
        std::numeric_limits<double>::quiet_NaN();
    return result;
  }
  const double n = static_cast<double>(result.pairs);
  result.mean /= n;
  result.reference /= n;
  result.difference /= n;
  result.higher = halves / (2 * n);
  if (result.pairs < 2) return result;

  double squares = 0;
  for (const double difference : differences)
    squares += (difference - result.difference) * (difference - result.difference);
  const double standard_error = std::sqrt(squares / (n - 1) / n);
  const boost::math::students_t student(n - 1);
  const double half_width = boost::math::quantile(student, (1 + kConfidence) / 2) * standard_error;
  result.standard_error = standard_error;
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
