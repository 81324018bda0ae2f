// Designs in unit space, [point][factor], each coordinate in [0, 1) unless said otherwise. All but
// the Latin hypercube begin with the same points however many they have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reformsim {

// The Sobol' sequence from its beginning, the point of zeros included (only with it do the first
// 2^k points fill 2^k slices evenly): as many dimensions as there are shifts, at least one and at
// most sobol_dimensions(). The bits of a coordinate are flipped where its shift has ones, which
// keeps the evenness and takes the point of zeros off the corner.
std::vector<double> sobol_sequence(std::size_t points, const std::vector<std::uint64_t>& shift);
std::size_t sobol_dimensions();

std::vector<double> random_units(std::size_t points, std::size_t factors, std::uint64_t seed);

// Each point is shaken within its slices.
std::vector<double> latin_hypercube_units(std::size_t points, std::size_t factors,
                                          std::uint64_t seed);

std::vector<double> sobol_units(std::size_t points, std::size_t factors, std::uint64_t seed);

// For each base point A, AB_1 .. AB_d, [BA_1 .. BA_d,] B, where AB_i is A with the i-th coordinate
// of B. A is the first half of a point of the Sobol' sequence in 2 d dimensions, B the second.
std::vector<double> saltelli_units(std::size_t base_points, std::size_t factors, bool second_order,
                                   std::uint64_t seed);

// Trajectories of Morris (1991) over `levels` equally spaced levels from 0 to 1, an even number:
// every factor starts at any of them and makes one step, over half of the levels, to the side that
// has room for it; the factors in random order.
std::vector<double> morris_units(std::size_t trajectories, std::size_t factors, int levels,
                                 std::uint64_t seed);

}  // namespace reformsim
