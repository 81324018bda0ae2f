// Several scenarios that are compared under the same luck: which of them is the baseline, what they
// are called, and whether a comparison of them means anything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "population/population.hpp"
#include "scenario/scenario.hpp"

namespace reformsim::cli {

// The place of the baseline among the files; one that is not among them comes to stand first. The
// first file where none is named.
std::size_t place_baseline(std::vector<std::string>& files, const std::string& baseline);

// The stems of the files, each used once: reform, reform-2, reform-3.
std::vector<std::string> unique_names(const std::vector<std::string>& files);

// Without the same seed and the same replicates the luck is not the same, and no pair can be made.
// Throws InputError.
void require_same_luck(const std::vector<std::string>& files,
                       const std::vector<Scenario>& scenarios);

// The population of each scenario, shared where it is the same. Lists of schools are read here,
// before anything runs, so that a broken one is reported at once; so are schools and measures to be
// recorded that do not exist. Throws InputError with all problems.
std::vector<std::shared_ptr<const Population>> populations_of(
    const std::vector<Scenario>& scenarios);

// Sentences a reader of the comparison must know beside its numbers.
std::vector<std::string> notes_on(const std::vector<Scenario>& scenarios);

}  // namespace reformsim::cli
