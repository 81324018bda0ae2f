// Latitude and longitude as kilometres on a plane.
#pragma once

#include <span>

namespace reformsim {

// Kilometres east and north of the middle of the places (equirectangular: right to 1% within 500 km
// of the middle at 45 degrees). Where one of the two is NaN the place is unknown: both results are
// NaN.
void project(std::span<const double> latitude, std::span<const double> longitude,
             std::span<float> x, std::span<float> y);

}  // namespace reformsim
