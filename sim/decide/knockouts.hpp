// What each mechanism contributes: every scenario with and without it, under the same luck.
//
// Switching a mechanism off changes the past as well as the reform, so a scenario without it is
// held against the baseline without it: what a mechanism contributes to a reform is the reform's
// effect with it minus the reform's effect without it (a difference in differences). The plain
// change, the scenario with the mechanism minus the scenario without it, is given too; for the
// baseline there is nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decide/paired.hpp"
#include "record/measures.hpp"

namespace reformsim {

// The measures that are shown and judged; all others are in the data.
struct KnockoutMeasure {
  std::string_view measure;
  std::string_view heading;  // at most seven characters
  std::string_view unit;     // the same
  std::string_view label;    // in full
  double scale;              // from the measure's unit to the heading's
  int decimals;
  double least;  // in the measure's unit: what is smaller does not count, however clear it is
};
std::span<const KnockoutMeasure> knockout_measures();

// One run, measured at the end: [replicate][measure].
using Measured = std::vector<std::vector<double>>;

struct KnockoutScenario {
  std::string name, title, file;
  Measured as_given;
  // By mechanism: with it at work, and without it. One of the two is the run as given.
  std::vector<Measured> with, without;
  std::vector<bool> at_work;  // in the scenario as given
};

struct KnockoutEffect {
  std::optional<PairedDifference> contribution;  // absent for the baseline, or where there is none
  PairedDifference change;                       // the scenario with it, and without it
  bool contribution_counts = false, change_counts = false;
};

struct Knockouts {
  std::vector<Measure> measures;
  std::vector<std::string> mechanism, code;
  std::vector<std::uint32_t> replicates;
  double year = 0;
  std::optional<std::size_t> baseline;
  std::vector<std::string> notes;  // sentences
  struct Row {
    std::string name, title, file;
    std::vector<bool> at_work;                            // by mechanism
    std::vector<std::optional<PairedDifference>> effect;  // of the whole scenario, by measure
    std::vector<std::vector<KnockoutEffect>> of;          // [mechanism][measure]
  };
  std::vector<Row> scenarios;

  // Those that change none of the measures judged, in no scenario.
  std::vector<std::string> without_effect() const;
};

// Beyond two standard errors, outside the 95% interval, and not smaller than `least`.
bool counts(const PairedDifference& difference, double least);

// `sets` are those of the parameters, by replicate; empty without sets.
Knockouts knock_out(const std::vector<KnockoutScenario>& scenarios,
                    const std::vector<Measure>& measures, std::optional<std::size_t> baseline,
                    SetOfReplicate sets = {});

// At 80 columns; UTF-8.
std::string knockouts_table(const Knockouts& knockouts);
std::string knockouts_json(const Knockouts& knockouts);
std::string knockouts_csv(const Knockouts& knockouts);

}  // namespace reformsim
