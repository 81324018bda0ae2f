#include "decide/aligned.hpp"

#include <algorithm>
#include <cmath>

namespace reformsim {

namespace {

// Years; terms are sums of 1/steps and may differ in the last bits.
constexpr double kSameTime = 1e-9;

}  // namespace

std::vector<std::size_t> rows_of(const std::vector<double>& all, const std::vector<double>& some) {
  std::vector<std::size_t> rows;
  for (const double year : some) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](double y) { return std::abs(y - year) < kSameTime; });
    if (found != all.end()) rows.push_back(static_cast<std::size_t>(found - all.begin()));
  }
  return rows;
}

Aligned::Aligned(const Ensemble& ensemble, const std::vector<std::uint32_t>& replicates,
                 const std::vector<double>& years, std::size_t measures)
    : ensemble_(&ensemble), measures_(measures), times_(rows_of(ensemble.year, years)) {
  for (const std::uint32_t replicate : replicates) {
    const auto found =
        std::lower_bound(ensemble.replicates.begin(), ensemble.replicates.end(), replicate);
    replicates_.push_back(static_cast<std::size_t>(found - ensemble.replicates.begin()));
  }
}

std::vector<double> Aligned::at(std::size_t time, std::size_t measure) const {
  std::vector<double> values(replicates_.size());
  for (std::size_t r = 0; r < values.size(); ++r) values[r] = value(r, time, measure);
  return values;
}

std::vector<double> Aligned::total(const std::vector<double>& years, std::size_t measure) const {
  std::vector<double> totals(replicates_.size(), 0.0);
  for (std::size_t r = 0; r < totals.size(); ++r)
    for (std::size_t t = 1; t < years.size(); ++t)
      totals[r] += value(r, t, measure) * (years[t] - years[t - 1]);
  return totals;
}

}  // namespace reformsim
