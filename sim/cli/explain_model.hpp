// What `explain` says of the model itself: its mechanisms, and who reads and writes a column or a
// lever. All of it is what the mechanisms declare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/term.hpp"

namespace reformsim::cli {

// Called `choice`, `mechanisms.choice` or `M9`; a code may stand for two.
std::vector<const Mechanism*> mechanisms_called(std::string_view name);
std::string mechanism_text(const Mechanism& mechanism);
nlohmann::ordered_json mechanism_json(const Mechanism& mechanism);

// `whole`: with unit and meaning; else only the lines that a measure of the same name lacks.
std::string column_text(Column column, bool whole);
nlohmann::ordered_json column_json(Column column);

// Mechanisms that use the lever with this path; empty when it is read at year 0 alone.
std::vector<std::string> users_of(std::string_view lever);

// Names for "did you mean".
std::vector<std::string> model_names();

}  // namespace reformsim::cli
