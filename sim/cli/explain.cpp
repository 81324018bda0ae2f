#include "scenario/explain.hpp"

#include <algorithm>
#include <memory>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "model/fields.hpp"
#include "record/measures.hpp"

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
  entry["meaning"] = field.meaning;
  entry["source"] = field.source;
  return entry;
}

// The fields a name stands for, as `explain` of the scenario language understands it.
std::vector<const Field*> fields_called(const FieldTable& table, const std::string& name) {
  std::vector<const Field*> found;
  for (const Field& field : table.rows()) {
    const std::string written = written_path(field);
    if (written == name || field.path == name || written.starts_with(name + ".") ||
        field.path.starts_with(name + "."))
      found.push_back(&field);
  }
  if (!found.empty()) return found;
  for (const Field& field : table.rows())
    if (field.path.ends_with("." + name)) found.push_back(&field);
  return found;
}

std::string overview(const FieldTable& table) {
  std::string text =
      "Names that can be explained; a section lists what stands below it.\n\nSections\n";
  for (const std::string& name : table.names_below("")) text += fmt::format("  {}\n", name);
  text += "\nMeasures of the system\n";
  for (const Measure& measure : system_measures())
    text += fmt::format("  {} ({})\n", measure.name, measure.unit);
  return text;
}

int explain_names(const Options& options) {
  const FieldTable& table = field_table();
  std::vector<Problem> problems;
  std::string text;
  Json document = Json::array();
  if (options.names.empty()) {
    for (const Field& field : table.rows()) document.push_back(field_json(field));
    for (const Measure& measure : system_measures())
      document.push_back(measure_json({&measure, true}));
    for (const Measure& measure : school_measures())
      document.push_back(measure_json({&measure, false}));
    text = overview(table);
  }
  for (const std::string& name : options.names) {
    const std::vector<NamedMeasure> measures = measures_called(name);
    if (!text.empty()) text += "\n";
    try {
      if (measures.empty() || can_explain(table, name)) {
        text += explain(table, name, measure_names());
        if (!text.ends_with('\n')) text += '\n';
        for (const Field* field : fields_called(table, name))
          document.push_back(field_json(*field));
      }
      for (const NamedMeasure& measure : measures) {
        text += measure_text(measure);
        document.push_back(measure_json(measure));
      }
    } catch (const InputError& error) {
      add_new(problems, error.problems());
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  fmt::print("{}", options.json ? json_text(document) + "\n" : text);
  return kDone;
}

}  // namespace

void add_explain(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "explain", "Say what a lever, setting, parameter, mechanism or measure means");
  command->add_option("name", options->names, "names; without one, a list of all")
      ->type_name("NAME");
  add_json(*command, options->json);
  command->footer(
      "Examples:\n"
      "  reformsim explain levers                      all levers, one a line\n"
      "  reformsim explain networks.peer_review        one lever in full\n"
      "  reformsim explain value_added_mean            a measure");
  jobs[command] = [options] { return explain_names(*options); };
}

}  // namespace reformsim::cli
