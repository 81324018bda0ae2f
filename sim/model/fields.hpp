// The whole field table: the settings of the scenario language, the levers, and every mechanism's
// switch and parameters.
#pragma once

#include "scenario/field.hpp"

namespace reformsim {

const FieldTable& field_table();

}  // namespace reformsim
