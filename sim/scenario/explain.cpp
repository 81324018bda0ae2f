#include "scenario/explain.hpp"

#include <algorithm>

#include "scenario/values.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

std::string kind_of(const Field& field) {
  switch (field.group) {
    case FieldGroup::setting:
      return "setting";
    case FieldGroup::lever:
      return "lever";
    case FieldGroup::mechanism:
      return "mechanism";
    case FieldGroup::parameter:
      return "parameter";
  }
  return "";
}

std::string type_of(const Field& field) {
  switch (field.type) {
    case FieldType::number:
      return "number";
    case FieldType::integer:
      return "whole number";
    case FieldType::boolean:
      return "switch (on or off)";
    case FieldType::text:
      return field.unit == "file" ? "name of a file" : "text";
    case FieldType::choice:
      return "choice";
    case FieldType::list:
      return "list of texts";
  }
  return "";
}

std::string nested(const std::string& path, const std::string& value) {
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) return path + ": " + value;
  std::string below = nested(path.substr(dot + 1), value);
  return path.substr(0, dot) + ": {" + below + '}';
}

std::string example_value(const Field& field) {
  if (field.type == FieldType::list) return "[...]";
  if (field.type == FieldType::text) return "...";
  return value_text(field, field.standard);
}

std::string default_text(const Field& field) {
  const bool empty = field.type == FieldType::text && std::get<std::string>(field.standard).empty();
  return empty ? "(none)" : value_text(field, field.standard);
}

std::string page(const Field& field) {
  std::string text = fmt::format("{} ({})\n  {}\n", field.path, kind_of(field), field.meaning);
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("  {:<9} {}\n", name, value);
  };
  line("type", type_of(field));
  if (field.type == FieldType::number || field.type == FieldType::integer) {
    line("unit", field.unit.empty() || field.unit == "1" ? "none (a pure number)" : field.unit);
    line("range", expected_number(field.low, field.high, "1", field.type == FieldType::integer)
                      .substr(field.type == FieldType::integer ? 15 : 9));
  }
  if (field.type == FieldType::choice) line("choices", join(field.choices));
  line("default",
       default_text(field) + (field.group == FieldGroup::lever ? " (the status quo)" : ""));
  if (field.group == FieldGroup::parameter)
    line("role", field.free ? "free: to be set by calibration" : "held constant in calibration");
  line("source", field.source);
  line("written", nested(written_path(field), example_value(field)));
  return text;
}

std::vector<const Field*> fields_below(const FieldTable& table, const std::string& section) {
  std::vector<const Field*> below;
  for (const Field& field : table.rows())
    if (field.path.starts_with(section + '.') || written_path(field).starts_with(section + '.'))
      below.push_back(&field);
  return below;
}

std::string listing(const std::vector<const Field*>& fields) {
  std::size_t widest = 0;
  for (const Field* field : fields) widest = std::max(widest, field->path.size());
  std::string text;
  for (const Field* field : fields)
    text += fmt::format("{:<{}}  {} [{}; {}{}]\n", field->path, widest, field->meaning,
                        default_text(*field), expectation(*field),
                        field->free ? "" : "; held constant in calibration");
  return text;
}

// Paths as people write them: with or without levers., and status_quo. for a lever.
std::string plain_path(std::string_view name) {
  for (const std::string_view lead : {"levers.", "status_quo."})
    if (name.starts_with(lead)) return std::string(name.substr(lead.size()));
  return name == "status_quo" ? "levers" : std::string(name);
}

// Empty when nothing answers to the name.
std::vector<const Field*> answers(const FieldTable& table, const std::string& path) {
  if (const Field* field = table.find(path)) return {field};
  std::vector<const Field*> found = fields_below(table, path);
  if (!found.empty()) return found;
  for (const Field& field : table.rows())
    if (field.path.ends_with('.' + path)) found.push_back(&field);
  return found;
}

}  // namespace

std::vector<const Field*> fields_called(const FieldTable& table, std::string_view name) {
  return answers(table, plain_path(name));
}

bool can_explain(const FieldTable& table, std::string_view name) {
  return !fields_called(table, name).empty();
}

std::string explain(const FieldTable& table, std::string_view name,
                    const std::vector<std::string>& others) {
  const std::vector<const Field*> found = fields_called(table, name);
  if (found.size() == 1) return page(*found.front());
  if (!found.empty()) return listing(found);
  std::vector<std::string> names = others;
  for (const Field& field : table.rows()) {
    names.push_back(field.path);
    names.push_back(field.path.substr(field.path.rfind('.') + 1));
    for (std::size_t dot = field.path.find('.'); dot != std::string::npos;
         dot = field.path.find('.', dot + 1))
      names.push_back(field.path.substr(0, dot));
  }
  throw InputError(
      Place{}, fmt::format("nothing is called {}{}", in_quotes(name), did_you_mean(name, names)));
}

}  // namespace reformsim
