// Measures, amounts and robustness in the words of a workshop.
#pragma once

#include <string>
#include <string_view>

#include "serve/exercises.hpp"

namespace reformsim::serve {

// "Pressure felt by schools"; every measure of the system has one.
std::string label_of(std::string_view measure);

// "0.31 SD", "34%", "5,500"; and a difference: "+0.31 SD", "+8 points". "not defined" for NaN.
std::string level_words(std::string_view measure, double value);
std::string difference_words(std::string_view measure, double value);
// Of a quantity: a difference where it is one, a plain number where it is a ratio.
std::string amount_words(const Quantity& quantity, double value);

// "in 187 of 200 sets of parameters", "in all 200 sets of parameters", "in none of 200 ..."
std::string holds_words(const Found& found);

}  // namespace reformsim::serve
