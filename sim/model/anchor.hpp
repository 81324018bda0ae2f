// Anchoring: what makes the world agree with the list again after burn-in, and sets the zeros of
// year 0.
#pragma once

#include <vector>

#include "model/term.hpp"

namespace reformsim {

// What the deprivation of a listed school says about its score, and how much truth varies around
// that.
struct ScorePrior {
  double intercept = 0, slope = 0, true_variance = 0.16;
  double at(double deprivation) const { return intercept + slope * deprivation; }
  double sd() const { return __builtin_sqrt(true_variance); }
};
// How much a score of so many pupils varies by luck: that of its cohorts and that of the occasion.
struct LuckVariance {
  double cohorts = 0, occasion = 0;
  double both() const { return cohorts + occasion; }
};
LuckVariance luck_variance(const Measurement::Params& p, double pupils);

// Schools without a score (NaN) say nothing.
ScorePrior score_prior(std::span<const float> score, std::span<const float> deprivation,
                       std::span<const float> pupils, const Measurement::Params& luck_of);

// What a listed school's deprivation and its district say about its score; 0 for the others. The
// district counts as far as its schools are enough to tell its effect from their own.
struct Expectation {
  std::vector<double> score;   // by school
  std::vector<double> unsure;  // variance that the district's effect still has
  double within = 0;           // variance of the truth around it, but for that
};
Expectation expectation(const World& world, const Measurement::Params& luck_of);

// Moves the zero of teaching to the system's present mean; yearly during burn-in, and at its end.
void centre_teaching(World& world, const Parallel& parallel);

// At year 0: roll and deprivation are the list's; value added averages 0; on an imported list each
// school's true score is drawn given its reported one (shrunken by its reliability), luck makes up
// the difference, part of it the cohorts' and part the occasion's, so that the reported score is
// the list's; targets and budgets take this year as their reference.
//
// Where the drawn truth and the simulated score differ, intake makes up the difference, but for a
// part: a score above what deprivation and district predict is a sign of a good school as far as
// schools make scores. That part is in rooted practice since the start (initial.cpp); what burn-in
// has not kept of it is given to practice again, with what the year groups would have learnt by it.
void anchor(World& world, const ModelParameters& parameters, Key key);

}  // namespace reformsim
