// What a list tells about a school's true score besides its reported one: what schools of its
// phase, deprivation and district score, and how much of a score is luck.
#pragma once

#include <array>
#include <vector>

#include "model/term.hpp"

namespace reformsim {

// What the deprivation and the phase of a listed school say about its score, and how much truth
// varies around that. A curve for each phase: older pupils ask for fewer free meals, and each phase
// has its own test, so a secondary school below the primaries of its deprivation is no weak school.
// A parabola, for scores fall fastest among the richest schools. Each pupil counts the same, so
// that the pupils of a phase are on its curve on average.
struct ScorePrior {
  // mean + slope * z + bend * (z^2 - skew * z - variance), z the deprivation less its mean: the
  // three terms have nothing to do with one another.
  struct Curve {
    double mean = 0, slope = 0, bend = 0;
    double deprivation = 0, variance = 0, skew = 0;
    double bent(double z) const { return z * z - skew * z - variance; }
    double at(double x) const {
      const double z = x - deprivation;
      return mean + slope * z + bend * bent(z);
    }
  };
  std::array<Curve, 3> curve;  // by phase
  double true_variance = 0.16;
  double at(int phase, double deprivation) const {
    return curve[static_cast<std::size_t>(phase)].at(deprivation);
  }
  double sd() const { return __builtin_sqrt(true_variance); }
};
// How much a score of so many pupils varies by luck: that of its cohorts and that of the occasion.
struct LuckVariance {
  double cohorts = 0, occasion = 0;
  double both() const { return cohorts + occasion; }
};
LuckVariance luck_variance(const Measurement::Params& p, double pupils);

// Schools without a score (NaN) say nothing.
ScorePrior score_prior(std::span<const float> score, std::span<const std::int32_t> phase,
                       std::span<const float> deprivation, std::span<const float> pupils,
                       const Measurement::Params& luck_of);

// What a listed school's deprivation and its district say about its score; 0 for the others. The
// district counts as far as its schools are enough to tell its effect from their own.
struct Expectation {
  std::vector<double> score;   // by school
  std::vector<double> unsure;  // variance that the district's effect still has
  double within = 0;           // variance of the truth around it, but for that
};
Expectation expectation(const World& world, const Measurement::Params& luck_of);

}  // namespace reformsim
