#include "model/tables.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "base/markdown.hpp"
#include "model/fields.hpp"
#include "model/practices.hpp"
#include "model/term.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

// Patterns a result is held against, named before the model was fitted to any, and negative
// controls (TRACE.md lists both).
constexpr int kPatterns = 20, kControls = 7;

std::vector<std::string_view> names_of(const std::vector<Column>& columns) {
  std::vector<std::string_view> names;
  for (const Column column : columns) names.push_back(info(column).name);
  return names;
}

std::vector<std::string_view> names_of(const std::vector<LeverId>& levers) {
  std::vector<std::string_view> names;
  for (const LeverId lever : levers) names.push_back(lever_path(lever));
  return names;
}

std::string range_of(const Field& row) {
  if (row.type == FieldType::choice) return join(row.choices, ", ", ", ");
  if (row.type == FieldType::number || row.type == FieldType::integer)
    return fmt::format("{} to {}", number_text(row.low), number_text(row.high));
  return row.type == FieldType::boolean ? "on, off" : "";
}

std::string default_of(const Field& row) {
  if (row.type == FieldType::text && std::get<std::string>(row.standard).empty()) return "";
  if (row.type == FieldType::list) return "";
  return value_text(row, row.standard);
}

std::string schedule_table() {
  MarkdownTable table({"", "unit", "code", "what it does", "levers", "reads", "owns", "adds to"});
  int place = 0;
  for (const Mechanism& m : term_schedule()) {
    // What it moves it also reads and writes; only one unit moves anything.
    const std::string moves = m.moves.empty() ? "" : "; moves " + code_font(names_of(m.moves));
    table.add({fmt::format("{}", ++place), code_font(m.name), std::string(m.code),
               std::string(m.meaning), code_font(names_of(m.uses)), code_font(names_of(m.reads)),
               code_font(names_of(m.owns)) + moves, code_font(names_of(m.adds))});
  }
  return table.text();
}

std::string columns_table() {
  MarkdownTable table({"entity", "column", "kind", "type", "unit", "bounds", "owner", "meaning"});
  for (const Entity entity : {Entity::school, Entity::leader, Entity::district, Entity::cluster,
                              Entity::lever, Entity::system})
    for (std::size_t c = 0; c < kColumns; ++c) {
      const ColumnInfo& row = kColumnInfo[c];
      if (row.entity != entity) continue;
      std::string owner;
      for (const Mechanism& m : term_schedule())
        if (std::count(m.owns.begin(), m.owns.end(), static_cast<Column>(c)) > 0)
          owner = code_font(m.name);
      table.add({std::string(name_of(entity)), code_font(row.name), std::string(name_of(row.kind)),
                 row.width == Width::one
                     ? std::string(name_of(row.type))
                     : fmt::format("{} by {}", name_of(row.type), name_of(row.width)),
                 std::string(row.unit),
                 row.low == row.high ? "" : fmt::format("{} to {}", row.low, row.high), owner,
                 std::string(row.meaning)});
    }
  return table.text();
}

std::string levers_table() {
  MarkdownTable table(
      {"lever", "unit", "range or choices", "status quo", "used by", "meaning", "source"});
  for (const Field& row : field_table().rows()) {
    if (row.group != FieldGroup::lever) continue;
    std::vector<std::string_view> users;
    for (const Mechanism& m : term_schedule())
      for (const LeverId used : m.uses)
        if (lever_path(used) == row.path) users.push_back(m.name);
    table.add({code_font(row.path), row.type == FieldType::choice ? "" : row.unit, range_of(row),
               default_of(row), users.empty() ? "the forming of clusters" : code_font(users),
               row.meaning, row.source});
  }
  return table.text();
}

// The parameters of one mechanism, in the order of its table.
std::vector<const Field*> parameters_of(const Mechanism& mechanism) {
  const std::string section = fmt::format("parameters.{}.", mechanism.name);
  std::vector<const Field*> rows;
  for (const Field& row : field_table().rows())
    if (row.path.starts_with(section)) rows.push_back(&row);
  return rows;
}

std::string parameters_table() {
  MarkdownTable table(
      {"unit", "parameter", "default", "range", "measured in", "role", "meaning", "source"});
  for (const Mechanism& m : term_schedule())
    for (const Field* row : parameters_of(m))
      table.add({code_font(m.name), code_font(row->path.substr(row->path.rfind('.') + 1)),
                 default_of(*row), range_of(*row), row->unit == "1" ? "" : row->unit,
                 row->free ? "free" : "constant", row->meaning, row->source});
  return table.text();
}

std::string parameter_counts_table() {
  MarkdownTable table({"unit", "code", "free", "constants", "of them assumed"});
  std::size_t free = 0, constants = 0, assumed = 0;
  for (const Mechanism& m : term_schedule()) {
    std::size_t f = 0, c = 0, a = 0;
    for (const Field* row : parameters_of(m)) {
      ++(row->free ? f : c);
      a += row->source.starts_with("assumed") ? 1 : 0;
    }
    table.add({code_font(m.name), std::string(m.code), fmt::format("{}", f), fmt::format("{}", c),
               fmt::format("{}", a)});
    free += f, constants += c, assumed += a;
  }
  table.add({"**all**", "", fmt::format("**{}**", free), fmt::format("**{}**", constants),
             fmt::format("**{}**", assumed)});
  return table.text() +
         fmt::format(
             "\n{} patterns and {} negative controls are named in advance: {:.1f} free parameters "
             "for each of them.\n",
             kPatterns, kControls, static_cast<double>(free) / (kPatterns + kControls));
}

std::string practices_table() {
  MarkdownTable table({"practice", "effectiveness", "share for tested basics", "made for context",
                       "weight in basics", "weight in broad learning"});
  for (int k = 0; k < kPractices; ++k)
    table.add({fmt::format("{}", k + 1), fmt::format("{:g}", kPractice[k].effectiveness),
               fmt::format("{:g}", kPractice[k].basics), fmt::format("{:g}", kPractice[k].context),
               fmt::format("{:.4f}", kPracticeWeights.basics[k]),
               fmt::format("{:.4f}", kPracticeWeights.broad[k])});
  return table.text();
}

std::string settings_table() {
  MarkdownTable table({"setting", "default", "range or choices", "unit", "meaning", "source"});
  for (const Field& row : field_table().rows()) {
    const bool here = row.path.starts_with("population.") || row.path.starts_with("horizon.");
    // How a list of schools is read is told where lists are.
    const bool of_lists = row.path.starts_with("population.columns.") ||
                          row.path.starts_with("population.phases.") ||
                          row.path.ends_with("_unit") || row.path == "population.file" ||
                          row.path == "population.seed" || row.path == "population.on_bad_row";
    if (!here || of_lists) continue;
    const bool pure = row.unit.empty() || row.unit == "1";
    table.add({code_font(row.path), default_of(row), range_of(row), pure ? "" : row.unit,
               row.meaning, row.source});
  }
  return table.text();
}

struct NamedTable {
  std::string_view name;
  std::string (*text)();
};
constexpr NamedTable kTables[] = {{"schedule", schedule_table},
                                  {"columns", columns_table},
                                  {"levers", levers_table},
                                  {"parameters", parameters_table},
                                  {"parameter_counts", parameter_counts_table},
                                  {"practices", practices_table},
                                  {"settings", settings_table}};

}  // namespace

std::string_view name_of(Entity entity) {
  static constexpr std::string_view kNames[] = {"school",  "leader", "district",
                                                "cluster", "lever",  "system"};
  return kNames[static_cast<std::size_t>(entity)];
}

std::string_view name_of(Kind kind) {
  static constexpr std::string_view kNames[] = {"fixed", "state", "flow", "change"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Type type) {
  static constexpr std::string_view kNames[] = {"float32", "float64", "int32", "uint64"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view name_of(Width width) {
  static constexpr std::string_view kNames[] = {
      "one value", "practice", "tie", "pupil group", "year group", "year group and pupil group"};
  return kNames[static_cast<std::size_t>(width)];
}

const std::vector<std::string_view>& odd_tables() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const NamedTable& table : kTables) all.push_back(table.name);
    return all;
  }();
  return names;
}

std::string odd_table(std::string_view name) {
  for (const NamedTable& table : kTables)
    if (table.name == name) return table.text();
  throw std::out_of_range(fmt::format("there is no table '{}'", name));
}

}  // namespace reformsim
