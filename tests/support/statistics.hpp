// Plain statistics for tests.
#pragma once

#include <cmath>
#include <span>
#include <string_view>

#include "record/measures.hpp"

namespace support {

using namespace reformsim;

template <class T>
double mean(std::span<const T> x) {
  double sum = 0;
  for (const T v : x) sum += static_cast<double>(v);
  return sum / static_cast<double>(x.size());
}

template <class T>
double sd(std::span<const T> x) {
  const double m = mean(x);
  double sum = 0;
  for (const T v : x) sum += (static_cast<double>(v) - m) * (static_cast<double>(v) - m);
  return std::sqrt(sum / static_cast<double>(x.size() - 1));
}

template <class T>
double standard_error(std::span<const T> x) {
  return sd(x) / std::sqrt(static_cast<double>(x.size()));
}

template <class T, class U>
double correlation(std::span<const T> x, std::span<const U> y) {
  const double mx = mean(x), my = mean(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += (static_cast<double>(x[i]) - mx) * (static_cast<double>(y[i]) - my);
  return sum / static_cast<double>(x.size() - 1) / (sd(x) * sd(y));
}

// A system measure of the world as it stands.
inline double measure(const World& world, std::string_view name) {
  const auto& rows = system_measures();
  const std::vector<double> values = measure_system(world, Parallel(1));
  for (std::size_t m = 0; m < rows.size(); ++m)
    if (rows[m].name == name) return values[m];
  throw std::logic_error("no measure " + std::string(name));
}

}  // namespace support
