#include "cli/explain_model.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/help.hpp"
#include "model/fields.hpp"
#include "model/tables.hpp"
#include "scenario/words.hpp"

namespace reformsim::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 12, kWidth = 80;

std::string with_code(const Mechanism& m) { return fmt::format("{} ({})", m.name, m.code); }

std::vector<std::string> names_of(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column column : columns) names.emplace_back(info(column).name);
  return names;
}

std::vector<std::string> names_of(const std::vector<LeverId>& levers) {
  std::vector<std::string> names;
  for (const LeverId lever : levers) names.emplace_back(lever_path(lever));
  return names;
}

// Nothing for an empty list.
std::string line(std::string_view label, const std::vector<std::string>& items) {
  if (items.empty()) return "";
  return fmt::format("  {:<9} {}\n", label, wrapped(join(items), kWidth - kIndent, kIndent));
}

const Field* switch_of(const Mechanism& mechanism) {
  return field_table().find(fmt::format("mechanisms.{}", mechanism.name));
}

std::vector<const Field*> parameters_of(const Mechanism& mechanism) {
  const std::string section = fmt::format("parameters.{}.", mechanism.name);
  std::vector<const Field*> rows;
  for (const Field& row : field_table().rows())
    if (row.path.starts_with(section)) rows.push_back(&row);
  return rows;
}

// The mechanisms that have the column in one of their lists.
std::vector<std::string> who(Column column, std::vector<Column> Mechanism::*list) {
  std::vector<std::string> names;
  for (const Mechanism& mechanism : term_schedule()) {
    const std::vector<Column>& columns = mechanism.*list;
    if (std::find(columns.begin(), columns.end(), column) != columns.end())
      names.push_back(with_code(mechanism));
  }
  return names;
}

}  // namespace

std::vector<const Mechanism*> mechanisms_called(std::string_view name) {
  std::vector<const Mechanism*> found;
  for (const Mechanism& mechanism : term_schedule())
    if (name == mechanism.name || (name == mechanism.code && name != "owner") ||
        name == fmt::format("mechanisms.{}", mechanism.name))
      found.push_back(&mechanism);
  return found;
}

std::string mechanism_text(const Mechanism& mechanism) {
  const bool numbered = mechanism.code != "owner";
  std::string text = fmt::format("{} ({})\n  {}\n", mechanism.name,
                                 numbered ? fmt::format("mechanism {}", mechanism.code)
                                          : "a unit that applies what mechanisms declare",
                                 wrapped(std::string(mechanism.meaning), kWidth - 2, 2));
  if (const Field* field = switch_of(mechanism))
    text += fmt::format("  {:<9} {}: {} unless told otherwise\n", "switch", field->path,
                        value_text(*field, field->standard));
  text += line("levers", names_of(mechanism.uses));
  text += line("reads", names_of(mechanism.reads));
  text += line("owns", names_of(mechanism.owns));
  text += line("adds to", names_of(mechanism.adds));
  text += line("moves", names_of(mechanism.moves));
  const std::vector<const Field*> parameters = parameters_of(mechanism);
  if (!parameters.empty()) text += "  parameters\n";
  for (const Field* row : parameters) {
    text += fmt::format("    {} = {}\n", row->path, value_text(*row, row->standard));
    text += fmt::format("      {}; {}\n", expectation(*row),
                        row->free ? "free" : "held constant in calibration");
    text += fmt::format("      {}\n", wrapped(row->meaning, kWidth - 6, 6));
  }
  return text;
}

Json mechanism_json(const Mechanism& mechanism) {
  Json entry = {{"name", mechanism.name},
                {"kind", "mechanism"},
                {"code", mechanism.code},
                {"meaning", mechanism.meaning}};
  const Field* field = switch_of(mechanism);
  entry["switch"] = field ? Json(field->path) : Json(nullptr);
  if (field) entry["default"] = std::get<bool>(field->standard);
  entry["levers"] = names_of(mechanism.uses);
  entry["reads"] = names_of(mechanism.reads);
  entry["owns"] = names_of(mechanism.owns);
  entry["adds"] = names_of(mechanism.adds);
  entry["moves"] = names_of(mechanism.moves);
  entry["parameters"] = Json::array();
  for (const Field* row : parameters_of(mechanism)) entry["parameters"].push_back(row->path);
  return entry;
}

std::string column_text(Column column, bool whole) {
  const ColumnInfo& row = info(column);
  std::string text;
  if (whole) {
    text = fmt::format("{} (column of the {})\n  {}\n", row.name, name_of(row.entity),
                       wrapped(std::string(row.meaning), kWidth - 2, 2));
    if (row.low != row.high) text += fmt::format("  {:<9} {} to {}\n", "range", row.low, row.high);
    text += fmt::format("  {:<9} {}\n", "unit", row.unit);
  }
  text += fmt::format("  {:<9} {}, {}{}\n", "column", name_of(row.kind), name_of(row.type),
                      row.width == Width::one ? "" : fmt::format(" by {}", name_of(row.width)));
  text += line("owner", who(column, &Mechanism::owns));
  text += line("changed", who(column, &Mechanism::adds));
  text += line("moved by", who(column, &Mechanism::moves));
  text += line("read by", who(column, &Mechanism::reads));
  return text;
}

Json column_json(Column column) {
  const ColumnInfo& row = info(column);
  Json entry = {{"name", row.name},
                {"kind", "column"},
                {"entity", name_of(row.entity)},
                {"type", name_of(row.type)},
                {"shape", name_of(row.width)},
                {"role", name_of(row.kind)},
                {"unit", row.unit},
                {"meaning", row.meaning}};
  entry["range"] = row.low == row.high ? Json(nullptr) : Json{row.low, row.high};
  entry["owner"] = who(column, &Mechanism::owns);
  entry["changed_by"] = who(column, &Mechanism::adds);
  entry["moved_by"] = who(column, &Mechanism::moves);
  entry["read_by"] = who(column, &Mechanism::reads);
  return entry;
}

std::vector<std::string> users_of(std::string_view lever) {
  std::vector<std::string> names;
  for (const Mechanism& mechanism : term_schedule())
    for (const LeverId used : mechanism.uses)
      if (lever_path(used) == lever) names.push_back(with_code(mechanism));
  return names;
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Mechanism& mechanism : term_schedule()) names.emplace_back(mechanism.name);
  for (const ColumnInfo& column : kColumnInfo) names.emplace_back(column.name);
  return names;
}

}  // namespace reformsim::cli
