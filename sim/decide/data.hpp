// Numbers and texts as cells of CSV and values of JSON. Numbers carry nine significant digits: more
// than replicates support, and the same text wherever it is computed. What is not known is an empty
// cell, or null.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace reformsim {

std::string csv_cell(double value);
std::string csv_cell(const std::optional<double>& value);
std::string csv_cell(std::string_view text);

nlohmann::ordered_json json_number(double value);
nlohmann::ordered_json json_number(const std::optional<double>& value);

}  // namespace reformsim
