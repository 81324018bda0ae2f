// For tests of rules: directions, and numbers worked out by hand.
#pragma once

#include <cmath>
#include <initializer_list>

#include <catch2/catch.hpp>

namespace support {

// Whether f rises (or falls) strictly from each of these arguments to the next.
template <class F>
bool rises(F&& f, std::initializer_list<float> arguments) {
  auto before = -INFINITY;
  for (const float x : arguments) {
    const auto value = static_cast<float>(f(x));
    if (!(value > before)) return false;
    before = value;
  }
  return true;
}
template <class F>
bool falls(F&& f, std::initializer_list<float> arguments) {
  return rises([&](float x) { return -f(x); }, arguments);
}

inline Catch::Detail::Approx about(double value) {
  return Catch::Detail::Approx(value).margin(1e-6).epsilon(1e-5);
}

}  // namespace support
