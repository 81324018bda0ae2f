#include "decide/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "decide/aligned.hpp"
#include "decide/headline.hpp"

namespace reformsim {

namespace {

constexpr double kSameCost = 0.005;

}  // namespace

std::optional<std::size_t> Comparison::measure(std::string_view name) const {
  for (std::size_t m = 0; m < measures.size(); ++m)
    if (measures[m].name == name) return m;
  return std::nullopt;
}

std::vector<std::size_t> common_sets(const std::vector<Ensemble>& ensembles,
                                     const std::vector<std::uint32_t>& replicates) {
  std::vector<std::size_t> label(replicates.size());
  std::iota(label.begin(), label.end(), std::size_t{0});
  bool any = false;
  for (const Ensemble& ensemble : ensembles) {
    if (ensemble.set.empty()) continue;
    any = true;
    std::map<std::size_t, std::size_t> first;  // set -> label
    for (std::size_t r = 0; r < replicates.size(); ++r) {
      const auto row =
          std::lower_bound(ensemble.replicates.begin(), ensemble.replicates.end(), replicates[r]) -
          ensemble.replicates.begin();
      const auto [at, fresh] = first.emplace(ensemble.set[static_cast<std::size_t>(row)], label[r]);
      const std::size_t from = label[r], to = at->second;
      if (fresh || from == to) continue;
      for (std::size_t& one : label)
        if (one == from) one = to;
      for (auto& [set, one] : first)
        if (one == from) one = to;
    }
  }
  if (!any) return {};
  std::map<std::size_t, std::size_t> number;
  for (std::size_t& one : label) one = number.emplace(one, number.size()).first->second;
  return label;
}

Comparison compare(const std::vector<Ensemble>& ensembles, const std::vector<Measure>& measures,
                   std::size_t baseline) {
  REFORMSIM_CHECK(baseline < ensembles.size(), "baseline {} of {}", baseline, ensembles.size());
  Comparison result;
  result.baseline = baseline;
  result.measures = measures;
  result.replicates = ensembles[0].replicates;
  result.year = ensembles[0].year;
  for (const Ensemble& ensemble : ensembles) {
    const std::size_t expected =
        ensemble.replicates.size() * ensemble.year.size() * measures.size();
    REFORMSIM_CHECK(ensemble.values.size() == expected, "{} holds {} values, not {}", ensemble.name,
                    ensemble.values.size(), expected);
    std::vector<std::uint32_t> shared;
    std::set_intersection(result.replicates.begin(), result.replicates.end(),
                          ensemble.replicates.begin(), ensemble.replicates.end(),
                          std::back_inserter(shared));
    result.replicates = std::move(shared);
    std::vector<double> years;
    for (const std::size_t row : rows_of(result.year, ensemble.year))
      years.push_back(result.year[row]);
    result.year = std::move(years);
  }
  if (result.replicates.empty() || result.year.empty())
    throw RunError("nothing to compare: the scenarios share no replicate or no year");
  for (const Ensemble& ensemble : ensembles)
    if (ensemble.year.size() > result.year.size()) result.longer = true;
  result.set = common_sets(ensembles, result.replicates);

  std::vector<Aligned> aligned;
  for (const Ensemble& ensemble : ensembles)
    aligned.emplace_back(ensemble, result.replicates, result.year, measures.size());
  const Aligned& reference = aligned[baseline];
  const auto total = [&](const Aligned& scenario,
                         std::string_view name) -> std::optional<PairedDifference> {
    const auto m = result.measure(name);
    if (!m) return std::nullopt;
    return paired_difference(scenario.total(result.year, *m), reference.total(result.year, *m),
                             result.set);
  };

  for (std::size_t s = 0; s < ensembles.size(); ++s) {
    ScenarioComparison scenario{ensembles[s].name,
                                ensembles[s].title,
                                ensembles[s].file,
                                ensembles[s].digest,
                                {},
                                {},
                                {},
                                {}};
    for (std::size_t m = 0; m < measures.size(); ++m) {
      MeasureComparison over_time;
      for (std::size_t t = 0; t < result.year.size(); ++t)
        over_time.at.push_back(
            paired_difference(aligned[s].at(t, m), reference.at(t, m), result.set));
      if (const auto first = distinguishable_from(over_time.at))
        over_time.distinguishable_from = result.year[*first];
      scenario.measures.push_back(std::move(over_time));
    }
    scenario.spending = total(aligned[s], "spending_per_pupil");
    scenario.lever_spending = total(aligned[s], "lever_spending_per_pupil");
    if (const auto m = result.measure("value_added_mean"); m && scenario.lever_spending) {
      const PairedDifference& gain = scenario.measures[*m].at.back();
      if (gain.distinguishable() && gain.difference > 0 &&
          scenario.lever_spending->distinguishable())
        scenario.cost_per_tenth = scenario.lever_spending->difference / (gain.difference / 0.1);
    }
    result.scenarios.push_back(std::move(scenario));
  }
  return result;
}

int better(std::string_view measure) {
  for (const Headline& headline : headlines())
    if (headline.measure == measure) return headline.better;
  return 0;
}

bool is_ratio(const Measure& measure) {
  // The zero of attainment is a convention; a spread, a gap, a share or an amount of money has a
  // real one.
  if (!measure.unit.ends_with("SD")) return true;
  return measure.name.ends_with("_sd") || measure.name.ends_with("_gap");
}

bool unequal_costs(const Comparison& comparison) {
  double least = INFINITY, most = -INFINITY;
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    if (!scenario.spending) return false;
    least = std::min(least, scenario.spending->mean);
    most = std::max(most, scenario.spending->mean);
  }
  return most - least > kSameCost * std::abs(least);
}

}  // namespace reformsim
