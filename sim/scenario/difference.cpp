#include "scenario/difference.hpp"

#include <algorithm>
#include <cmath>

#include "scenario/words.hpp"

namespace reformsim {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kOfSet = "as in the set";  // each set of parameters has its own value

bool same_entry(const LeverEntry& a, const LeverEntry& b) {
  return a.value == b.value && a.from == b.from && a.ramp == b.ramp && a.to == b.to &&
         a.scope == b.scope;
}

// A schedule that only asks for what is there already is no policy.
bool moves(const Lever& lever) {
  return std::any_of(lever.reform.begin(), lever.reform.end(),
                     [&](const LeverEntry& entry) { return entry.value != lever.status_quo; });
}

bool same_lever(const Lever& a, const Lever& b) {
  if (a.status_quo != b.status_quo) return false;
  if (!moves(a) && !moves(b)) return true;
  if (a.reform.size() != b.reform.size()) return false;
  for (std::size_t i = 0; i < a.reform.size(); ++i)
    if (!same_entry(a.reform[i], b.reform[i])) return false;
  return true;
}

Json level_json(const Field& field, double level) {
  if (field.type == FieldType::choice) return level_text(field, level);
  if (field.type == FieldType::boolean) return level != 0;
  if (field.type == FieldType::integer) return static_cast<std::int64_t>(level);
  return level;
}

Json scope_json(const Scope& scope) {
  Json json = Json::object();
  if (!scope.districts.empty()) json["districts"] = scope.districts;
  for (const Condition& condition : scope.where) {
    Json& bounds = json["where"][condition.column];
    if (condition.column == "phase") bounds = condition.equals;
    if (std::isfinite(condition.min)) bounds["min"] = condition.min;
    if (std::isfinite(condition.max)) bounds["max"] = condition.max;
  }
  if (scope.share) {
    json["share"] = *scope.share;
    json["draw"] = scope.draw;
  }
  return json;
}

Json value_json(const Scenario& scenario, const Field& field) {
  if (scenario.in_sets(field.path)) return kOfSet;
  if (field.group == FieldGroup::lever) {
    const Lever& lever = scenario.lever(field.path);
    Json reform = Json::array();
    for (const LeverEntry& entry : lever.reform)
      reform.push_back({{"value", level_json(field, entry.value)},
                        {"from", entry.from},
                        {"ramp", entry.ramp},
                        {"to", std::isfinite(entry.to) ? Json(entry.to) : Json(nullptr)},
                        {"scope", scope_json(entry.scope)}});
    return {{"status_quo", level_json(field, lever.status_quo)}, {"reform", std::move(reform)}};
  }
  switch (field.type) {
    case FieldType::number:
      return scenario.number(field.path);
    case FieldType::integer:
      return scenario.integer(field.path);
    case FieldType::boolean:
      return scenario.flag(field.path);
    case FieldType::text:
    case FieldType::choice:
      return scenario.text(field.path);
    case FieldType::list:
      return scenario.list(field.path);
  }
  return nullptr;
}

std::string name_of(const Scenario& scenario) {
  const std::string& title = scenario.text("title");
  if (!title.empty()) return title;
  return scenario.files.empty() ? "(no title)" : scenario.files.front().path;
}

void add_lever(const Scenario& before, const Scenario& after, const Field& field,
               std::vector<Difference>& found) {
  const Lever& a = before.lever(field.path);
  const Lever& b = after.lever(field.path);
  if (same_lever(a, b)) return;
  std::string first = lever_text(field, a);
  std::string second = lever_text(field, b);
  if (a.status_quo != b.status_quo) {
    const auto lead = [&](const Lever& lever, std::string& text) {
      if (!lever.reform.empty())
        text = level_text(field, lever.status_quo) + " before the reform, then " + text;
    };
    lead(a, first);
    lead(b, second);
  }
  found.push_back({&field, std::move(first), std::move(second)});
}

}  // namespace

std::vector<Difference> difference(const Scenario& before, const Scenario& after) {
  REFORMSIM_CHECK(&before.table() == &after.table(), "two scenarios of two tables");
  const std::vector<Field>& rows = before.table().rows();
  std::vector<Difference> found;
  for (const Field& field : rows)
    if (field.group == FieldGroup::lever) add_lever(before, after, field, found);
  for (const FieldGroup group : {FieldGroup::mechanism, FieldGroup::parameter, FieldGroup::setting})
    for (const Field& field : rows) {
      if (field.group != group || field.path == "title" || field.path == "description" ||
          field.path == "parameters.file")
        continue;
      FieldValue a = before.value(field.path);
      FieldValue b = after.value(field.path);
      // Paths are compared as files: each is relative to its own scenario.
      const bool same =
          (field.unit == "file" ? before.file(field.path) == after.file(field.path) : a == b) &&
          before.in_sets(field.path) == after.in_sets(field.path);
      if (same || (field.path == "ensemble.lucks_per_set" && !before.parameter_sets() &&
                   !after.parameter_sets()))
        continue;
      const auto text = [&](const Scenario& scenario, const FieldValue& value) {
        return scenario.in_sets(field.path) ? std::string(kOfSet) : value_text(field, value);
      };
      found.push_back({&field, text(before, a), text(after, b)});
    }
  return found;
}

std::string difference_text(const Scenario& before, const Scenario& after) {
  std::string text = fmt::format("{} -> {}\n", name_of(before), name_of(after));
  const std::vector<Difference> found = difference(before, after);
  if (found.empty()) return text + "no difference\n";
  for (const Difference& item : found)
    text += fmt::format("{}: {} -> {}\n", item.field->path, item.before, item.after);
  return text;
}

nlohmann::ordered_json difference_json(const Scenario& before, const Scenario& after) {
  static const char* const groups[] = {"setting", "lever", "mechanism", "parameter"};
  Json list = Json::array();
  for (const Difference& item : difference(before, after))
    list.push_back({{"path", item.field->path},
                    {"kind", groups[static_cast<int>(item.field->group)]},
                    {"unit", item.field->unit},
                    {"before", value_json(before, *item.field)},
                    {"after", value_json(after, *item.field)},
                    {"words", item.before + " -> " + item.after}});
  return {{"before", name_of(before)}, {"after", name_of(after)}, {"differences", std::move(list)}};
}

}  // namespace reformsim
