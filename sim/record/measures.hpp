// The table of measures: what a run reports about the system, its districts and clusters, and its
// schools. A name is permanent: it is never given another meaning; a measure that changes gets a
// new name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/parallel.hpp"
#include "model/world.hpp"

namespace reformsim {

struct Measure {
  std::string_view name;
  std::string_view unit;
  std::string_view meaning;  // one sentence
  std::string_view
      reduction;  // how schools become one number: "mean over pupils", "SD over schools" ...
  std::string_view since;  // program version that first reported it
};

// The system's measures, in the order measure_system returns them.
const std::vector<Measure>& system_measures();
std::size_t system_measure_row(std::string_view name);  // of one that exists
// `start` is what schools_at_start (school_statistics.hpp) took at year 0, `year` the time since.
std::vector<double> measure_system(const World& world, std::span<const float> start, double year,
                                   const Parallel& parallel);
// These rows as a table in Markdown, for the documents of the model (model/tables.hpp).
std::string measures_table();

// School columns (width one, float32) that may be recorded per school, and that are averaged over
// pupils for district and cluster trajectories.
const std::vector<Measure>& school_measures();
// The columns recorded when the scenario names none.
const std::vector<std::string_view>& standard_school_measures();

// What districts and clusters have of their own: their columns of width one, float32. Their
// trajectories hold the averages over schools first and then these.
const std::vector<Measure>& district_measures();
const std::vector<Measure>& cluster_measures();

// The column of that name, recorded or not.
std::optional<Column> measure_column(std::string_view name);

// Pupils on roll, by school: the weights of all means over pupils.
std::vector<double> pupils_by_school(const World& world);

// Mean of a school column over the pupils of each group of schools; NaN for a group without pupils.
// Schools of group -1 are left out.
std::vector<float> group_means(const World& world, Column column, std::span<const double> pupils,
                               std::span<const std::int32_t> group, std::size_t groups);

}  // namespace reformsim
