// Everything a comparison has found, as it is written into comparison.h5 and read by the report and
// by Python: computed here once, and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decide/comparison.hpp"
#include "decide/estimate.hpp"
#include "decide/school_effects.hpp"

namespace reformsim {

struct PolicyChange {
  std::string path, meaning, unit;
  std::string before, after;  // in words: in the baseline, in the scenario
};

struct ScenarioFacts {
  std::string name, title, description, file, digest;
  std::string recipe;       // the resolved scenario
  std::string input_files;  // a line "role digest" for each
  std::vector<PolicyChange> changes;
};

struct MeasureFacts {
  std::string name, unit, meaning, reduction;
  int better = 0;
};

// Of the end: scenario against every other scenario, not only the baseline.
struct PairFacts {
  double difference = Estimate::kNone, low = Estimate::kNone, high = Estimate::kNone;
  double higher = Estimate::kNone;  // probability that the scenario is above the other
  // Only where replicates simulate sets of parameters; as of an estimate.
  double sd_parameters = Estimate::kNone, sd_luck = Estimate::kNone;
  double sets_higher = Estimate::kNone;
};

// Of schools (or pupils, or districts): how many are better and worse off at the end.
struct Balance {
  // By the mean difference over replicates of each school; NaN for a synthetic system.
  double better = Estimate::kNone, worse = Estimate::kNone, unclear = Estimate::kNone;
  // Within one replicate: mean over replicates and the range of nine in ten of them.
  double one_better = Estimate::kNone, one_better_low = Estimate::kNone,
         one_better_high = Estimate::kNone;
  double one_worse = Estimate::kNone, one_worse_low = Estimate::kNone,
         one_worse_high = Estimate::kNone;
};

// Of what happens within each of the replicates.
Balance balance_of(const std::vector<Shares>& by_replicate);
// Of what happens to each row on average. `witnesses`: sets of parameters, or replicates without
// sets; with one of them there is no interval, and nothing is clear. Without weights all count the
// same.
void add_average(Balance& balance, std::span<const RowEffect> rows, std::size_t witnesses,
                 std::span<const double> weights = {});

// Schools or districts of the list.
struct Rows {
  std::vector<std::string> code, name, district;  // district: only of schools
  std::vector<double> pupils, deprivation, schools;
  std::vector<std::vector<RowEffect>> effects;  // [scenario * kEffects + effect][row]
};

// The same comparison under another set of parameters.
struct Belief {
  std::string name, description;
  std::vector<Estimate> end;  // [scenario][measure], at the end
};

struct Findings {
  std::string program_version, git_commit;
  std::int64_t seed = 0;
  std::size_t baseline = 0;
  std::vector<std::uint32_t> replicates;
  std::vector<std::size_t> set;        // of parameters, by replicate; empty without sets
  std::vector<std::string> set_names;  // by set
  std::int64_t looks = 1;              // at the results before there were replicates enough
  std::vector<double> year;
  bool longer = false;         // some scenario has years that others lack
  bool unequal_costs = false;  // spending differs by more than 0.5%
  std::vector<std::string> notes;
  std::vector<std::string> population_notes;
  std::int64_t schools = 0, districts = 0;
  double pupils = 0;
  bool synthetic = false;
  std::string parameters;  // the set that was named, or empty

  std::vector<ScenarioFacts> scenarios;
  std::vector<MeasureFacts> measures;
  std::vector<Estimate> system;    // [scenario][measure][year]
  std::vector<double> clear_from;  // [scenario][measure]; NaN for never
  std::vector<PairFacts> pairs;    // [scenario][other][measure]
  std::vector<double> best;  // [scenario][measure]: share of replicates in which it is the best of
                             // all at the end; ties share. NaN where no direction is better
  std::vector<Estimate> spending, lever_spending;  // [scenario], whole time, per pupil
  std::vector<RatioEstimate> cost_per_tenth;       // [scenario]; NaN where it is not given

  // Absent when the scenarios have not the same schools.
  std::vector<SchoolGroup> groups;
  std::vector<double> group_year;
  std::vector<MeasureFacts> group_measures;
  std::vector<Estimate> group;      // [scenario][group][measure][year]
  std::vector<Balance> balance;     // [scenario][effect][unit]
  std::vector<LevelSpread> spread;  // [scenario][effect][level]: means over replicates
  std::vector<double> levels;       // [scenario][bin]: share of schools, over replicates
  std::vector<double> differences;  // the same of the paired difference
  Rows school, district;            // empty for a synthetic system

  std::vector<Belief> beliefs;

  // What differs between two runs of the same recipe.
  std::string started, host, command;
  double wall_s = 0;
  int threads = 0;

  std::size_t last() const { return year.size() - 1; }
  const Estimate& at(std::size_t scenario, std::size_t measure, std::size_t time) const {
    return system[(scenario * measures.size() + measure) * year.size() + time];
  }
  const Estimate& at(std::size_t scenario, std::size_t group_row, std::size_t measure,
                     std::size_t time) const {
    return group[((scenario * groups.size() + group_row) * group_measures.size() + measure) *
                     group_year.size() +
                 time];
  }
  std::optional<std::size_t> measure(std::string_view name) const;
};

// Of the system. The ensembles are those the comparison was made of.
void add_system(Findings& findings, const Comparison& comparison,
                const std::vector<Ensemble>& ensembles);
// Of groups, districts and schools. `population` is that of the first replicate.
void add_schools(Findings& findings, const SchoolEffects& effects, const Population& population);

}  // namespace reformsim
