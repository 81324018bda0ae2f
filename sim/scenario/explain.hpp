// What a name in the scenario language means, from the field table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/field.hpp"

namespace reformsim {

// The fields a name stands for: a field, those of a section, or those whose last name it is.
std::vector<const Field*> fields_called(const FieldTable& table, std::string_view name);

// True when `explain` has an answer.
bool can_explain(const FieldTable& table, std::string_view name);

// A field in full, or the fields of a section one a line. For an unknown name an InputError with
// the nearest one; `others` are further names the caller can explain, for instance those of
// measures.
std::string explain(const FieldTable& table, std::string_view name,
                    const std::vector<std::string>& others = {});

}  // namespace reformsim
