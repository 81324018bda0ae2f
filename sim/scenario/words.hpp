// Values, ranges, levers and scopes in words, the same in error messages, `explain` and `diff`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/field.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

// "a share from 0 to 1", "a whole number from 1 to 100 (year)", "one of none, voluntary, mandated".
std::string expectation(const Field& field);
std::string expected_number(double low, double high, std::string_view unit, bool whole = false);

// The shortest text that reads back as the same number; never "-0".
std::string number_text(double value);

// A text from a file as it is quoted in a message: in quotes, without line breaks, at most 60
// characters.
std::string in_quotes(std::string_view text);

// Without the blanks, tabs and ends of line around it.
std::string trimmed(std::string_view text);

std::string join(const std::vector<std::string>& items, std::string_view between = ", ",
                 std::string_view before_last = ", ");

// A value as a person writes it: 0.8, on, 'mandated'. The second form is for levers.
std::string value_text(const Field& field, const FieldValue& value);
std::string level_text(const Field& field, double level);

// "in primary schools of Alameda City Unified"; empty for the whole system.
std::string scope_text(const Scope& scope);

// "0.1 throughout" or "rises to 0.8 from year 0 over 2 years in primary schools"; entries joined by
// "; ".
std::string lever_text(const Field& field, const Lever& lever);

}  // namespace reformsim
