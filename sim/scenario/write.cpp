#include "scenario/write.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"

namespace reformsim {

std::string yaml_text(const std::string& text) {
  static const std::array<std::string_view, 11> special = {
      "true", "false", "yes", "no", "on", "off", "null", "y", "n", "inf", "nan"};
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool plain = !text.empty() && is_letter(text.front()) &&
                     std::all_of(text.begin(), text.end(), [&](char c) {
                       return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
                     });
  std::string lower = text;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (plain && std::find(special.begin(), special.end(), lower) == special.end()) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      quoted += std::string("\\") + c;
    else if (c == '\n')
      quoted += "\\n";
    else if (c == '\t')
      quoted += "\\t";
    else if (byte < 0x20 || byte == 0x7F)
      quoted += fmt::format("\\x{:02x}", byte);
    else
      quoted += c;
  }
  return quoted + '"';
}

namespace {

std::string yaml_texts(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) list += (i > 0 ? ", " : "") + yaml_text(texts[i]);
  return list + ']';
}

std::string yaml_value(const Scenario& scenario, const Field& field) {
  switch (field.type) {
    case FieldType::number:
      return number_text(scenario.number(field.path));
    case FieldType::integer:
      return fmt::format("{}", scenario.integer(field.path));
    case FieldType::boolean:
      return scenario.flag(field.path) ? "true" : "false";
    case FieldType::text:
    case FieldType::choice:
      return yaml_text(scenario.text(field.path));
    case FieldType::list:
      return yaml_texts(scenario.list(field.path));
  }
  return "";
}

std::string yaml_level(const Field& field, double level) {
  if (field.type == FieldType::boolean) return level != 0 ? "true" : "false";
  const std::string text = level_text(field, level);
  return field.type == FieldType::choice ? yaml_text(text) : text;
}

std::string yaml_schedule(const Field& field, const Lever& lever, const std::string& indent) {
  std::string text;
  for (const LeverEntry& entry : lever.reform) {
    const std::string to = std::isfinite(entry.to) ? number_text(entry.to) : "never";
    text += fmt::format("\n{0}- value: {1}\n{0}  from: {2}\n{0}  ramp: {3}\n{0}  to: {4}", indent,
                        yaml_level(field, entry.value), number_text(entry.from),
                        number_text(entry.ramp), to);
    const Scope& scope = entry.scope;
    if (scope == Scope{}) continue;
    text += fmt::format("\n{}  scope:", indent);
    if (!scope.districts.empty())
      text += fmt::format("\n{}    districts: {}", indent, yaml_texts(scope.districts));
    if (!scope.where.empty()) text += fmt::format("\n{}    where:", indent);
    for (const Condition& condition : scope.where) {
      if (condition.column == "phase") {
        text += fmt::format("\n{}      phase: {}", indent, yaml_text(condition.equals));
        continue;
      }
      std::string bounds;
      if (std::isfinite(condition.min)) bounds += "min: " + number_text(condition.min);
      if (std::isfinite(condition.max))
        bounds += (bounds.empty() ? "max: " : ", max: ") + number_text(condition.max);
      text += fmt::format("\n{}      {}: {{{}}}", indent, condition.column, bounds);
    }
    if (scope.share)
      text += fmt::format("\n{0}    share: {1}\n{0}    draw: {2}", indent,
                          number_text(*scope.share), yaml_text(scope.draw));
  }
  return text;
}

// Lines of nested maps from dotted paths, in the order in which the sections first appear.
class Sections {
 public:
  // The text after "name:"; it is made for the indentation it gets.
  using Text = std::function<std::string(const std::string& indent)>;

  void add(const std::string& path, Text text) {
    const std::size_t dot = path.find('.');
    if (dot == std::string::npos) {
      below_.push_back({path, std::move(text), nullptr});
      return;
    }
    const std::string name = path.substr(0, dot);
    auto found = std::find_if(below_.begin(), below_.end(),
                              [&](const Entry& entry) { return entry.name == name; });
    if (found == below_.end()) {
      below_.push_back({name, nullptr, std::make_unique<Sections>()});
      found = below_.end() - 1;
    }
    found->section->add(path.substr(dot + 1), std::move(text));
  }

  std::string text(const std::string& indent = "") const {
    std::string lines;
    for (const Entry& entry : below_) {
      lines += indent + entry.name + ':';
      if (entry.section)
        lines += '\n' + entry.section->text(indent + "  ");
      else
        lines += entry.text(indent + "  ") + '\n';
    }
    return lines;
  }

 private:
  struct Entry {
    std::string name;
    Text text;
    std::unique_ptr<Sections> section;
  };
  std::vector<Entry> below_;
};

enum class What {
  everything,
  without_paths,  // of files: where they lie
  changes,        // what is not as the field table has it
};

// A parameter that the sets have too, but that is written beside them.
bool wins_over_sets(const Scenario& scenario, const Field& field) {
  const ParameterSets* sets = scenario.parameter_sets();
  if (sets == nullptr || scenario.in_sets(field.path)) return false;
  return std::find(sets->columns.begin(), sets->columns.end(),
                   scenario.table().index(field.path)) != sets->columns.end();
}

std::string write(const Scenario& scenario, What what) {
  Sections sections;
  const auto add_line = [&](const std::string& path, const std::string& value) {
    sections.add(path, [value](const std::string&) { return ' ' + value; });
  };
  const Scenario standard(scenario.table());
  add_line("reformsim", fmt::format("{}", kFormatVersion));
  for (const Field& field : scenario.table().rows()) {
    if (field.group == FieldGroup::lever || field.path == "parameters.file") continue;
    if (field.unit == "file" && what == What::without_paths) continue;
    // Without sets it says nothing, and must not make two experiments of one.
    if (field.path == "ensemble.lucks_per_set" && what == What::without_paths &&
        scenario.parameter_sets() == nullptr)
      continue;
    if (scenario.in_sets(field.path)) continue;  // written out, it would win over the sets
    const std::string value = yaml_value(scenario, field);
    if (what != What::changes || value != yaml_value(standard, field) ||
        wins_over_sets(scenario, field))
      add_line(field.path, value);
  }
  for (const Field& field : scenario.table().rows()) {
    if (field.group != FieldGroup::lever) continue;
    const double level = scenario.lever(field.path).status_quo;
    if (what != What::changes || level != standard.lever(field.path).status_quo)
      add_line("status_quo." + field.path, yaml_level(field, level));
  }
  for (const Field& field : scenario.table().rows()) {
    if (field.group != FieldGroup::lever) continue;
    const Lever& lever = scenario.lever(field.path);
    if (lever.reform.empty()) continue;
    sections.add("levers." + field.path, [&field, &lever](const std::string& indent) {
      return yaml_schedule(field, lever, indent);
    });
  }
  return sections.text();
}

}  // namespace

std::string resolved_yaml(const Scenario& scenario) { return write(scenario, What::everything); }

std::string short_yaml(const Scenario& scenario) { return write(scenario, What::changes); }

std::string scenario_digest(const Scenario& scenario) {
  std::string all = write(scenario, What::without_paths);
  for (const InputFile& file : scenario.files)
    if (file.role == "population" || file.role == "sets")
      all += file.role + " file " + file.digest + '\n';
  return digest(all);
}

}  // namespace reformsim
