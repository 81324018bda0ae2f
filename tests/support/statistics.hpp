// Plain statistics for tests.
#pragma once

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "record/measures.hpp"
#include "record/school_statistics.hpp"

namespace support {

using namespace reformsim;

// x and y: anything with a size and numbers in it.
template <class X>
double mean(const X& x) {
  double sum = 0;
  for (const auto v : x) sum += static_cast<double>(v);
  return sum / static_cast<double>(x.size());
}

template <class X>
double sd(const X& x) {
  const double m = mean(x);
  double sum = 0;
  for (const auto v : x) sum += (static_cast<double>(v) - m) * (static_cast<double>(v) - m);
  return std::sqrt(sum / static_cast<double>(x.size() - 1));
}

template <class X>
double standard_error(const X& x) {
  return sd(x) / std::sqrt(static_cast<double>(x.size()));
}

template <class X, class Y>
double correlation(const X& x, const Y& y) {
  const double mx = mean(x), my = mean(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += (static_cast<double>(x[i]) - mx) * (static_cast<double>(y[i]) - my);
  return sum / static_cast<double>(x.size() - 1) / (sd(x) * sd(y));
}

// The system's measures of a world as it stands, as if it were year 0.
inline std::vector<double> measures_now(const World& world, const Parallel& parallel) {
  return measure_system(world, schools_at_start(world), 0, parallel);
}

// A system measure of the world as it stands.
inline double measure(const World& world, std::string_view name) {
  const auto& rows = system_measures();
  const std::vector<double> values = measures_now(world, Parallel(1));
  for (std::size_t m = 0; m < rows.size(); ++m)
    if (rows[m].name == name) return values[m];
  throw std::logic_error("no measure " + std::string(name));
}

}  // namespace support
