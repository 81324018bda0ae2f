// Statistics of schools among each other and against year 0: gradients, components of variance,
// persistence, regression to the mean, and how groups of schools fare. They are measures of the
// system like those of measures.hpp, at the end of its list, and what a calibration looks at.
//
// Schools count alike here, whatever their size, as in the studies that report such figures.
#pragma once

#include <span>
#include <vector>

#include "base/parallel.hpp"
#include "record/measures.hpp"

namespace reformsim {

// What these need to know of year 0: a few columns of schools, one after the other, among them the
// groups that schools belonged to then (which stay, so that a group's change is its schools'
// change). Taken at year 0, and kept by whoever measures.
std::vector<float> schools_at_start(const World& world);

// Their rows, in the order of their values.
const std::vector<Measure>& school_statistics_rows();

// `start` from schools_at_start, `year` the time since; NaN where there is nothing to tell, as
// where schools do not differ or a group has no school.
std::vector<double> school_statistics(const World& world, std::span<const float> start, double year,
                                      const Parallel& parallel);

}  // namespace reformsim
