#include "engine/common_ground.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace reformsim {
namespace {

// The rows that `counts` names, and the contents of the files of these roles. All other files count
// by what stands in them.
template <class Counts>
std::string ground(const Scenario& scenario, std::initializer_list<std::string_view> roles,
                   Counts&& counts) {
  std::string text;
  for (const Field& row : scenario.table().rows()) {
    if (!counts(row)) continue;
    if (row.group == FieldGroup::parameter && scenario.in_sets(row.path))
      text += fmt::format("{} of the set\n", row.path);
    else if (row.group == FieldGroup::lever)
      text += fmt::format("{}={}\n", row.path, scenario.lever(row.path).status_quo);
    else
      std::visit([&](const auto& value) { text += fmt::format("{}={}\n", row.path, value); },
                 scenario.value(row.path));
  }
  for (const InputFile& file : scenario.files)
    if (std::find(roles.begin(), roles.end(), file.role) != roles.end())
      text += fmt::format("{} {}\n", file.role, file.digest);
  return text;
}

}  // namespace

std::string common_ground(const Scenario& scenario) {
  static constexpr std::array<std::string_view, 7> kFree = {
      "title",           "description",     "horizon.years",  "ensemble.replicates",
      "population.file", "parameters.file", "parameters.sets"};
  const bool sets = scenario.parameter_sets() != nullptr;
  return ground(scenario, {"population", "sets"}, [&](const Field& row) {
    return row.group == FieldGroup::lever ||
           (!row.path.starts_with("record.") && (sets || row.path != "ensemble.lucks_per_set") &&
            std::find(kFree.begin(), kFree.end(), row.path) == kFree.end());
  });
}

std::string population_ground(const Scenario& scenario) {
  return ground(scenario, {"population"}, [](const Field& row) {
    return row.path.starts_with("population.") && row.path != "population.file";
  });
}

}  // namespace reformsim
