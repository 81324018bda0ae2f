#include "cli/several.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "record/recorder.hpp"

namespace reformsim::cli {

namespace {

namespace fs = std::filesystem;

bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;
  return fs::equivalent(a, b, none);
}

bool same_population(const Scenario& a, const Scenario& b) {
  const auto& rows = a.table().rows();
  return std::all_of(rows.begin(), rows.end(), [&](const Field& field) {
    return !field.path.starts_with("population.") || value_of(a, field) == value_of(b, field);
  });
}

// Whether a field differs in what is not policy: population, time, mechanisms, parameters, status
// quo.
bool differs_beside_policy(const Scenario& a, const Scenario& b, const Field& field) {
  if (field.group == FieldGroup::lever)
    return a.lever(field.path).status_quo != b.lever(field.path).status_quo;
  if (field.path == "parameters.sets") {
    const ParameterSets *of_a = a.parameter_sets(), *of_b = b.parameter_sets();
    return of_a && of_b ? of_a->digest != of_b->digest : of_a != of_b;
  }
  if (field.group == FieldGroup::setting && !field.path.starts_with("population.") &&
      !field.path.starts_with("horizon."))
    return false;
  if (a.in_sets(field.path) != b.in_sets(field.path)) return true;
  // A longer scenario is compared as far as the others go.
  return field.path != "horizon.years" && value_of(a, field) != value_of(b, field);
}

}  // namespace

std::size_t place_baseline(std::vector<std::string>& files, const std::string& baseline) {
  if (baseline.empty()) return 0;
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const auto& file) { return same_file(file, baseline); });
  if (found != files.end()) return static_cast<std::size_t>(found - files.begin());
  files.insert(files.begin(), baseline);
  return 0;
}

std::vector<std::string> unique_names(const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& file : files) {
    const std::string stem = fs::path(file).stem().string();
    std::string name = stem;
    for (int copy = 2; std::find(names.begin(), names.end(), name) != names.end(); ++copy)
      name = fmt::format("{}-{}", stem, copy);
    names.push_back(name);
  }
  return names;
}

void require_same_luck(const std::vector<std::string>& files,
                       const std::vector<Scenario>& scenarios) {
  std::vector<Problem> problems;
  const bool sets = std::any_of(scenarios.begin(), scenarios.end(), [](const Scenario& one) {
    return one.parameter_sets() != nullptr;
  });
  for (const auto& [path, option] :
       {std::pair{"ensemble.seed", "--seed"}, std::pair{"ensemble.replicates", "--replicates"},
        std::pair{"ensemble.lucks_per_set", "--set"}})
    for (std::size_t s = 1; s < scenarios.size() && (sets || option != std::string("--set")); ++s)
      if (scenarios[s].integer(path) != scenarios[0].integer(path)) {
        Place place = scenarios[s].place(path);
        if (place.file.empty()) place.file = files[s];
        problems.push_back(
            {place,
             fmt::format("{}: {} here and {} in {}; scenarios are compared under the same luck. "
                         "{} gives all of them the same",
                         path, scenarios[s].integer(path), scenarios[0].integer(path), files[0],
                         option)});
      }
  if (!problems.empty()) throw InputError(std::move(problems));
}

std::vector<std::shared_ptr<const Population>> populations_of(
    const std::vector<Scenario>& scenarios) {
  std::vector<std::shared_ptr<const Population>> populations;
  std::vector<Problem> problems;
  for (std::size_t s = 0; s < scenarios.size(); ++s) {
    std::shared_ptr<const Population> population;
    for (std::size_t earlier = 0; earlier < s && !population; ++earlier)
      if (same_population(scenarios[earlier], scenarios[s])) population = populations[earlier];
    try {
      if (!population)
        population = std::make_shared<const Population>(make_population(scenarios[s], 0));
      record_plan(scenarios[s], *population);
    } catch (const InputError& error) {
      add_new(problems, error.problems());
    }
    populations.push_back(population);
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return populations;
}

std::vector<std::string> notes_on(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> different;
  for (const Field& field : scenarios[0].table().rows())
    if (std::any_of(scenarios.begin() + 1, scenarios.end(), [&](const Scenario& scenario) {
          return differs_beside_policy(scenarios[0], scenario, field);
        }))
      different.push_back(field.group == FieldGroup::lever ? "status_quo." + field.path
                                                           : written_path(field));
  if (different.empty()) return {};
  constexpr std::size_t kNamed = 5;
  std::string more;
  if (different.size() > kNamed) {
    more = fmt::format(" and {} more", different.size() - kNamed);
    different.resize(kNamed);
  }
  return {
      fmt::format("The scenarios differ in more than their levers ({}{}), so a difference between "
                  "them is not the effect of policy alone.",
                  fmt::join(different, ", "), more)};
}

}  // namespace reformsim::cli
