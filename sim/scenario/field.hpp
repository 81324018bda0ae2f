// The field table: one row for everything a scenario may say. The reader, the checks, the JSON
// Schema, `explain`, the results file's attributes, and later the sliders and the sweep factors,
// are all driven by these rows; nothing else knows what a scenario contains.
//
// The scenario language itself lists its settings (settings.cpp); the model adds its levers,
// switches and parameters as further rows, so this room stays upstream of the model.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace reformsim {

class Scenario;

enum class FieldType {
  number,   // a real number
  integer,  // a whole number
  boolean,  // true or false
  text,     // any text; empty means "not given"
  choice,   // one of `choices`; stored as its text
  list,     // a list of texts; stored as lines joined by '\n'
};

enum class FieldGroup {
  setting,    // population, horizon, ensemble, recording ...
  lever,      // what a government can change; may carry a schedule and a scope
  mechanism,  // a mechanism's on/off switch: mechanisms.<name>
  parameter,  // a parameter of a mechanism: parameters.<mechanism>.<name>
};

// number -> double, integer -> int64, boolean -> bool, text/choice/list -> string
using FieldValue = std::variant<double, std::int64_t, bool, std::string>;

struct Field {
  std::string path;  // dotted; levers are written without their leading "levers."
  FieldGroup group = FieldGroup::setting;
  FieldType type = FieldType::number;
  std::string unit;  // "1" for pure numbers, "share", "year", "pupil SD", ...; "file" marks a path
  double low = 0;    // inclusive bounds of number and integer fields
  double high = 0;
  FieldValue standard;               // the default; for a lever its status-quo value
  std::vector<std::string> choices;  // of a choice field
  std::string meaning;               // one sentence, ends with a full stop
  std::string source;                // citation, or "assumed" (then the range is wide)
  bool free = true;  // of a parameter: calibrated; else a constant, held while others are
};

// A check across fields, run on the finished scenario: what it finds is reported with the other
// problems.
using Check = std::function<std::vector<Problem>(const Scenario&)>;

class FieldTable {
 public:
  struct TableCheck {
    Check check;
    std::vector<std::string> reads;
  };

  void add(Field row);                             // a path may be added once
  const Field* find(std::string_view path) const;  // nullptr when there is none
  std::size_t index(std::string_view path) const;  // must exist
  const std::vector<Field>& rows() const { return rows_; }
  const Field& operator[](std::size_t index) const { return rows_[index]; }

  // Registers a check. It is left out when one of the paths it reads had a bad value, so that one
  // mistake is not reported twice; without `reads` it is left out when any value was bad.
  void add_check(Check check, std::vector<std::string> reads = {});
  const std::vector<TableCheck>& checks() const { return checks_; }

  // The same rows by the path they have in a scenario file (see written_path).
  const Field* find_written(std::string_view written) const;
  bool is_section(std::string_view written) const;  // something stands below this path
  std::vector<std::string> names_below(std::string_view section) const;  // "" is the top

 private:
  std::vector<Field> rows_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
  std::map<std::string, std::size_t, std::less<>> by_written_;
  std::vector<TableCheck> checks_;
};

// The path of a field in a scenario file: levers are written with their leading "levers.".
std::string written_path(const Field& field);

// The settings of the scenario language itself (everything but levers, mechanisms and parameters).
void add_settings(FieldTable& table);

}  // namespace reformsim
