// Reads an exercise and checks it: every name it uses, every scenario it compares.
#pragma once

#include <string>

#include "serve/exercise.hpp"

namespace reformsim::serve {

inline constexpr int kExerciseVersion = 1;

// Throws InputError with every problem of the file and of the scenarios in it. The table must
// outlive the exercise.
Exercise read_exercise(const std::string& file, const FieldTable& table);

}  // namespace reformsim::serve
