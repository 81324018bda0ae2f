// What to say about a name of a scenario file that leads nowhere.
#pragma once

#include <string>

#include "scenario/field.hpp"

namespace reformsim {

// `path` as it was written. With the nearest name that exists, or the place where a right name
// belongs.
std::string unknown_name(const FieldTable& table, const std::string& path);

}  // namespace reformsim
