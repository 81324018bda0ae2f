// Luck and parameters apart. Where replicates simulate sets of parameters, several lucks each, what
// they measure varies for two reasons: between sets, because nobody knows the parameters, and
// within sets, by luck. More replicates make the second smaller, and never the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "scenario/scenario.hpp"

namespace reformsim {

// By replicate the number of its set, from 0. Empty: there are no sets, and replicates differ by
// luck alone.
using SetOfReplicate = std::span<const std::size_t>;

// That of the scenario's replicates; empty where its replicates do not differ in their parameters
// (a set alone is a file of parameters).
std::vector<std::size_t> sets_of(const Scenario& scenario,
                                 const std::vector<std::uint32_t>& replicates);

// The values of the same set averaged, in the order in which sets first appear; without sets the
// values themselves. Values that are not finite do not count.
std::vector<double> set_means(std::span<const double> values, SetOfReplicate sets);

// The mean of the set means with its standard error, from the spread of the set means alone: lucks
// of one set are no independent witnesses of what the parameters do (cluster means; Donner & Klar
// 2000, Design and Analysis of Cluster Randomization Trials, section 6.4).
struct ClusteredMean {
  std::size_t values = 0, sets = 0;  // that count; without sets both are the same
  double mean = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();  // NaN with fewer than two sets
};
ClusteredMean clustered_mean(std::span<const double> values, SetOfReplicate sets);

// One-way random effects by the method of moments, for sets of unequal numbers of lucks too
// (Searle, Casella & McCulloch 1992, Variance Components, section 3.6). Standard deviations; a
// variance that comes out below zero is zero. NaN where nothing is known: of either without two
// lucks in some set or without sets, of parameters without two sets.
struct VarianceParts {
  double parameters = std::numeric_limits<double>::quiet_NaN();
  double luck = std::numeric_limits<double>::quiet_NaN();
};
VarianceParts variance_parts(std::span<const double> values, SetOfReplicate sets);

// Nine in ten sets lie between these, had luck been averaged out: set means, drawn together around
// their mean until they vary as much as `parameters` says. NaN where that is not known, and where
// `parameters` is zero beside luck: sets that cannot be told from luck are not therefore alike, and
// a band without width would say so.
struct ParameterBand {
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};
ParameterBand parameter_band(std::span<const double> values, SetOfReplicate sets);

// Of values in ascending order, at least one; interpolates linearly between them.
double percentile(const std::vector<double>& sorted, double share);

}  // namespace reformsim
