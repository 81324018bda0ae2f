// An experiment, read from one YAML file: policies (scenarios) x futures (points of a design over
// factors) x replicates, and what is kept of each run. Checked in full before anything starts. The
// language is described in scenarios/sweeps/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/design.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

inline constexpr int kPlanVersion = 1;
inline constexpr std::uint32_t kMostReplicates = 1'000'000;

struct Policy {
  std::string name;
  Scenario scenario;  // without any factor; seed and replicates are the plan's
};

struct PlannedFactor {
  Factor factor;
  const Field* field = nullptr;
  std::vector<bool> reaches;  // by policy
};

// More replicates, in whole batches, until a mean is known well enough at this point.
struct Precision {
  std::string measure;
  double year = 0;
  double half_width = 0;  // of the 95% interval of the difference to the baseline; of the mean
                          // where there is one scenario
};

struct Plan {
  std::string file, title, description;
  std::vector<Policy> policies;
  std::size_t baseline = 0;
  std::vector<PlannedFactor> factors;
  DesignSettings settings;
  Design design;
  std::int64_t seed = 1;
  bool common_random_numbers = true;
  std::uint32_t replicates = 1;  // the most a point may get
  std::uint32_t batch = 1;       // replicates between two looks at the precision
  std::optional<Precision> precision;
  std::vector<std::size_t> measures;  // of system_measures(), in the order of the plan
  std::vector<double> years;          // ascending
  bool stop_on_failure = false;

  std::size_t points() const { return design.points(); }
  // Where the precision's measure and year stand among a scenario's values.
  std::size_t precision_place() const;
  std::size_t values_per_unit() const { return policies.size() * measures.size() * years.size(); }
  double until() const { return years.back(); }
};

// What the command line may change; names of files as there.
struct PlanOptions {
  std::vector<std::string> with;  // files laid over each scenario
  std::vector<std::string> sets;  // path=value, for each scenario
  std::optional<std::int64_t> replicates, seed;
  // Where scenarios that are given as texts find their files, in the order of the plan.
  std::vector<std::string> directories{};
};

// Throws InputError with every problem of the plan and of its scenarios. The table must outlive the
// plan.
Plan read_plan(const std::string& file, const FieldTable& table, const PlanOptions& options = {});
Plan read_plan_text(const std::string& text, const std::string& name, const std::string& directory,
                    const FieldTable& table, const PlanOptions& options = {});

// The plan in YAML, scenarios and defaults written out, so that it can be read again without any
// other file but lists of schools. With `places` it says where these are to be found.
std::string resolved_plan(const Plan& plan, bool places);

// What two sweeps of the same experiment have in common, as lines "name: value". More points or
// more replicates make no difference.
std::vector<std::string> experiment_lines(const Plan& plan);
std::string plan_digest(const Plan& plan);
// In words, what makes them two experiments; empty when they are the same one.
std::vector<std::string> what_differs(const Plan& before, const Plan& now);

// The scenarios at a point of the design. Throws InputError where the values do not go together.
Scenario scenario_at(const Plan& plan, std::size_t policy, std::size_t point);
// Identifies the values of a point.
std::uint64_t point_digest(const Plan& plan, std::size_t point);

// "uniform 0.1 to 0.9", "levels 0, 0.5, 1".
std::string factor_text(const PlannedFactor& factor);
// Names of the values of a choice or a switch, in the order of their numbers; empty for numbers.
std::vector<std::string> factor_names(const Field& field);

}  // namespace reformsim
