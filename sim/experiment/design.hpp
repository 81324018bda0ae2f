// Which points of the factors' space an experiment visits. A design is a matrix in unit space
// (points x factors, each coordinate in [0, 1), of morris in [0, 1]), laid over the factors by the
// inverse of their distribution; designs that people write themselves (list, CSV) name the values.
//
// Everything is a pure function of the factors and the design's settings; the same on every rank.
// Draws are keyed by the design's seed, what they are for, and the numbers of point and factor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace reformsim {

enum class FactorKind {
  levels,       // one of `levels`, equally likely
  uniform,      // on [low, high]
  log_uniform,  // its logarithm is; low > 0
  normal,       // cut to [low, high]
  log_normal,   // its logarithm is normal with `mean` and `sd`; cut to [low, high]
  triangular    // on [low, high] with its top at `mode`
};

struct Factor {
  std::string path;  // as a scenario file writes it: "levers.networks.expectation"
  FactorKind kind = FactorKind::uniform;
  std::vector<double> levels{};  // values; of a choice or a switch: the numbers of its names
  double low = 0, high = 1;
  double mean = 0, sd = 1, mode = 0;
  // An integer field: values of a range are rounded to the nearest whole number in it. The first
  // and the last get half a share, unless the range reaches half a number beyond them (0.5 to 4.5
  // gives 1 to 4, equally likely).
  bool whole = false;
  // Of a range in a grid, zip or one_at_a_time: so many values from low to high, equally far apart
  // in unit space.
  std::optional<int> steps{};
  Place place{};
};

// The value at `unit` in [0, 1]: the inverse of the distribution function (Boost.Math). Levels: the
// one whose share of the unit interval holds it, the last one at 1. Ranges: low at 0, high at 1,
// never outside, and never less at a larger `unit`.
double factor_value(const Factor& factor, double unit);

enum class DesignKind {
  grid,             // every combination; the last factor changes fastest
  zip,              // the n-th level of each factor together; equally many levels
  list,             // written in the plan
  csv,              // written in a file
  one_at_a_time,    // the base point, then each other level of each factor alone
  random,           // independent draws
  latin_hypercube,  // one point in each of n equal slices of every factor
  sobol,            // Sobol' sequence with a digital shift
  saltelli,         // for Sobol' indices: A, AB_1..AB_d, [BA_1..BA_d,] B for each base point
  morris            // trajectories of d + 1 points, for elementary effects
};
const std::vector<std::string>& design_names();  // in the order of DesignKind

struct DesignSettings {
  DesignKind kind = DesignKind::grid;
  std::int64_t points = 0;         // random, latin_hypercube, sobol; base points of saltelli
  bool second_order = false;       // saltelli: BA points too
  std::int64_t trajectories = 10;  // morris
  int levels = 4;                  // morris: an even number of levels of unit space
  std::uint64_t seed = 1;          // of random parts; a design of more points begins with the
                                   // same ones (random, sobol, saltelli, morris)
  std::vector<std::vector<double>> rows{};  // list and csv: values, [point][factor]
  std::vector<double> base{};               // one_at_a_time: the scenario's own values, [factor]
  Place place{};
};

struct Design {
  std::size_t factors = 0;
  std::vector<double> unit;   // [point][factor]; empty where unit space has no part in it
  std::vector<double> value;  // [point][factor]
  std::size_t points() const {
    return factors == 0 ? (value.empty() ? 1 : 0) : value.size() / factors;
  }
  double at(std::size_t point, std::size_t factor) const { return value[point * factors + factor]; }
};

inline constexpr std::size_t kMostDesignPoints = 10'000'000;

// How many points a design has, without making it; 0 when the settings do not fit the factors, the
// largest number there is when they are more than that. No factors: 1.
std::size_t design_points(const DesignSettings& settings, const std::vector<Factor>& factors);

// What is wrong with the settings for these factors: zip with unequal numbers of levels, a grid
// over a range without `steps`, a distribution with nothing between low and high, more dimensions
// than the Sobol' sequence has, an odd number of Morris levels, more than kMostDesignPoints ...
// Empty when nothing is.
std::vector<Problem> check_design(const DesignSettings& settings,
                                  const std::vector<Factor>& factors);

// The design; the settings must have passed check_design. No factors: one point.
Design make_design(const DesignSettings& settings, const std::vector<Factor>& factors);

}  // namespace reformsim
