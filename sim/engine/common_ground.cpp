#include "engine/common_ground.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace reformsim {
namespace {

// The rows that `counts` names, and the contents of all files but scenarios: these count by what
// stands in them.
template <class Counts>
std::string ground(const Scenario& scenario, Counts&& counts) {
  std::string text;
  for (const Field& row : scenario.table().rows()) {
    if (!counts(row)) continue;
    if (row.group == FieldGroup::lever)
      text += fmt::format("{}={}\n", row.path, scenario.lever(row.path).status_quo);
    else
      std::visit([&](const auto& value) { text += fmt::format("{}={}\n", row.path, value); },
                 scenario.value(row.path));
  }
  for (const InputFile& file : scenario.files)
    if (file.role != "scenario") text += fmt::format("{} {}\n", file.role, file.digest);
  return text;
}

}  // namespace

std::string common_ground(const Scenario& scenario) {
  static constexpr std::array<std::string_view, 6> kFree = {
      "title",           "description",    "horizon.years", "ensemble.replicates",
      "population.file", "parameters.file"};
  return ground(scenario, [](const Field& row) {
    return row.group == FieldGroup::lever ||
           (!row.path.starts_with("record.") &&
            std::find(kFree.begin(), kFree.end(), row.path) == kFree.end());
  });
}

std::string population_ground(const Scenario& scenario) {
  return ground(scenario, [](const Field& row) {
    return row.path.starts_with("population.") && row.path != "population.file";
  });
}

}  // namespace reformsim
