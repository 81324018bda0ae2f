#include "scenario/schema.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "scenario/read.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

using Json = nlohmann::ordered_json;

Json one_of_texts(const std::vector<std::string>& texts) { return Json{{"enum", texts}}; }

// YAML 1.1 editors see a boolean in `on`, YAML 1.2 editors a text.
Json switch_schema() {
  return Json{{"enum",
               {true, false, "on", "off", "yes", "no", "On", "Off", "Yes", "No", "ON", "OFF", "YES",
                "NO"}}};
}

// A bare number or `on` is a text where a text is expected.
Json text_schema() { return Json{{"type", {"string", "number", "boolean"}}}; }

Json texts_schema() {
  return Json{{"anyOf", {text_schema(), Json{{"type", "array"}, {"items", text_schema()}}}}};
}

Json number_schema(double low, double high, bool whole) {
  Json schema = {{"type", whole ? "integer" : "number"}};
  const auto bound = [&](double value) {
    // 2^63 - 1 as a double is one too many; as an integer it is exact.
    if (!whole) return Json(value);
    return value >= 9.2e18 ? Json(std::numeric_limits<std::int64_t>::max())
                           : Json(static_cast<std::int64_t>(value));
  };
  if (std::isfinite(low)) schema["minimum"] = bound(low);
  if (std::isfinite(high)) schema["maximum"] = bound(high);
  return schema;
}

Json type_schema(const Field& field) {
  switch (field.type) {
    case FieldType::number:
      return number_schema(field.low, field.high, false);
    case FieldType::integer:
      return number_schema(field.low, field.high, true);
    case FieldType::boolean:
      return switch_schema();
    case FieldType::text:
      return text_schema();
    case FieldType::choice:
      return one_of_texts(field.choices);
    case FieldType::list:
      return texts_schema();
  }
  return Json::object();
}

Json default_of(const Field& field) {
  switch (field.type) {
    case FieldType::number:
      return std::get<double>(field.standard);
    case FieldType::integer:
      return std::get<std::int64_t>(field.standard);
    case FieldType::boolean:
      return std::get<bool>(field.standard);
    case FieldType::text:
    case FieldType::choice:
      return std::get<std::string>(field.standard);
    case FieldType::list:
      return Json::array();  // no list has anything in it by default
  }
  return nullptr;
}

std::string description(const Field& field) {
  return fmt::format("{} Expected: {}. Default: {}. Source: {}.", field.meaning, expectation(field),
                     value_text(field, field.standard), field.source);
}

// A map that takes only these names, and dotted paths, which the reader checks and this schema does
// not.
Json map_schema() {
  return Json{{"type", {"object", "null"}},
              {"properties", Json::object()},
              {"patternProperties", {{"^[^.]+\\..+$", Json::object()}}},
              {"additionalProperties", false}};
}

Json strict_map(Json properties) {
  return Json{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

void place(Json& map, const std::string& path, Json schema) {
  const std::size_t dot = path.find('.');
  Json& properties = map["properties"];
  if (dot == std::string::npos) {
    properties[path] = std::move(schema);
    return;
  }
  const std::string name = path.substr(0, dot);
  if (!properties.contains(name)) properties[name] = map_schema();
  place(properties[name], path.substr(dot + 1), std::move(schema));
}

Json range_schema(double low, double high, const char* text) {
  const Json bound = number_schema(low, high, false);
  Json schema = strict_map({{"min", bound}, {"max", bound}});
  schema["minProperties"] = 1;
  schema["description"] = std::string(text) + " min is included, max is not.";
  return schema;
}

Json scope_schema() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Json where =
      strict_map({{"phase", one_of_texts({"primary", "middle", "secondary"})},
                  {"deprivation", range_schema(0, 1, "Share of disadvantaged pupils at year 0.")},
                  {"score", range_schema(-infinity, infinity, "Score at year 0, in pupil SD.")},
                  {"enrolment", range_schema(0, infinity, "Pupils at year 0.")}});
  where["minProperties"] = 1;
  Json districts = texts_schema();
  districts["description"] = "Codes or names of districts.";
  const Json share = {{"type", "number"},
                      {"exclusiveMinimum", 0},
                      {"maximum", 1},
                      {"description", "A random share of the schools."}};
  Json draw = text_schema();
  draw["description"] = "Entries with the same name draw the same schools.";
  Json schema = strict_map({{"districts", std::move(districts)},
                            {"where", std::move(where)},
                            {"share", share},
                            {"draw", std::move(draw)}});
  schema["description"] =
      "Which schools the entry reaches: those that fit all that is named; nothing is all schools.";
  schema["dependentRequired"] = {{"draw", {"share"}}};
  return schema;
}

Json schedule_schema(const Field& field) {
  const Json value = type_schema(field);
  const auto year = [](const char* text, double standard) {
    return Json{{"type", "number"}, {"minimum", 0}, {"default", standard}, {"description", text}};
  };
  Json entry =
      strict_map({{"value", value},
                  {"from", year("Year of the reform in which the lever begins to move.", 0)},
                  {"ramp", year("Years over which it moves.", 0)},
                  {"to",
                   {{"anyOf", {Json{{"type", "number"}, {"minimum", 0}}, Json{{"const", "never"}}}},
                    {"default", "never"},
                    {"description", "Year in which it returns to what it was."}}},
                  {"scope", {{"$ref", "#/$defs/scope"}}}});
  entry["required"] = {"value"};
  return Json{{"description", description(field)},
              {"anyOf", {value, entry, Json{{"type", "array"}, {"items", entry}}}}};
}

}  // namespace

nlohmann::ordered_json scenario_schema(const FieldTable& table) {
  Json schema = map_schema();
  schema["type"] = "object";
  Json& properties = schema["properties"];
  properties["reformsim"] = {{"const", kFormatVersion},
                             {"description", "Version of the scenario format."}};
  properties["extends"] = {
      {"description",
       "Scenario files this one builds on, relative to it; later ones win, and the keys of this "
       "file win over all."},
      {"anyOf",
       {Json{{"type", "string"}}, Json{{"type", "array"}, {"items", Json{{"type", "string"}}}}}}};
  for (const Field& field : table.rows()) {
    Json row = type_schema(field);
    row["default"] = default_of(field);
    row["description"] = description(field);
    if (field.group == FieldGroup::lever) {
      place(schema, "status_quo." + field.path, std::move(row));
      place(schema, "levers." + field.path, schedule_schema(field));
    } else {
      place(schema, field.path, std::move(row));
    }
  }
  Json whole = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "reformsim scenario"}};
  whole.update(schema);
  whole["required"] = {"reformsim"};
  whole["$defs"] = {{"scope", scope_schema()}};
  return whole;
}

}  // namespace reformsim
