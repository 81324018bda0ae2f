#include "population/projection.hpp"

#include <cmath>
#include <limits>

namespace reformsim {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// cos on [-pi/2, pi/2]; base/math.hpp has none, and libm's bits depend on the machine. The first
// term left out is below 5e-11.
double cosine(double x) {
  const double s = x * x;
  double p = 1.0;
  for (int k = 8; k >= 1; --k) p = 1.0 - p * s / ((2 * k - 1) * (2 * k));
  return p;
}

}  // namespace

void project(std::span<const double> latitude, std::span<const double> longitude,
             std::span<float> x, std::span<float> y) {
  constexpr double kRadian = 3.14159265358979323846 / 180.0;
  constexpr double kEarth = 6371.0088;  // mean radius, km
  double latitudes = 0, longitudes = 0, reference = kUnknown;
  std::size_t known = 0;
  // Longitudes are counted from that of the first place, so that a list across the 180th meridian
  // stays together.
  const auto turned = [&](double degrees) {
    const double from_reference = degrees - reference;
    return from_reference > 180    ? from_reference - 360
           : from_reference < -180 ? from_reference + 360
                                   : from_reference;
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(latitude[i]) || std::isnan(longitude[i])) continue;
    if (known++ == 0) reference = longitude[i];
    latitudes += latitude[i];
    longitudes += turned(longitude[i]);
  }
  const double middle = known > 0 ? latitudes / static_cast<double>(known) : 0;
  const double centre = known > 0 ? longitudes / static_cast<double>(known) : 0;
  const double narrowing = cosine(middle * kRadian);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool both = !std::isnan(latitude[i]) && !std::isnan(longitude[i]);
    x[i] = static_cast<float>(both ? kEarth * narrowing * kRadian * (turned(longitude[i]) - centre)
                                   : kUnknown);
    y[i] = static_cast<float>(both ? kEarth * kRadian * (latitude[i] - middle) : kUnknown);
  }
}

}  // namespace reformsim
