#include "decide/school_effects.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "decide/estimate.hpp"
#include "decide/summary.hpp"

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
  roll = weights;
  const auto cluster = world[col::cluster];
  const auto declared = world[col::engagement_declared];
  cluster_of.assign(cluster.begin(), cluster.end());
  for (std::size_t i = 0; i < cluster_of.size(); ++i)
    if (declared[i] < 0.5f) cluster_of[i] = -1;
}

std::int64_t DifferenceSums::steps(double difference) {
  return static_cast<std::int64_t>(std::llround(std::clamp(difference, -kMost, kMost) * kUnit));
}

void DifferenceSums::add_steps(std::size_t row, std::int64_t steps) {
  ++count_[row];
  sum_[row] += steps;
  squares_[row] += steps * steps;
}

void DifferenceSums::add(std::size_t row, double difference) {
  if (std::isfinite(difference)) add_steps(row, steps(difference));
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

// A set's mean in steps of fixed point is rounded to one, half a millionth of a pupil SD at most.
void EffectSums::add(std::optional<std::size_t> set, const std::vector<float>& values,
                     const std::vector<float>& baseline) {
  const std::size_t rows = sums_.rows();
  const auto difference = [&](std::size_t i) {
    return static_cast<double>(values[i]) - static_cast<double>(baseline[i]);
  };
  if (!set) {
    for (std::size_t i = 0; i < rows; ++i) sums_.add(i, difference(i));
    return;
  }
  const auto at = open_.find(*set);
  Open& open = at->second;
  open.count.resize(rows);
  open.sum.resize(rows);
  for (std::size_t i = 0; i < rows; ++i)
    if (const double of_row = difference(i); std::isfinite(of_row)) {
      ++open.count[i];
      open.sum[i] += DifferenceSums::steps(of_row);
    }
  if (--open.awaited > 0) return;
  for (std::size_t i = 0; i < rows; ++i)
    if (open.count[i] > 0)
      sums_.add_steps(
          i, std::llround(static_cast<double>(open.sum[i]) / static_cast<double>(open.count[i])));
  open_.erase(at);
}

Shares better_and_worse(const std::vector<float>& values, const std::vector<float>& baseline,
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

std::size_t bin_of(double value) {
  const double at = std::floor((value - kFirstEdge) / kBinWidth);
  return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(kBins - 1)));
}

std::span<const LevelField> level_fields() {
  static constexpr std::array<LevelField, 8> kFields = {{
      {"units", &LevelSpread::units, "1", "units of the level"},
      {"mean", &LevelSpread::mean, "pupil SD", "mean difference over the units"},
      {"sd", &LevelSpread::sd, "pupil SD", "standard deviation of the difference over the units"},
      {"low", &LevelSpread::low, "pupil SD", "5th percentile of the difference over the units"},
      {"median", &LevelSpread::median, "pupil SD", "median difference over the units"},
      {"high", &LevelSpread::high, "pupil SD", "95th percentile of the difference over the units"},
      {"better", &LevelSpread::better, "share", "share of the units that are better off"},
      {"worse", &LevelSpread::worse, "share", "share of the units that are worse off"},
  }};
  return kFields;
}

namespace {

LevelSpread spread_over(std::vector<double> differences) {
  std::erase_if(differences, [](double value) { return !std::isfinite(value); });
  const auto n = static_cast<double>(differences.size());
  LevelSpread result;
  result.units = n;
  if (differences.empty()) {
    for (const LevelField& field : level_fields())
      if (field.value != &LevelSpread::units) result.*field.value = Estimate::kNone;
    return result;
  }
  for (const double value : differences) {
    result.mean += value / n;
    const Verdict verdict = verdict_of(value);
    if (verdict == Verdict::better) result.better += 1 / n;
    if (verdict == Verdict::worse) result.worse += 1 / n;
  }
  double squares = 0;
  for (const double value : differences) squares += (value - result.mean) * (value - result.mean);
  result.sd = differences.size() > 1 ? std::sqrt(squares / (n - 1)) : Estimate::kNone;
  std::sort(differences.begin(), differences.end());
  result.low = percentile(differences, 0.05);
  result.median = percentile(differences, 0.5);
  result.high = percentile(differences, 0.95);
  return result;
}

std::vector<double> differences_of(const std::vector<float>& values,
                                   const std::vector<float>& baseline) {
  std::vector<double> found(values.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    found[i] = static_cast<double>(values[i]) - static_cast<double>(baseline[i]);
  return found;
}

// Mean over all pupils at the last year, as in the group of all schools.
double system_mean(const SchoolObserver& scenario, std::size_t effect) {
  const std::size_t measures = group_measures().size();
  std::size_t m = 0;
  while (group_measures()[m].name != kSchoolEffects[effect]) ++m;
  const std::size_t last = scenario.group_values.size() - scenario.groups.groups.size() * measures;
  return scenario.group_values[last + m];  // the first group holds all schools
}

// Means over the pupils of the same schools, in the scenario and in the baseline.
std::vector<double> cluster_differences(const SchoolObserver& scenario,
                                        const SchoolObserver& reference, std::size_t effect) {
  std::int32_t clusters = 0;
  for (const std::int32_t cluster : scenario.cluster_of) clusters = std::max(clusters, cluster + 1);
  std::vector<std::array<double, 4>> sums(static_cast<std::size_t>(clusters));
  for (std::size_t i = 0; i < scenario.cluster_of.size(); ++i) {
    if (scenario.cluster_of[i] < 0) continue;
    auto& sum = sums[static_cast<std::size_t>(scenario.cluster_of[i])];
    sum[0] += scenario.roll[i] * static_cast<double>(scenario.school[effect][i]);
    sum[1] += scenario.roll[i];
    sum[2] += reference.roll[i] * static_cast<double>(reference.school[effect][i]);
    sum[3] += reference.roll[i];
  }
  std::vector<double> found;
  for (const auto& sum : sums) found.push_back(sum[0] / sum[1] - sum[2] / sum[3]);
  return found;  // of a cluster without members not a number
}

}  // namespace

SchoolEffects::SchoolEffects(std::size_t scenarios, std::size_t replicates, std::size_t baseline,
                             const Population& population)
    : baseline_(baseline), lasting_(!population.synthetic) {
  const std::size_t schools = lasting_ ? population.schools() : 0;
  const std::size_t districts = lasting_ ? population.districts() : 0;
  for (std::size_t k = 0; k < scenarios * kEffects; ++k) {
    school_.emplace_back(schools);
    district_.emplace_back(districts);
  }
  shares_.resize(scenarios * kEffects * kUnits);
  spread_.resize(scenarios * kEffects * kLevelNames.size());
  group_values_.resize(scenarios);
  levels_.assign(scenarios, std::vector<std::int64_t>(kBins));
  differences_ = levels_;
  if (replicates > 0) expect(replicates);
}

void SchoolEffects::expect(std::size_t replicates, SetOfReplicate sets) {
  const std::size_t before = group_values_[0].size();
  for (auto& shares : shares_) shares.resize(before + replicates);
  for (auto& spread : spread_) spread.resize(before + replicates);
  for (auto& values : group_values_) values.resize(before + replicates);
  REFORMSIM_CHECK(
      (before == 0 || sets.empty() == set_.empty()) && (sets.empty() || sets.size() == replicates),
      "{} sets for {} more replicates", sets.size(), replicates);
  for (const std::size_t set : sets) {
    set_.push_back(set);
    for (EffectSums& sums : school_) sums.await(set);
    for (EffectSums& sums : district_) sums.await(set);
  }
}

// Into places of this replicate alone: no lock.
void SchoolEffects::spread_out(std::size_t replicate_index,
                               const std::vector<const SchoolObserver*>& scenarios) {
  const SchoolObserver& reference = *scenarios[baseline_];
  for (std::size_t k = 0; k < school_.size(); ++k) {
    const std::size_t e = k % kEffects;
    const SchoolObserver& scenario = *scenarios[k / kEffects];
    const auto put = [&](Level level, std::vector<double> differences) {
      spread_[k * kLevelNames.size() + static_cast<std::size_t>(level)][replicate_index] =
          spread_over(std::move(differences));
    };
    put(Level::system, {system_mean(scenario, e) - system_mean(reference, e)});
    put(Level::district, differences_of(scenario.district[e], reference.district[e]));
    put(Level::cluster, cluster_differences(scenario, reference, e));
    put(Level::school, differences_of(scenario.school[e], reference.school[e]));
  }
}

void SchoolEffects::add(std::size_t replicate_index,
                        const std::vector<const SchoolObserver*>& scenarios) {
  spread_out(replicate_index, scenarios);
  const std::lock_guard lock(mutex_);
  const SchoolObserver& reference = *scenarios[baseline_];
  if (years_.empty()) years_ = reference.year;
  const auto set = set_.empty() ? std::nullopt : std::optional(set_[replicate_index]);
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    const SchoolObserver& scenario = *scenarios[s];
    REFORMSIM_CHECK(scenario.year.size() == years_.size() &&
                        scenario.school[0].size() == reference.school[0].size(),
                    "{} years and {} schools beside {} and {}", scenario.year.size(),
                    scenario.school[0].size(), years_.size(), reference.school[0].size());
    group_values_[s][replicate_index] = scenario.group_values;
    for (std::size_t e = 0; e < kEffects; ++e) {
      const std::size_t k = s * kEffects + e;
      school_[k].add(set, scenario.school[e], reference.school[e]);
      district_[k].add(set, scenario.district[e], reference.district[e]);
      shares_[k * kUnits][replicate_index] =
          better_and_worse(scenario.school[e], reference.school[e]);
      shares_[k * kUnits + 1][replicate_index] =
          better_and_worse(scenario.school[e], reference.school[e], &reference.pupils);
      shares_[k * kUnits + 2][replicate_index] =
          better_and_worse(scenario.district[e], reference.district[e]);
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
