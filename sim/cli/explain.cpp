#include "scenario/explain.hpp"

#include <algorithm>
#include <memory>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/explain_model.hpp"
#include "cli/help.hpp"
#include "model/fields.hpp"
#include "record/measures.hpp"
#include "scenario/words.hpp"

namespace reformsim::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> names;
  bool json = false;
};

struct NamedMeasure {
  const Measure* measure;
  bool of_system;
};

std::vector<NamedMeasure> measures_called(std::string_view name) {
  std::vector<NamedMeasure> found;
  for (const Measure& measure : system_measures())
    if (measure.name == name) found.push_back({&measure, true});
  for (const Measure& measure : school_measures())
    if (measure.name == name) found.push_back({&measure, false});
  return found;
}

std::vector<std::string> measure_names() {
  std::vector<std::string> names;
  for (const Measure& measure : system_measures()) names.emplace_back(measure.name);
  for (const Measure& measure : school_measures())
    if (std::find(names.begin(), names.end(), measure.name) == names.end())
      names.emplace_back(measure.name);
  return names;
}

std::string measure_text(const NamedMeasure& named) {
  const Measure& measure = *named.measure;
  return fmt::format("{}\n  {}\n  a measure of {}; unit {}; {}; since version {}\n", measure.name,
                     measure.meaning, named.of_system ? "the system" : "each school", measure.unit,
                     measure.reduction, measure.since);
}

Json measure_json(const NamedMeasure& named) {
  const Measure& measure = *named.measure;
  return {{"name", measure.name},
          {"kind", named.of_system ? "system measure" : "school measure"},
          {"unit", measure.unit},
          {"meaning", measure.meaning},
          {"reduction", measure.reduction},
          {"since", measure.since}};
}

Json field_json(const Field& field) {
  static constexpr const char* kGroups[] = {"setting", "lever", "mechanism", "parameter"};
  static constexpr const char* kTypes[] = {"number", "integer", "boolean",
                                           "text",   "choice",  "list"};
  Json entry = {{"name", written_path(field)},
                {"kind", kGroups[static_cast<int>(field.group)]},
                {"type", kTypes[static_cast<int>(field.type)]},
                {"unit", field.unit}};
  if (field.type == FieldType::number || field.type == FieldType::integer)
    entry["range"] = {field.low, field.high};
  if (field.type == FieldType::choice) entry["choices"] = field.choices;
  std::visit([&](const auto& value) { entry["default"] = value; }, field.standard);
  if (field.group == FieldGroup::parameter) entry["role"] = field.free ? "free" : "constant";
  if (field.group == FieldGroup::lever) entry["used_by"] = users_of(field.path);
  entry["meaning"] = field.meaning;
  entry["source"] = field.source;
  return entry;
}

std::string overview(const FieldTable& table) {
  std::string text =
      "Names that can be explained; a section lists what stands below it.\n\nSections\n";
  for (const std::string& name : table.names_below("")) text += fmt::format("  {}\n", name);
  text += "\nMechanisms, in their order in a term\n";
  for (const Mechanism& mechanism : term_schedule())
    text += fmt::format("  {} ({})\n", mechanism.name, mechanism.code);
  text += "\nMeasures of the system\n";
  for (const Measure& measure : system_measures())
    text += fmt::format("  {} ({})\n", measure.name, measure.unit);
  return text;
}

// What was found under the names, as text and as data.
struct Answer {
  std::string text;
  Json document = Json::array();

  void add(const std::string& part) {
    if (!text.empty()) text += "\n";
    text += part;
  }
  void add(const std::string& part, Json entry) {
    add(part);
    document.push_back(std::move(entry));
  }
};

std::string field_text(const FieldTable& table, const Field& field) {
  std::string text = explain(table, field.path);
  if (field.group != FieldGroup::lever) return text;
  const std::vector<std::string> users = users_of(field.path);
  return text + fmt::format("  {:<9} {}\n", "used by",
                            users.empty() ? "the forming of clusters at year 0"
                                          : wrapped(join(users), 68, 12));
}

// Throws InputError when nothing answers to the name.
void answer(const FieldTable& table, const std::string& name, Answer& all) {
  const std::vector<const Mechanism*> mechanisms = mechanisms_called(name);
  const std::vector<NamedMeasure> measures = measures_called(name);
  const std::optional<Column> column = measure_column(name);
  std::vector<const Field*> fields = fields_called(table, name);
  if (mechanisms.empty() && measures.empty() && !column && fields.empty()) {
    std::vector<std::string> others = measure_names();
    const std::vector<std::string> more = model_names();
    others.insert(others.end(), more.begin(), more.end());
    explain(table, name, others);  // throws
  }
  for (const Mechanism* mechanism : mechanisms)
    all.add(mechanism_text(*mechanism), mechanism_json(*mechanism));
  // The mechanism's own page says what there is to say of its switch.
  if (!mechanisms.empty())
    std::erase_if(fields, [](const Field* f) { return f->group == FieldGroup::mechanism; });
  if (fields.size() == 1 || !mechanisms.empty()) {
    for (const Field* field : fields) all.add(field_text(table, *field), field_json(*field));
  } else if (!fields.empty()) {
    all.add(explain(table, name));
    for (const Field* field : fields) all.document.push_back(field_json(*field));
  }
  for (const NamedMeasure& measure : measures)
    all.add(
        measure_text(measure) + (column && !measure.of_system ? column_text(*column, false) : ""),
        measure_json(measure));
  const bool told = std::any_of(measures.begin(), measures.end(),
                                [](const NamedMeasure& measure) { return !measure.of_system; });
  if (column && !told) all.add(column_text(*column, true), column_json(*column));
}

int explain_names(const Options& options) {
  const FieldTable& table = field_table();
  std::vector<Problem> problems;
  Answer all;
  if (options.names.empty()) {
    for (const Field& field : table.rows()) all.document.push_back(field_json(field));
    for (const Mechanism& mechanism : term_schedule())
      all.document.push_back(mechanism_json(mechanism));
    for (const Measure& measure : system_measures())
      all.document.push_back(measure_json({&measure, true}));
    for (const Measure& measure : school_measures())
      all.document.push_back(measure_json({&measure, false}));
    all.text = overview(table);
  }
  for (const std::string& name : options.names) {
    try {
      answer(table, name, all);
    } catch (const InputError& error) {
      add_new(problems, error.problems());
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  fmt::print("{}", options.json ? json_text(all.document) + "\n" : all.text);
  return kDone;
}

}  // namespace

void add_explain(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "explain", "Say what a lever, setting, parameter, mechanism, column or measure means");
  command->add_option("name", options->names, "names; without one, a list of all")
      ->type_name("NAME");
  add_json(*command, options->json);
  command->footer(
      "Examples:\n"
      "  reformsim explain levers                      all levers, one a line\n"
      "  reformsim explain networks.peer_review        one lever in full\n"
      "  reformsim explain choice                      a mechanism, by name or code\n"
      "  reformsim explain value_added_mean            a measure");
  jobs[command] = [options] { return explain_names(*options); };
}

}  // namespace reformsim::cli
