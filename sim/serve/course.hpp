// The course of one replicate: its system measures and, for the map, some columns of its schools.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/simulation.hpp"

namespace reformsim::serve {

struct Course {
  std::vector<double> values;         // [year][system measure]
  std::vector<float> columns;         // [year][map column][school]; only of the first replicate
  std::vector<std::int32_t> cluster;  // by school; the clusters are settled at year 0
  // Value added at the last year: of each school, and the mean over the pupils of each fifth of
  // schools, the least deprived first.
  std::vector<float> value_added;
  std::vector<float> fifths;
};

// What the map can show, of the columns of schools.
std::span<const Column> map_columns();

// Runs the simulation from where it stands to its horizon, taking measures at each end of year.
// `go_on` is asked between terms; without a course when it said no.
std::unique_ptr<const Course> course_of(Simulation& simulation, bool map,
                                        const std::function<bool()>& go_on);

}  // namespace reformsim::serve
