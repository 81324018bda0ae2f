// A population from a list of real schools: a CSV whose columns the scenario names
// (population.columns.*). What happens to a missing or a bad value is stated for each column in
// scenarios/populations/README.md.
#pragma once

#include "population/population.hpp"
#include "scenario/csv.hpp"

namespace reformsim {

// Throws InputError with every bad row (the first 50 of them, and how many more) unless
// population.on_bad_row is `skip`; then rows are left out and counted in Population::notes.
Population import_population(const Scenario& scenario);

// The same from a list that has been read, whatever file the scenario names.
Population import_population(const Scenario& scenario, const CsvTable& csv);

}  // namespace reformsim
