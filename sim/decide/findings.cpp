#include "decide/findings.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "decide/aligned.hpp"
#include "decide/summary.hpp"

namespace reformsim {

namespace {

MeasureFacts facts_of(const Measure& measure, int direction) {
  return {std::string(measure.name), std::string(measure.unit), std::string(measure.meaning),
          std::string(measure.reduction), direction};
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] - b[i];
  return result;
}

double clear_from(const std::vector<double>& years, const Estimate* over_time) {
  double from = Estimate::kNone;
  const bool above = over_time[years.size() - 1].difference > 0;
  for (std::size_t t = years.size();
       t-- > 0 && over_time[t].distinguishable() && (over_time[t].difference > 0) == above;)
    from = years[t];
  return from;
}

// Schools are as good as one another at year 0 whatever the reform; more is better of these three,
// for wellbeing too, and less of turnover. Money is neither here: it is spent on something.
int group_better(std::string_view name) {
  if (name == "teacher_turnover") return -1;
  return name.ends_with("spending") ? 0 : 1;
}

RatioEstimate cost(const Aligned& scenario, const Aligned& baseline,
                   const std::vector<double>& years, std::size_t learning, std::size_t money,
                   SetOfReplicate sets) {
  const std::size_t last = years.size() - 1;
  std::vector<double> gain = differences(scenario.at(last, learning), baseline.at(last, learning));
  for (double& value : gain) value *= 10;  // tenths of a pupil SD
  return ratio_of_means(differences(scenario.total(years, money), baseline.total(years, money)),
                        gain, sets);
}

// Share of replicates in which each scenario is the best of all; [scenario].
std::vector<double> shares_best(const std::vector<Aligned>& scenarios, std::size_t time,
                                std::size_t measure, int direction, SetOfReplicate sets) {
  std::vector<double> shares(scenarios.size(), Estimate::kNone);
  if (direction == 0) return shares;
  std::vector<std::vector<double>> values, wins;
  for (const Aligned& one : scenarios) values.push_back(one.at(time, measure));
  wins.assign(values.size(), std::vector<double>(values[0].size(), Estimate::kNone));
  for (std::size_t r = 0; r < values[0].size(); ++r) {
    double best = -INFINITY, first = 0;
    bool all = true;
    for (const auto& of : values) {
      all = all && std::isfinite(of[r]);
      best = std::max(best, direction * of[r]);
    }
    if (!all) continue;  // one that is missing may have been the best
    for (const auto& of : values) first += direction * of[r] == best;
    for (std::size_t s = 0; s < values.size(); ++s)
      wins[s][r] = direction * values[s][r] == best ? 1 / first : 0;
  }
  for (std::size_t s = 0; s < values.size(); ++s) shares[s] = clustered_mean(wins[s], sets).mean;
  return shares;
}

}  // namespace

std::optional<std::size_t> Findings::measure(std::string_view name) const {
  for (std::size_t m = 0; m < measures.size(); ++m)
    if (measures[m].name == name) return m;
  return std::nullopt;
}

void add_system(Findings& findings, const Comparison& comparison,
                const std::vector<Ensemble>& ensembles) {
  const std::size_t scenarios = ensembles.size(), count = comparison.measures.size();
  findings.baseline = comparison.baseline;
  findings.replicates = comparison.replicates;
  findings.set = comparison.set;
  findings.year = comparison.year;
  findings.longer = comparison.longer;
  findings.unequal_costs = unequal_costs(comparison);
  for (const Measure& measure : comparison.measures)
    findings.measures.push_back(facts_of(measure, better(measure.name)));
  for (const ScenarioComparison& scenario : comparison.scenarios) {
    ScenarioFacts facts;
    facts.name = scenario.name;
    facts.title = scenario.title;
    facts.file = scenario.file;
    facts.digest = scenario.digest;
    findings.scenarios.push_back(std::move(facts));
  }

  std::vector<Aligned> aligned;
  for (const Ensemble& ensemble : ensembles)
    aligned.emplace_back(ensemble, comparison.replicates, comparison.year, count);
  const Aligned& baseline = aligned[comparison.baseline];
  const std::size_t last = comparison.year.size() - 1;
  for (std::size_t s = 0; s < scenarios; ++s) {
    for (std::size_t m = 0; m < count; ++m) {
      const bool ratio = is_ratio(comparison.measures[m]);
      for (std::size_t t = 0; t < comparison.year.size(); ++t)
        findings.system.push_back(
            estimate(aligned[s].at(t, m), baseline.at(t, m), ratio, comparison.set));
      findings.clear_from.push_back(clear_from(comparison.year, &findings.at(s, m, 0)));
    }
    for (const Aligned& other : aligned)
      for (std::size_t m = 0; m < count; ++m) {
        const PairedDifference pair =
            paired_difference(aligned[s].at(last, m), other.at(last, m), comparison.set);
        const auto known = [](const std::optional<double>& value) {
          return value.value_or(Estimate::kNone);
        };
        findings.pairs.push_back({pair.difference, known(pair.low), known(pair.high), pair.higher,
                                  known(pair.sd_parameters), known(pair.sd_luck),
                                  known(pair.sets_higher)});
      }
    const auto total = [&](std::string_view name) {
      const auto m = comparison.measure(name);
      if (!m) return Estimate{};
      return estimate(aligned[s].total(comparison.year, *m), baseline.total(comparison.year, *m),
                      true, comparison.set);
    };
    findings.spending.push_back(total("spending_per_pupil"));
    findings.lever_spending.push_back(total("lever_spending_per_pupil"));
    const bool given = comparison.scenarios[s].cost_per_tenth.has_value();
    findings.cost_per_tenth.push_back(
        given ? cost(aligned[s], baseline, comparison.year, *comparison.measure("value_added_mean"),
                     *comparison.measure("lever_spending_per_pupil"), comparison.set)
              : RatioEstimate{});
  }
  findings.best.resize(scenarios * count);
  for (std::size_t m = 0; m < count; ++m) {
    const std::vector<double> shares =
        shares_best(aligned, last, m, findings.measures[m].better, comparison.set);
    for (std::size_t s = 0; s < scenarios; ++s) findings.best[s * count + m] = shares[s];
  }
}

namespace {

Rows rows_of_schools(const Population& population) {
  Rows rows;
  for (std::size_t i = 0; i < population.schools(); ++i) {
    rows.code.push_back(population.school_code[i]);
    rows.name.push_back(population.school_name[i]);
    rows.district.push_back(
        population.district_code[static_cast<std::size_t>(population.district[i])]);
    rows.pupils.push_back(static_cast<double>(population.enrolment[i]));
    rows.deprivation.push_back(static_cast<double>(population.deprivation[i]));
  }
  return rows;
}

Rows rows_of_districts(const Population& population) {
  Rows rows;
  rows.code = population.district_code;
  rows.name = population.district_name;
  rows.pupils.resize(population.districts());
  rows.deprivation.resize(population.districts());
  rows.schools.resize(population.districts());
  for (std::size_t i = 0; i < population.schools(); ++i) {
    const auto d = static_cast<std::size_t>(population.district[i]);
    const auto pupils = static_cast<double>(population.enrolment[i]);
    rows.schools[d] += 1;
    rows.pupils[d] += pupils;
    rows.deprivation[d] += pupils * static_cast<double>(population.deprivation[i]);
  }
  for (std::size_t d = 0; d < rows.code.size(); ++d) rows.deprivation[d] /= rows.pupils[d];
  return rows;
}

void take_effects(Rows& rows, const SchoolEffects& effects, std::size_t scenarios,
                  bool of_schools) {
  for (std::size_t s = 0; s < scenarios; ++s)
    for (std::size_t e = 0; e < kEffects; ++e) {
      const DifferenceSums& sums = of_schools ? effects.schools(s, e) : effects.districts(s, e);
      std::vector<RowEffect> column;
      for (std::size_t i = 0; i < sums.rows(); ++i) column.push_back(sums.at(i));
      rows.effects.push_back(std::move(column));
    }
}

std::vector<double> shares_of(const std::vector<std::int64_t>& counts) {
  std::int64_t all = 0;
  for (const std::int64_t count : counts) all += count;
  std::vector<double> shares;
  for (const std::int64_t count : counts)
    shares.push_back(all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0);
  return shares;
}

}  // namespace

Balance balance_of(const std::vector<Shares>& by_replicate) {
  Balance balance;
  std::vector<double> better, worse;
  for (const Shares& share : by_replicate) {
    better.push_back(share.better);
    worse.push_back(share.worse);
  }
  const Spread up = spread_of(std::move(better)), down = spread_of(std::move(worse));
  balance.one_better = up.mean;
  balance.one_better_low = up.low;
  balance.one_better_high = up.high;
  balance.one_worse = down.mean;
  balance.one_worse_low = down.low;
  balance.one_worse_high = down.high;
  return balance;
}

void add_average(Balance& balance, std::span<const RowEffect> rows, std::size_t witnesses,
                 std::span<const double> weights) {
  if (rows.empty() || witnesses < 2) return;
  double all = 0;
  balance.better = balance.worse = balance.unclear = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    const Verdict verdict = rows[i].verdict;
    all += weight;
    (verdict == Verdict::better  ? balance.better
     : verdict == Verdict::worse ? balance.worse
                                 : balance.unclear) += weight;
  }
  for (double* share : {&balance.better, &balance.worse, &balance.unclear}) *share /= all;
}

void add_schools(Findings& findings, const SchoolEffects& effects, const Population& population) {
  const std::size_t scenarios = findings.scenarios.size();
  const std::size_t replicates = findings.replicates.size();
  findings.groups = group_schools(population).groups;
  findings.group_year = effects.years();
  for (const Measure& measure : group_measures())
    findings.group_measures.push_back(facts_of(measure, group_better(measure.name)));
  if (effects.lasting()) {
    findings.school = rows_of_schools(population);
    findings.district = rows_of_districts(population);
    take_effects(findings.school, effects, scenarios, true);
    take_effects(findings.district, effects, scenarios, false);
  }

  const std::size_t groups = findings.groups.size(), measures = group_measures().size();
  const std::size_t times = findings.group_year.size();
  const std::size_t witnesses = findings.set.empty() ? replicates : sets_of(findings.set);
  std::vector<double> own(replicates), reference(replicates);
  for (std::size_t s = 0; s < scenarios; ++s) {
    for (std::size_t g = 0; g < groups; ++g)
      for (std::size_t m = 0; m < measures; ++m)
        for (std::size_t t = 0; t < times; ++t) {
          const std::size_t at = (t * groups + g) * measures + m;
          for (std::size_t r = 0; r < replicates; ++r) {
            own[r] = effects.group_values(s)[r][at];
            reference[r] = effects.group_values(findings.baseline)[r][at];
          }
          findings.group.push_back(
              estimate(own, reference, is_ratio(group_measures()[m]), findings.set));
        }
    for (std::size_t e = 0; e < kEffects; ++e)
      for (std::size_t unit = 0; unit < SchoolEffects::kUnits; ++unit) {
        Balance balance = balance_of(effects.shares(s, e, unit));
        const Rows& rows = unit == 2 ? findings.district : findings.school;
        if (effects.lasting())
          add_average(balance, rows.effects[s * kEffects + e], witnesses,
                      unit == 1 ? rows.pupils : std::vector<double>());
        findings.balance.push_back(balance);
      }
    for (std::size_t e = 0; e < kEffects; ++e)
      for (std::size_t level = 0; level < kLevelNames.size(); ++level) {
        const auto& by_replicate = effects.spread(s, e, static_cast<Level>(level));
        LevelSpread mean;
        for (const LevelField& field : level_fields()) {
          std::vector<double> values;
          for (const LevelSpread& one : by_replicate) values.push_back(one.*field.value);
          mean.*field.value = clustered_mean(values, findings.set).mean;
        }
        findings.spread.push_back(mean);
      }
    for (const double share : shares_of(effects.levels(s))) findings.levels.push_back(share);
    for (const double share : shares_of(effects.differences(s)))
      findings.differences.push_back(share);
  }
}

}  // namespace reformsim
