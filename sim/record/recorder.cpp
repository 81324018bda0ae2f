#include "record/recorder.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/nearest.hpp"
#include "record/school_statistics.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

// The same schools whatever the order or the length of the list: those whose ids have the smallest
// hashes.
std::vector<std::int32_t> sample_rows(const Population& population, std::size_t wanted) {
  std::vector<std::pair<std::uint64_t, std::int32_t>> order;
  order.reserve(population.schools());
  for (std::size_t i = 0; i < population.schools(); ++i)
    order.emplace_back(hash64_of(std::span(&population.school_id[i], 1)),
                       static_cast<std::int32_t>(i));
  wanted = std::min(wanted, order.size());
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(wanted), order.end());
  std::vector<std::int32_t> rows;
  for (std::size_t i = 0; i < wanted; ++i) rows.push_back(order[i].second);
  return rows;
}

std::vector<std::int32_t> named_rows(const Scenario& scenario, const Population& population,
                                     std::vector<Problem>& problems) {
  std::unordered_map<std::string_view, std::int32_t> row_of;
  for (std::size_t i = 0; i < population.schools(); ++i)
    row_of.emplace(population.school_code[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> rows;
  for (const std::string& code : scenario.list("record.school_ids")) {
    const auto found = row_of.find(code);
    if (found != row_of.end()) {
      rows.push_back(found->second);
      continue;
    }
    const std::string near = nearest(code, population.school_code);
    problems.push_back(
        {scenario.place("record.school_ids"),
         fmt::format("record.school_ids: there is no school {}{}", in_quotes(code),
                     near.empty() ? "" : "; did you mean " + in_quotes(near) + "?")});
  }
  return rows;
}

std::vector<std::string> named_measures(const Scenario& scenario, std::vector<Problem>& problems) {
  std::vector<std::string> names = scenario.list("record.school_measures");
  if (names.empty()) {
    const auto& standard = standard_school_measures();
    return {standard.begin(), standard.end()};
  }
  std::vector<std::string> known, wanted;
  for (const Measure& measure : school_measures()) known.emplace_back(measure.name);
  for (std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string near = nearest(name, known);
      problems.push_back(
          {scenario.place("record.school_measures"),
           fmt::format("record.school_measures: schools have no measure {}{}", in_quotes(name),
                       near.empty() ? "" : "; did you mean " + in_quotes(near) + "?")});
    } else if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) {
      wanted.push_back(std::move(name));
    }
  }
  return wanted;
}

Column column_of(std::string_view name) {
  const auto column = measure_column(name);
  REFORMSIM_CHECK(column.has_value(), "no column {}", name);
  return *column;
}

void append(std::vector<float>& to, std::span<const float> values) {
  to.insert(to.end(), values.begin(), values.end());
}

}  // namespace

RecordPlan record_plan(const Scenario& scenario, const Population& population) {
  RecordPlan plan;
  std::vector<Problem> problems;
  plan.every_term = scenario.text("record.every") == "term";
  plan.districts = scenario.flag("record.districts");
  plan.clusters = scenario.flag("record.clusters");
  plan.detailed_replicates = static_cast<std::uint32_t>(scenario.integer("record.replicates"));

  const std::string& schools = scenario.text("record.schools");
  if (schools == "all") {
    plan.school_rows.resize(population.schools());
    std::iota(plan.school_rows.begin(), plan.school_rows.end(), 0);
  } else if (schools == "sample") {
    plan.school_rows =
        sample_rows(population, static_cast<std::size_t>(scenario.integer("record.school_sample")));
  } else if (schools == "ids") {
    plan.school_rows = named_rows(scenario, population, problems);
  }
  std::sort(plan.school_rows.begin(), plan.school_rows.end());
  plan.school_rows.erase(std::unique(plan.school_rows.begin(), plan.school_rows.end()),
                         plan.school_rows.end());

  // A wrong name is wrong even while nothing is recorded.
  std::vector<std::string> measures = named_measures(scenario, problems);
  if (schools != "none" || plan.districts || plan.clusters)
    plan.school_measures = std::move(measures);
  if (!problems.empty()) throw InputError(std::move(problems));
  return plan;
}

std::vector<Measure> trajectory_measures(const RecordPlan& plan, Entity entity) {
  std::vector<Measure> rows;
  for (const std::string& name : plan.school_measures)
    for (const Measure& measure : school_measures())
      if (measure.name == name) rows.push_back(measure);
  if (entity == Entity::district)
    rows.insert(rows.end(), district_measures().begin(), district_measures().end());
  if (entity == Entity::cluster)
    rows.insert(rows.end(), cluster_measures().begin(), cluster_measures().end());
  return rows;
}

Recorder::Recorder(RecordPlan plan, const Parallel& parallel)
    : plan_(std::move(plan)), parallel_(&parallel) {}

void Recorder::after_term(const Simulation& simulation) {
  if (simulation.term() <= 0) return;  // burn-in
  if (plan_.every_term || simulation.term() % simulation.steps_per_year() == 0) take(simulation);
}

void Recorder::take(const Simulation& simulation) {
  const World& world = simulation.world();
  recording_.replicate = simulation.replicate();
  recording_.year.push_back(simulation.year());
  if (recording_.start.empty()) recording_.start = schools_at_start(world);
  const std::vector<double> system =
      measure_system(world, recording_.start, simulation.year(), *parallel_);
  recording_.system.insert(recording_.system.end(), system.begin(), system.end());
  if (simulation.replicate() < plan_.detailed_replicates) take_details(simulation);
}

void Recorder::take_details(const Simulation& simulation) {
  const World& world = simulation.world();
  const Population& population = simulation.population();
  const auto cluster = world[col::cluster];
  if (!plan_.school_rows.empty()) {
    recording_.school_cluster.clear();
    recording_.school_district.clear();
    recording_.school_phase.clear();
    recording_.school_enrolment.clear();
    for (const std::int32_t row : plan_.school_rows) {
      const auto i = static_cast<std::size_t>(row);
      recording_.school_cluster.push_back(cluster[i]);
      recording_.school_district.push_back(population.district[i]);
      recording_.school_phase.push_back(population.phase[i]);
      recording_.school_enrolment.push_back(population.enrolment[i]);
    }
    for (const std::string& name : plan_.school_measures) {
      const auto values = world.floats(column_of(name));
      for (const std::int32_t row : plan_.school_rows)
        recording_.school.push_back(values[static_cast<std::size_t>(row)]);
    }
  }
  if (!plan_.districts && !plan_.clusters) return;
  const std::vector<double> pupils = pupils_by_school(world);
  const auto take_groups = [&](Entity entity, std::span<const std::int32_t> group,
                               const std::vector<Measure>& own, std::vector<float>& into) {
    const std::size_t groups = world.rows(entity);
    for (const std::string& name : plan_.school_measures)
      append(into, group_means(world, column_of(name), pupils, group, groups));
    for (const Measure& measure : own) {
      const Column column = column_of(measure.name);
      if (info(column).type == Type::f32)
        append(into, world.floats(column));
      else
        for (const std::int32_t value : world.ints(column))
          into.push_back(static_cast<float>(value));
    }
    return groups;
  };
  if (plan_.districts)
    recording_.districts = take_groups(Entity::district, world[col::district], district_measures(),
                                       recording_.district);
  if (plan_.clusters)
    recording_.clusters =
        take_groups(Entity::cluster, cluster, cluster_measures(), recording_.cluster);
}

}  // namespace reformsim
