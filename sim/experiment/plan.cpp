#include "experiment/plan.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "record/measures.hpp"
#include "scenario/difference.hpp"
#include "scenario/files.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim {
namespace {

std::string numbers(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + number_text(value);
  return text;
}

std::string level_name(const Field& field, double value) {
  const std::vector<std::string> names = factor_names(field);
  return names.empty() ? number_text(value) : names[static_cast<std::size_t>(value)];
}

std::string level_names(const PlannedFactor& one) {
  std::string text;
  for (const double value : one.factor.levels)
    text += (text.empty() ? "" : ", ") + level_name(*one.field, value);
  return text;
}

// A factor as the plan writes it.
std::string factor_yaml(const Plan& plan, const PlannedFactor& one) {
  const Factor& f = one.factor;
  std::string text;
  const auto range = fmt::format("low: {}, high: {}", number_text(f.low), number_text(f.high));
  switch (f.kind) {
    case FactorKind::levels:
      text = fmt::format("levels: [{}]", level_names(one));
      break;
    case FactorKind::uniform:
      text = range;
      break;
    case FactorKind::log_uniform:
      text = "distribution: log_uniform, " + range;
      break;
    case FactorKind::normal:
    case FactorKind::log_normal:
      text = fmt::format("distribution: {}, mean: {}, sd: {}, {}",
                         f.kind == FactorKind::normal ? "normal" : "log_normal",
                         number_text(f.mean), number_text(f.sd), range);
      break;
    case FactorKind::triangular:
      text = fmt::format("distribution: triangular, mode: {}, {}", number_text(f.mode), range);
      break;
  }
  if (f.steps) text += fmt::format(", steps: {}", *f.steps);
  if (std::find(one.reaches.begin(), one.reaches.end(), false) != one.reaches.end()) {
    std::vector<std::string> in;
    for (std::size_t s = 0; s < plan.policies.size(); ++s)
      if (one.reaches[s]) in.push_back(yaml_text(plan.policies[s].name));
    text += fmt::format(", in: [{}]", join(in));
  }
  return fmt::format("{{{}}}", text);
}

std::string replicates_yaml(const Plan& plan) {
  if (!plan.precision) return fmt::format("{}", plan.replicates);
  return fmt::format("{{batch: {}, most: {}, until: {{measure: {}, year: {}, half_width: {}}}}}",
                     plan.batch, plan.replicates, plan.precision->measure,
                     number_text(plan.precision->year), number_text(plan.precision->half_width));
}

std::string measures_yaml(const Plan& plan) {
  std::vector<std::string> names;
  for (const std::size_t m : plan.measures) names.emplace_back(system_measures()[m].name);
  return fmt::format("[{}]", join(names));
}

// The settings of a design that make two designs different, but for the number of its points.
std::string design_line(const Plan& plan) {
  const DesignSettings& d = plan.settings;
  // A table that was read from a file stands in the resolved plan as a list.
  const DesignKind kind = d.kind == DesignKind::csv ? DesignKind::list : d.kind;
  const std::string& text = design_names()[static_cast<std::size_t>(kind)];
  switch (d.kind) {
    case DesignKind::random:
    case DesignKind::sobol:
      return fmt::format("{}, seed {}", text, d.seed);
    case DesignKind::latin_hypercube:  // other numbers of points have other slices
      return fmt::format("{}, {} points, seed {}", text, d.points, d.seed);
    case DesignKind::saltelli:
      return fmt::format("{}, second order {}, seed {}", text, d.second_order ? "on" : "off",
                         d.seed);
    case DesignKind::morris:
      return fmt::format("{}, {} levels, seed {}", text, d.levels, d.seed);
    default:
      return text;
  }
}

std::string design_yaml(const Plan& plan) {
  const DesignSettings& d = plan.settings;
  // What was read from a file stands in the plan itself from then on.
  const bool rows = d.kind == DesignKind::list || d.kind == DesignKind::csv;
  std::string text =
      fmt::format("  kind: {}\n", rows ? "list" : design_names()[static_cast<std::size_t>(d.kind)]);
  switch (d.kind) {
    case DesignKind::saltelli:
      text += fmt::format("  second_order: {}\n", d.second_order);
      [[fallthrough]];
    case DesignKind::random:
    case DesignKind::sobol:
    case DesignKind::latin_hypercube:
      text += fmt::format("  points: {}\n  seed: {}\n", d.points, d.seed);
      break;
    case DesignKind::morris:
      text += fmt::format("  trajectories: {}\n  levels: {}\n  seed: {}\n", d.trajectories,
                          d.levels, d.seed);
      break;
    default:
      break;
  }
  if (!rows) return text;
  text += "  rows:\n";
  for (const std::vector<double>& row : d.rows) {
    std::vector<std::string> cells;
    for (std::size_t f = 0; f < row.size(); ++f)
      cells.push_back(level_name(*plan.factors[f].field, row[f]));
    text += fmt::format("    - [{}]\n", join(cells));
  }
  return text;
}

// The plan has its own seed, and its replicates may grow.
Scenario without_luck(Scenario scenario) {
  scenario.set("ensemble.replicates", std::int64_t{1});
  scenario.set("ensemble.seed", std::int64_t{1});
  return scenario;
}

std::vector<std::string> what_differs(const std::string& name, const Scenario& before,
                                      const Scenario& now) {
  std::vector<std::string> found;
  for (const Difference& one : difference(without_luck(before), without_luck(now)))
    found.push_back(fmt::format("scenario {}: {} was {}, and is {} now", name, one.field->path,
                                one.before, one.after));
  if (found.empty())
    found.push_back(fmt::format(
        "scenario {}: its title, its description or its list of schools is another now", name));
  return found;
}

std::string indented(const std::string& text, const std::string& by) {
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) result += by + text.substr(begin, end - begin);
    result += '\n';
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::vector<std::string> factor_names(const Field& field) {
  if (field.type == FieldType::boolean) return {"false", "true"};
  if (field.type == FieldType::choice) return field.choices;
  return {};
}

std::string factor_text(const PlannedFactor& one) {
  const Factor& f = one.factor;
  const std::string range = fmt::format("{} to {}", number_text(f.low), number_text(f.high));
  switch (f.kind) {
    case FactorKind::levels:
      return "levels " + level_names(one);
    case FactorKind::uniform:
      return f.steps ? fmt::format("{} values, {}", *f.steps, range) : "uniform " + range;
    case FactorKind::log_uniform:
      return "log-uniform " + range;
    case FactorKind::normal:
      return fmt::format("normal {} ({}), {}", number_text(f.mean), number_text(f.sd), range);
    case FactorKind::log_normal:
      return fmt::format("log-normal {} ({}), {}", number_text(f.mean), number_text(f.sd), range);
    case FactorKind::triangular:
      return fmt::format("triangular {}, {}", number_text(f.mode), range);
  }
  return {};
}

std::size_t Plan::precision_place() const {
  const auto measure = std::find_if(measures.begin(), measures.end(), [&](std::size_t m) {
    return system_measures()[m].name == precision->measure;
  });
  const auto year = std::find(years.begin(), years.end(), precision->year);
  return static_cast<std::size_t>(measure - measures.begin()) * years.size() +
         static_cast<std::size_t>(year - years.begin());
}

std::string resolved_plan(const Plan& plan, bool places) {
  std::string text =
      fmt::format("reformsim_plan: {}\ntitle: {}\n", kPlanVersion, yaml_text(plan.title));
  if (!plan.description.empty())
    text += fmt::format("description: {}\n", yaml_text(plan.description));
  text += "scenarios:\n";
  for (const Policy& policy : plan.policies) {
    text += fmt::format("  {}:\n", yaml_text(policy.name));
    if (places)
      text += fmt::format("    directory: {}\n", yaml_text(whole_path(policy.scenario.directory)));
    text += "    text: |\n" + indented(resolved_yaml(policy.scenario), "      ");
  }
  text += fmt::format("baseline: {}\n", yaml_text(plan.policies[plan.baseline].name));
  if (!plan.factors.empty()) text += "factors:\n";
  for (const PlannedFactor& one : plan.factors)
    text += fmt::format("  {}: {}\n", one.factor.path, factor_yaml(plan, one));
  text += "design:\n" + design_yaml(plan);
  text += fmt::format("seed: {}\ncommon_random_numbers: {}\nreplicates: {}\n", plan.seed,
                      plan.common_random_numbers, replicates_yaml(plan));
  text += fmt::format("measures: {}\nyears: [{}]\non_failure: {}\n", measures_yaml(plan),
                      numbers(plan.years), plan.stop_on_failure ? "stop" : "finish");
  return text;
}

std::vector<std::string> experiment_lines(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Policy& policy : plan.policies) {
    lines.push_back(fmt::format("scenario {}: {}", policy.name,
                                scenario_digest(without_luck(policy.scenario))));
  }
  lines.push_back("baseline: " + plan.policies[plan.baseline].name);
  for (const PlannedFactor& one : plan.factors)
    lines.push_back(fmt::format("factor {}: {}", one.factor.path, factor_yaml(plan, one)));
  lines.push_back("design: " + design_line(plan));
  lines.push_back(fmt::format("seed: {}", plan.seed));
  lines.push_back(fmt::format("common_random_numbers: {}", plan.common_random_numbers));
  if (plan.precision)
    lines.push_back(fmt::format("precision: {} at year {} to {}, in batches of {}",
                                plan.precision->measure, number_text(plan.precision->year),
                                number_text(plan.precision->half_width), plan.batch));
  lines.push_back("measures: " + measures_yaml(plan));
  lines.push_back(fmt::format("years: {}", numbers(plan.years)));
  return lines;
}

std::string plan_digest(const Plan& plan) {
  std::string text;
  for (const std::string& line : experiment_lines(plan)) text += line + '\n';
  return digest(text);
}

std::vector<std::string> what_differs(const Plan& before, const Plan& now) {
  std::vector<std::string> found;
  if (plan_digest(before) == plan_digest(now)) return found;
  const auto named = [](const Plan& plan, const std::string& name) {
    return std::find_if(plan.policies.begin(), plan.policies.end(),
                        [&](const Policy& one) { return one.name == name; });
  };
  for (const Policy& old : before.policies) {
    const auto same = named(now, old.name);
    if (same == now.policies.end()) {
      found.push_back(fmt::format("scenario {} is not in the plan now", old.name));
    } else if (scenario_digest(without_luck(old.scenario)) !=
               scenario_digest(without_luck(same->scenario))) {
      for (std::string& one : what_differs(old.name, old.scenario, same->scenario))
        found.push_back(std::move(one));
    }
  }
  for (const Policy& policy : now.policies)
    if (named(before, policy.name) == before.policies.end())
      found.push_back(fmt::format("scenario {} was not in the plan", policy.name));

  // The other lines by their names.
  const auto lines_of = [](const Plan& plan) {
    std::vector<std::string> lines = experiment_lines(plan);
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(plan.policies.size()));
    return lines;
  };
  const std::vector<std::string> old_lines = lines_of(before), new_lines = lines_of(now);
  const auto name_of = [](const std::string& line) { return line.substr(0, line.find(": ")); };
  const auto value_of = [](const std::string& line) { return line.substr(line.find(": ") + 2); };
  const auto find = [&](const std::vector<std::string>& lines, const std::string& name) {
    return std::find_if(lines.begin(), lines.end(),
                        [&](const std::string& line) { return name_of(line) == name; });
  };
  for (const std::string& line : old_lines) {
    const auto same = find(new_lines, name_of(line));
    if (same == new_lines.end())
      found.push_back(
          fmt::format("{} was {}, and is not in the plan now", name_of(line), value_of(line)));
    else if (*same != line)
      found.push_back(
          fmt::format("{} was {}, and is {} now", name_of(line), value_of(line), value_of(*same)));
  }
  for (const std::string& line : new_lines)
    if (find(old_lines, name_of(line)) == old_lines.end())
      found.push_back(
          fmt::format("{} was not in the plan, and is {} now", name_of(line), value_of(line)));
  if (found.empty()) found.emplace_back("scenarios or factors stand in another order now");
  return found;
}

Scenario scenario_at(const Plan& plan, std::size_t policy, std::size_t point) {
  Scenario scenario = plan.policies[policy].scenario;
  for (std::size_t f = 0; f < plan.factors.size(); ++f) {
    const PlannedFactor& one = plan.factors[f];
    if (!one.reaches[policy]) continue;
    const double value = plan.design.at(point, f);
    const Field& field = *one.field;
    if (field.group == FieldGroup::lever) {
      // The schedule stays as it is, and only how far the lever moves is varied.
      std::vector<LeverEntry>& reform = scenario.lever(field.path).reform;
      if (reform.empty()) reform.push_back({});
      reform[0].value = value;
    } else if (field.type == FieldType::integer) {
      scenario.set(field.path, static_cast<std::int64_t>(std::llround(value)));
    } else if (field.type == FieldType::boolean) {
      scenario.set(field.path, value != 0.0);
    } else if (field.type == FieldType::choice) {
      scenario.set(field.path, field.choices[static_cast<std::size_t>(value)]);
    } else {
      scenario.set(field.path, value);
    }
  }
  if (!plan.common_random_numbers) {
    const std::uint64_t of[] = {static_cast<std::uint64_t>(plan.seed), point};
    scenario.set("ensemble.seed",
                 static_cast<std::int64_t>(hash64_of(std::span<const std::uint64_t>(of)) >> 1));
  }
  std::vector<Problem> problems;
  for (const FieldTable::TableCheck& item : scenario.table().checks())
    for (Problem& problem : item.check(scenario)) problems.push_back(std::move(problem));
  if (!problems.empty()) throw InputError(std::move(problems));
  return scenario;
}

std::uint64_t point_digest(const Plan& plan, std::size_t point) {
  const std::size_t d = plan.factors.size();
  return hash64_of(std::span<const double>(plan.design.value).subspan(point * d, d));
}

}  // namespace reformsim
