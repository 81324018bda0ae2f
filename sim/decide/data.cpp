#include "decide/data.hpp"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace reformsim {

using Json = nlohmann::ordered_json;

std::string csv_cell(double value) {
  return std::isfinite(value) ? fmt::format("{:.9g}", value) : "";
}

std::string csv_cell(const std::optional<double>& value) { return value ? csv_cell(*value) : ""; }

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

Json json_number(double value) {
  if (!std::isfinite(value)) return Json(nullptr);
  return Json(std::strtod(fmt::format("{:.9g}", value).c_str(), nullptr));
}

Json json_number(const std::optional<double>& value) {
  return value ? json_number(*value) : Json(nullptr);
}

}  // namespace reformsim
