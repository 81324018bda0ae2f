// Several scenarios against one of them, measure by measure and year by year, under the same luck.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decide/paired.hpp"
#include "record/measures.hpp"

namespace reformsim {

// What the replicates of one scenario measured.
struct Ensemble {
  std::string name;   // unique: the stem of the scenario's file
  std::string title;  // for people
  std::string file;
  std::string digest;                     // of the resolved scenario
  std::vector<std::uint32_t> replicates;  // ascending
  std::vector<std::size_t> set;           // of parameters, by replicate; empty without sets
  std::vector<double> year;               // ascending; starts with 0
  std::vector<double> values;             // [replicate][time][measure]
};

struct MeasureComparison {
  std::vector<PairedDifference> at;            // by time of the comparison
  std::optional<double> distinguishable_from;  // year; holds from there to the end
};

struct ScenarioComparison {
  std::string name, title, file, digest;
  std::vector<MeasureComparison> measures;  // by measure of the comparison
  // Money per pupil from year 0 to the end; absent when the measures hold no spending.
  std::optional<PairedDifference> spending;        // everything that is spent
  std::optional<PairedDifference> lever_spending;  // what the levers cost
  // More lever spending than the baseline, per pupil, for each 0.1 pupil SD more value added at the
  // end. Only where both differences are distinguishable from zero and value added is gained.
  std::optional<double> cost_per_tenth;
};

struct Comparison {
  std::size_t baseline = 0;
  std::vector<std::uint32_t> replicates;  // that all scenarios have
  std::vector<std::size_t> set;           // of parameters, by replicate; empty without sets
  std::vector<double> year;               // that all scenarios have
  bool longer = false;                    // some scenario has years that others lack
  std::vector<std::string> notes;         // what a reader must know beside the numbers; sentences
  std::vector<Measure> measures;
  std::vector<ScenarioComparison> scenarios;

  std::optional<std::size_t> measure(std::string_view name) const;
};

// Sets of parameters by replicate for all ensembles together, from 0 in order of appearance; empty
// when none has sets. Replicates that share a set in any of them stand together. `replicates` are
// those that all have.
std::vector<std::size_t> common_sets(const std::vector<Ensemble>& ensembles,
                                     const std::vector<std::uint32_t>& replicates);

// The ensembles hold values of these measures, in this order. Throws RunError when they share no
// replicate or no year.
Comparison compare(const std::vector<Ensemble>& ensembles, const std::vector<Measure>& measures,
                   std::size_t baseline);

// +1 when more of the measure is better, -1 when less is, 0 when it is neither or is no headline.
int better(std::string_view measure);

// Whether the measure has a zero that means "none", so that a percentage says something.
bool is_ratio(const Measure& measure);

// Whether two scenarios spend amounts that differ by more than 0.5%.
bool unequal_costs(const Comparison& comparison);

}  // namespace reformsim
