// Whether there are replicates enough to answer: looked at after each batch, in the order of
// replicates, so that the same question ends at the same number whoever computes it.
//
// The price of looking: an interval that is looked at again and again leaves out zero too easily.
// Where it is only to become narrow, the one at which it ends is a little too narrow. Where it ends
// because an interval leaves out zero, scenarios that do not differ are called different in 14 % of
// all cases at 5 looks, 19 % at 10 and 25 % at 20, instead of 5 % (Armitage, McPherson & Rowe 1969,
// Journal of the Royal Statistical Society A 132, 235-244). Who reads the result is told how often
// it was looked at, and which of the two it was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decide/comparison.hpp"

namespace reformsim {

struct Precision {
  std::size_t measure = 0;  // in the list of measures
  // Every scenario's difference to the baseline at the end is known to within this. Without it:
  // the order of the scenarios is settled, that is every two of them are clearly different, or
  // alike: apart by less than a week of learning (kLeastDifference), where that is the unit.
  std::optional<double> half_width;
};

// "true_attainment_mean" or "true_attainment_mean=0.01". Throws InputError; `option` is where the
// text was written.
Precision read_precision(const std::string& text, const std::string& option,
                         const std::vector<Measure>& measures);

bool settled(const Precision& precision, const std::vector<Ensemble>& ensembles,
             const std::vector<Measure>& measures, std::size_t baseline);

// What a reader must know beside the numbers. `reached`: settled, rather than stopped at the most.
std::string precision_note(const Precision& precision, const std::vector<Measure>& measures,
                           std::size_t replicates, std::size_t looks, bool reached);

}  // namespace reformsim
