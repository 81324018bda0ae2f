// Stocks between 0 and 1: trust, capacity, contact. What is missing is gained at one yearly rate,
// what is there is lost at another, and the length of the term does not matter.
#pragma once

#include "base/math.hpp"

namespace reformsim {

// Where a stock stands after `years` of gaining `gains` of what it lacks and losing `losses` of
// what it has, both per year.
inline float filled(float stock, float gains, float losses, float years) {
  const float rate = gains + losses;
  const float settles = gains / (rate > 1e-9f ? rate : 1e-9f);
  return unit(settles + (stock - settles) * exp(-rate * years));
}

}  // namespace reformsim
