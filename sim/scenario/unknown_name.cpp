#include "scenario/unknown_name.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "scenario/values.hpp"
#include "scenario/words.hpp"

namespace reformsim {

std::string unknown_name(const FieldTable& table, const std::string& path) {
  if (path.substr(path.rfind('.') + 1) == "<<") {
    return "merge keys ('<<') are not part of the language; use 'extends', or repeat the alias";
  }
  const bool is_status_quo = path.starts_with("status_quo.");
  const std::string written = is_status_quo ? "levers" + path.substr(10) : path;
  // The part that is wrong is the first name that leads nowhere.
  std::string section;
  std::string name = written;
  for (std::size_t dot = written.find('.'); dot != std::string::npos;
       dot = written.find('.', dot + 1)) {
    if (!table.is_section(written.substr(0, dot))) break;
    section = written.substr(0, dot);
    name = written.substr(dot + 1);
  }
  if (section.empty() && table.is_section("levers." + name.substr(0, name.find('.')))) {
    return fmt::format(
        "{} is a lever; levers stand under 'levers' (the reform) or 'status_quo' "
        "(what holds before it)",
        in_quotes(path));
  }
  std::vector<std::string> candidates = table.names_below(section);
  if (section.empty())
    candidates.insert(candidates.end(),
                      {"reformsim", "extends", "levers", "status_quo", "mechanisms", "parameters"});
  for (const Field& field : table.rows()) {
    const std::string full = written_path(field);
    if (section.empty()) {
      candidates.push_back(full);
      candidates.push_back(field.path);  // a lever as --set takes it
    } else if (full.starts_with(section + '.')) {
      candidates.push_back(full.substr(section.size() + 1));
    }
  }
  std::string hint = did_you_mean(name, candidates);
  if (hint.empty()) {
    // The right name at the wrong place: `years: 5` for `horizon: {years: 5}`.
    for (const Field& field : table.rows())
      if (field.path.ends_with('.' + name)) {
        hint = fmt::format("; did you mean '{}'?", written_path(field));
        break;
      }
  }
  // A short list of settings is worth printing; levers and parameters are too many.
  constexpr std::size_t few = 8;
  const std::vector<std::string> here = table.names_below(section);
  const Field* first = here.empty() ? nullptr : table.find(section + '.' + here.front());
  if (hint.empty() && first != nullptr && first->group == FieldGroup::setting &&
      !section.starts_with("parameters") && here.size() <= few)
    hint = "; expected one of " + join(here);
  const std::string shown_section =
      is_status_quo ? "status_quo" + section.substr(std::min<std::size_t>(6, section.size()))
                    : section;
  return shown_section.empty()
             ? fmt::format("{} is not known{}", in_quotes(name), hint)
             : fmt::format("{}: {} is not known{}", shown_section, in_quotes(name), hint);
}

}  // namespace reformsim
