#include "record/parameter_parts.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace reformsim {

namespace {

struct Sets {
  std::vector<double> sum, squares, count;  // of the values that count, by set that has some
};

// Squares are of what is left when the set's mean is taken away: small beside large values.
Sets gather(std::span<const double> values, SetOfReplicate sets) {
  REFORMSIM_CHECK(sets.empty() || sets.size() == values.size(), "{} values and {} sets",
                  values.size(), sets.size());
  std::vector<std::size_t> place;  // by number of the set: where it stands, from 1
  Sets found;
  const auto row_of = [&](std::size_t i) {
    const std::size_t set = sets.empty() ? i : sets[i];
    if (place.size() <= set) place.resize(set + 1);
    if (place[set] == 0) {
      found.sum.push_back(0);
      found.count.push_back(0);
      place[set] = found.sum.size();
    }
    return place[set] - 1;
  };
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    const std::size_t row = row_of(i);
    found.sum[row] += values[i];
    found.count[row] += 1;
  }
  found.squares.resize(found.sum.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    const std::size_t row = row_of(i);
    const double off = values[i] - found.sum[row] / found.count[row];
    found.squares[row] += off * off;
  }
  return found;
}

double total(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

double squares_about(const std::vector<double>& values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum;
}

}  // namespace

std::vector<std::size_t> sets_of(const Scenario& scenario,
                                 const std::vector<std::uint32_t>& replicates) {
  std::vector<std::size_t> sets;
  if (scenario.parameter_sets() == nullptr || scenario.parameter_sets()->names.size() < 2)
    return sets;
  for (const std::uint32_t replicate : replicates) sets.push_back(scenario.set_of(replicate));
  return sets;
}

std::vector<double> set_means(std::span<const double> values, SetOfReplicate sets) {
  Sets found = gather(values, sets);
  for (std::size_t k = 0; k < found.sum.size(); ++k) found.sum[k] /= found.count[k];
  return std::move(found.sum);
}

ClusteredMean clustered_mean(std::span<const double> values, SetOfReplicate sets) {
  const std::vector<double> means = set_means(values, sets);
  ClusteredMean result;
  result.values = static_cast<std::size_t>(
      std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); }));
  result.sets = means.size();
  if (means.empty()) return result;
  const auto k = static_cast<double>(means.size());
  result.mean = total(means) / k;
  if (means.size() > 1)
    result.standard_error = std::sqrt(squares_about(means, result.mean) / (k - 1) / k);
  return result;
}

VarianceParts variance_parts(std::span<const double> values, SetOfReplicate sets) {
  VarianceParts parts;
  if (sets.empty()) return parts;
  const Sets found = gather(values, sets);
  const auto k = static_cast<double>(found.sum.size());
  const double n = total(found.count);
  if (!(n > k)) return parts;  // one luck a set: its luck and its parameters are one
  const double luck = total(found.squares) / (n - k);
  parts.luck = std::sqrt(luck);
  if (found.sum.size() < 2) return parts;
  const double mean = total(found.sum) / n;
  double between = 0, squared_counts = 0;
  for (std::size_t i = 0; i < found.sum.size(); ++i) {
    const double off = found.sum[i] / found.count[i] - mean;
    between += found.count[i] * off * off;
    squared_counts += found.count[i] * found.count[i];
  }
  const double lucks_per_set = (n - squared_counts / n) / (k - 1);
  parts.parameters = std::sqrt(std::max(0.0, (between / (k - 1) - luck) / lucks_per_set));
  return parts;
}

ParameterBand parameter_band(std::span<const double> values, SetOfReplicate sets) {
  const VarianceParts parts = variance_parts(values, sets);
  if (std::isnan(parts.parameters) || (parts.parameters == 0 && parts.luck > 0)) return {};
  std::vector<double> means = set_means(values, sets);
  const auto k = static_cast<double>(means.size());
  const double centre = total(means) / k;
  const double spread = std::sqrt(squares_about(means, centre) / (k - 1));
  const double draw = spread > 0 ? std::min(1.0, parts.parameters / spread) : 0.0;
  for (double& mean : means) mean = centre + draw * (mean - centre);
  std::sort(means.begin(), means.end());
  return {percentile(means, 0.05), percentile(means, 0.95)};
}

double percentile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace reformsim
