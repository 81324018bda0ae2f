#include "decide/school_effects.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "decide/estimate.hpp"

namespace reformsim {

namespace {

constexpr double kSameTime = 1e-9;
constexpr double kUnit = 1 << 20;  // steps of fixed point: a millionth of a pupil SD
constexpr double kMost = 8;        // pupil SD: squares of this fit 100,000 times into 63 bits

Column column_of(std::string_view name) {
  const auto column = measure_column(name);
  REFORMSIM_CHECK(column.has_value(), "no column {}", name);
  return *column;
}

Verdict verdict_of(double difference) {
  if (difference >= kLeastDifference) return Verdict::better;
  return difference <= -kLeastDifference ? Verdict::worse : Verdict::unclear;
}

// Rows that are better and worse off than the baseline, of the weight of all rows.
Shares shares_of(const std::vector<float>& values, const std::vector<float>& baseline,
                 const std::vector<float>* weights) {
  Shares shares;
  double all = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double difference = static_cast<double>(values[i]) - static_cast<double>(baseline[i]);
    if (!std::isfinite(difference)) continue;
    const double weight = weights ? static_cast<double>((*weights)[i]) : 1;
    all += weight;
    const Verdict verdict = verdict_of(difference);
    if (verdict == Verdict::better) shares.better += weight;
    if (verdict == Verdict::worse) shares.worse += weight;
  }
  if (!(all > 0)) return {Estimate::kNone, Estimate::kNone};
  return {shares.better / all, shares.worse / all};
}

}  // namespace

const std::vector<Measure>& group_measures() {
  static const std::vector<Measure> measures = [] {
    std::vector<Measure> rows;
    for (const std::string_view name : {"value_added", "true_score", "reported_score", "wellbeing",
                                        "teacher_turnover", "lever_spending", "ordinary_spending"})
      for (const Measure& measure : school_measures())
        if (measure.name == name) rows.push_back(measure);
    return rows;
  }();
  return measures;
}

void SchoolObserver::after_term(const Simulation& simulation) {
  if (simulation.term() <= 0 || simulation.term() % simulation.steps_per_year() != 0) return;
  if (simulation.year() < last_year_ + kSameTime) take(simulation);
}

void SchoolObserver::take(const Simulation& simulation) {
  const World& world = simulation.world();
  if (year.empty()) {
    const Population& population = simulation.population();
    groups = group_schools(population);
    pupils = population.enrolment;
    district_of = population.district;
  }
  year.push_back(simulation.year());
  const std::vector<double> weights = pupils_by_school(world);
  const std::size_t measures = group_measures().size();
  const std::size_t begin = group_values.size();
  group_values.resize(begin + groups.groups.size() * measures);
  for (std::size_t m = 0; m < measures; ++m) {
    const Column column = column_of(group_measures()[m].name);
    for (const SchoolGroups::Kind& kind : groups.kinds) {
      const std::vector<float> means = group_means(world, column, weights, kind.of, kind.count);
      for (std::size_t g = 0; g < kind.count; ++g)
        group_values[begin + (kind.first + g) * measures + m] = static_cast<double>(means[g]);
    }
  }
  if (simulation.year() < last_year_ - kSameTime) return;
  for (std::size_t e = 0; e < kEffects; ++e) {
    const Column column = column_of(kSchoolEffects[e]);
    const auto values = world.floats(column);
    school[e].assign(values.begin(), values.end());
    district[e] = group_means(world, column, weights, district_of, world.rows(Entity::district));
  }
}

void DifferenceSums::add(std::size_t row, double difference) {
  if (!std::isfinite(difference)) return;
  const auto steps =
      static_cast<std::int64_t>(std::llround(std::clamp(difference, -kMost, kMost) * kUnit));
  ++count_[row];
  sum_[row] += steps;
  squares_[row] += steps * steps;
}

RowEffect DifferenceSums::at(std::size_t row) const {
  RowEffect effect{Estimate::kNone, Estimate::kNone, Estimate::kNone, Estimate::kNone,
                   Verdict::unclear};
  const std::int64_t n = count_[row];
  if (n == 0) return effect;
  const double count = static_cast<double>(n);
  effect.difference = static_cast<double>(sum_[row]) / kUnit / count;
  if (n < 2) return effect;
  // n times the sum of squared deviations, without a rounding.
  __extension__ using Wide = __int128;
  const Wide spread =
      static_cast<Wide>(n) * squares_[row] - static_cast<Wide>(sum_[row]) * sum_[row];
  const double variance = static_cast<double>(spread) / (kUnit * kUnit) / count / (count - 1);
  effect.standard_error = std::sqrt(variance / count);
  const double half_width = student_t(static_cast<std::size_t>(n)) * effect.standard_error;
  effect.low = effect.difference - half_width;
  effect.high = effect.difference + half_width;
  if (effect.low > 0 || effect.high < 0) effect.verdict = verdict_of(effect.difference);
  return effect;
}

std::size_t bin_of(double value) {
  const double at = std::floor((value - kFirstEdge) / kBinWidth);
  return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(kBins - 1)));
}

SchoolEffects::SchoolEffects(std::size_t scenarios, std::size_t replicates, std::size_t baseline,
                             const Population& population)
    : baseline_(baseline), lasting_(!population.synthetic) {
  const std::size_t schools = lasting_ ? population.schools() : 0;
  const std::size_t districts = lasting_ ? population.districts() : 0;
  for (std::size_t k = 0; k < scenarios * kEffects; ++k) {
    school_.emplace_back(schools);
    district_.emplace_back(districts);
  }
  shares_.assign(scenarios * kEffects * kUnits, std::vector<Shares>(replicates));
  group_values_.assign(scenarios, std::vector<std::vector<double>>(replicates));
  levels_.assign(scenarios, std::vector<std::int64_t>(kBins));
  differences_ = levels_;
}

void SchoolEffects::add(std::size_t replicate_index,
                        const std::vector<const SchoolObserver*>& scenarios) {
  const std::lock_guard lock(mutex_);
  const SchoolObserver& reference = *scenarios[baseline_];
  if (years_.empty()) years_ = reference.year;
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    const SchoolObserver& scenario = *scenarios[s];
    REFORMSIM_CHECK(scenario.year.size() == years_.size() &&
                        scenario.school[0].size() == reference.school[0].size(),
                    "{} years and {} schools beside {} and {}", scenario.year.size(),
                    scenario.school[0].size(), years_.size(), reference.school[0].size());
    group_values_[s][replicate_index] = scenario.group_values;
    for (std::size_t e = 0; e < kEffects; ++e) {
      const std::size_t k = s * kEffects + e;
      const auto fold = [&](DifferenceSums& sums, const std::vector<float>& values,
                            const std::vector<float>& baseline) {
        for (std::size_t i = 0; i < sums.rows(); ++i)
          sums.add(i, static_cast<double>(values[i]) - static_cast<double>(baseline[i]));
      };
      fold(school_[k], scenario.school[e], reference.school[e]);
      fold(district_[k], scenario.district[e], reference.district[e]);
      shares_[k * kUnits][replicate_index] =
          shares_of(scenario.school[e], reference.school[e], nullptr);
      shares_[k * kUnits + 1][replicate_index] =
          shares_of(scenario.school[e], reference.school[e], &reference.pupils);
      shares_[k * kUnits + 2][replicate_index] =
          shares_of(scenario.district[e], reference.district[e], nullptr);
    }
    for (std::size_t i = 0; i < scenario.school[0].size(); ++i) {
      const auto level = static_cast<double>(scenario.school[0][i]);
      const auto before = static_cast<double>(reference.school[0][i]);
      if (!std::isfinite(level) || !std::isfinite(before)) continue;
      ++levels_[s][bin_of(level)];
      ++differences_[s][bin_of(level - before)];
    }
  }
}

}  // namespace reformsim
