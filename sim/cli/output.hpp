// Where results go: everything that can be known to be wrong is said before the run starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "population/population.hpp"
#include "scenario/scenario.hpp"

namespace reformsim::cli {

struct Output {
  std::string option;  // "-o", for messages
  std::string path;
};

// Throws InputError when an output is an input or another output, is a folder, or stands in a
// folder that does not exist; RunError when its folder cannot be written or has less free space
// than `bytes`.
void check_outputs(const std::vector<Output>& outputs, const std::vector<std::string>& inputs,
                   std::uint64_t bytes);

// The whole file or none of it.
void write_text(const std::string& path, const std::string& text);

// Every file the scenarios were read from.
std::vector<std::string> input_files(const std::vector<const Scenario*>& scenarios);

// An upper bound of the size of one scenario's results, for the check of free space. Throws
// InputError when the scenario records schools or measures that do not exist.
std::uint64_t results_bytes(const Scenario& scenario, const Population& population);

// "results/R.h5" becomes "results/R.incomplete.h5".
std::string incomplete_path(const std::string& path);

// What a stopped run leaves in place of the results, as an output to be checked.
Output incomplete_output(const std::string& path);

}  // namespace reformsim::cli
