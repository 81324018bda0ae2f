// An exercise as a page for whoever leads it: made to be printed, it needs nothing else.
#pragma once

#include <string>

#include "serve/exercises.hpp"

namespace reformsim::serve {

std::string facilitator_page(const Exercise& exercise, const Robust& robust);

}  // namespace reformsim::serve
