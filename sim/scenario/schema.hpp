// A JSON Schema (draft 2020-12) of the scenario language, for editors: completion, hover texts, and
// red underlines while typing. It accepts every valid scenario; `check` refuses more than it can
// express.
#pragma once

#include <nlohmann/json.hpp>

#include "scenario/field.hpp"

namespace reformsim {

nlohmann::ordered_json scenario_schema(const FieldTable& table);

}  // namespace reformsim
