// The whole field table: the settings of the scenario language, the levers, and every mechanism's
// switch and parameters.
#pragma once

#include <string_view>

#include "scenario/field.hpp"

namespace reformsim {

const FieldTable& field_table();

// A lever that takes no scope.
bool holds_for_the_whole_system(std::string_view path);

}  // namespace reformsim
