#include "decide/knockouts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"

namespace reformsim {

namespace {

std::vector<double> column(const Measured& run, std::size_t measure) {
  std::vector<double> values;
  for (const std::vector<double>& replicate : run) values.push_back(replicate[measure]);
  return values;
}

std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

// What does not count. Of a measure that is not judged it is only what rounding may leave: columns
// are float32.
double least_of(std::string_view measure, const PairedDifference& change) {
  for (const KnockoutMeasure& row : knockout_measures())
    if (row.measure == measure) return row.least;
  return 1e-5 * std::abs(change.mean);
}

bool judged(std::string_view measure) {
  return std::ranges::any_of(knockout_measures(),
                             [&](const KnockoutMeasure& row) { return row.measure == measure; });
}

}  // namespace

std::span<const KnockoutMeasure> knockout_measures() {
  static constexpr std::array<KnockoutMeasure, 7> kRows = {{
      {"true_attainment_mean", "learnt", "SD", "what pupils really know", 1, 3, 0.005},
      {"value_added_between_school_sd", "spread", "SD", "spread of value added between schools", 1,
       3, 0.003},
      {"disadvantage_gap", "gap", "SD", "gap between disadvantaged and other pupils", 1, 3, 0.005},
      {"broad_learning_mean", "broad", "SD", "learning beyond tested basics", 1, 3, 0.005},
      {"inflation_mean", "inflat.", "SD", "reported above true attainment", 1, 3, 0.005},
      {"teacher_turnover", "leavers", "%/year", "teachers who leave their school", 100, 2, 0.002},
      {"real_participation", "taking", "part, %", "how far schools really take part in networks",
       100, 1, 0.01},
  }};
  return kRows;
}

bool counts(const PairedDifference& difference, double least) {
  return difference.standard_error && difference.distinguishable() &&
         std::abs(difference.difference) > 2 * *difference.standard_error &&
         std::abs(difference.difference) >= least;
}

Knockouts knock_out(const std::vector<KnockoutScenario>& scenarios,
                    const std::vector<Measure>& measures, std::optional<std::size_t> baseline,
                    SetOfReplicate sets) {
  Knockouts result;
  result.measures = measures;
  result.baseline = baseline;
  const KnockoutScenario* base = baseline ? &scenarios[*baseline] : nullptr;
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    const KnockoutScenario& scenario = scenarios[s];
    const bool against = base != nullptr && s != *baseline;
    Knockouts::Row row{scenario.name, scenario.title, scenario.file, scenario.at_work, {}, {}};
    for (std::size_t m = 0; m < measures.size(); ++m)
      row.effect.push_back(against
                               ? std::optional(paired_difference(column(scenario.as_given, m),
                                                                 column(base->as_given, m), sets))
                               : std::nullopt);
    REFORMSIM_CHECK(scenario.with.size() == scenario.without.size(), "{} and {} runs of {}",
                    scenario.with.size(), scenario.without.size(), scenario.name);
    for (std::size_t k = 0; k < scenario.with.size(); ++k) {
      std::vector<KnockoutEffect> of;
      for (std::size_t m = 0; m < measures.size(); ++m) {
        const std::vector<double> with = column(scenario.with[k], m),
                                  without = column(scenario.without[k], m);
        KnockoutEffect effect;
        effect.change = paired_difference(with, without, sets);
        const double least = least_of(measures[m].name, effect.change);
        effect.change_counts = counts(effect.change, least);
        if (against) {
          effect.contribution =
              paired_difference(minus(with, column(base->with[k], m)),
                                minus(without, column(base->without[k], m)), sets);
          effect.contribution_counts = counts(*effect.contribution, least);
        }
        of.push_back(effect);
      }
      row.of.push_back(std::move(of));
    }
    result.scenarios.push_back(std::move(row));
  }
  return result;
}

std::vector<std::string> Knockouts::without_effect() const {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < mechanism.size(); ++k) {
    const bool any = std::ranges::any_of(scenarios, [&](const Row& row) {
      for (std::size_t m = 0; m < measures.size(); ++m)
        if (judged(measures[m].name) &&
            (row.of[k][m].contribution_counts || row.of[k][m].change_counts))
          return true;
      return false;
    });
    if (!any) names.push_back(mechanism[k]);
  }
  return names;
}

}  // namespace reformsim
