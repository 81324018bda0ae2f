// Traces as a file (HDF5, layout in results_file.md), and the search for the first difference of
// two of them.
#pragma once

#include <string>
#include <vector>

#include "engine/trace.hpp"
#include "population/population.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

// Writes PATH whole or not at all; one trace per replicate. `population` is that of the first.
// Throws RunError.
void write_trace(const std::string& path, const Scenario& scenario, const Population& population,
                 const std::vector<const Trace*>& traces);

// Where two traces first differ: replicate, term, mechanism, column, entity and how many of its
// rows, and options to look closer; `same` is set when they do not. InputError for what is
// not a trace.
std::string trace_difference(const std::string& a, const std::string& b, bool& same);

}  // namespace reformsim
