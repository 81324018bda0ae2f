#include "engine/common_ground.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace reformsim {

std::string common_ground(const Scenario& scenario) {
  static constexpr std::array<std::string_view, 6> kFree = {
      "title",           "description",    "horizon.years", "ensemble.replicates",
      "population.file", "parameters.file"};  // files count by what is in them
  std::string text;
  for (const Field& row : scenario.table().rows()) {
    const std::string& path = row.path;
    if (row.group == FieldGroup::lever) {
      text += fmt::format("{}={}\n", path, scenario.lever(path).status_quo);
      continue;
    }
    if (path.starts_with("record.") || std::find(kFree.begin(), kFree.end(), path) != kFree.end())
      continue;
    switch (row.type) {
      case FieldType::number:
        text += fmt::format("{}={}\n", path, scenario.number(path));
        break;
      case FieldType::integer:
        text += fmt::format("{}={}\n", path, scenario.integer(path));
        break;
      case FieldType::boolean:
        text += fmt::format("{}={}\n", path, scenario.flag(path));
        break;
      case FieldType::list:
        for (const std::string& item : scenario.list(path))
          text += fmt::format("{}:{}\n", path, item);
        break;
      default:
        text += fmt::format("{}={}\n", path, scenario.text(path));
    }
  }
  for (const InputFile& file : scenario.files)
    if (file.role != "scenario") text += fmt::format("{} {}\n", file.role, file.digest);
  return text;
}

}  // namespace reformsim
