// Anchoring: what makes the world agree with the list again after burn-in, and sets the zeros of
// year 0.
#pragma once

#include "model/term.hpp"

namespace reformsim {

// What the deprivation of a listed school says about its score, and how much truth varies around
// that.
struct ScorePrior {
  double intercept = 0, slope = 0, true_variance = 0.16;
  double at(double deprivation) const { return intercept + slope * deprivation; }
  double sd() const { return __builtin_sqrt(true_variance); }
};
// `noise` is a pupil's SD of luck; schools without a score (NaN) say nothing.
ScorePrior score_prior(std::span<const float> score, std::span<const float> deprivation,
                       std::span<const float> pupils, double noise);

// Moves the zero of teaching to the system's present mean; yearly during burn-in, and at its end.
void centre_teaching(World& world, const Parallel& parallel);

// At year 0: value added averages 0; on an imported list each school's true score is drawn given
// its reported one (shrunken by its reliability), its cohorts' luck makes up the difference, so
// that the reported score is the list's; targets and budgets take this year as their reference.
void anchor(World& world, const ModelParameters& parameters, Key key);

}  // namespace reformsim
