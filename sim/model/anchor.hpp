// Anchoring: what makes the world agree with the list again after burn-in, and sets the zeros of
// year 0.
#pragma once

#include "model/term.hpp"

namespace reformsim {

// Moves the zero of teaching so that the system's pupils learn what is usual in the present year,
// in the time and with the reach they have; yearly during burn-in, and at its end.
void centre_teaching(World& world, const ModelParameters& parameters, const Parallel& parallel);

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
