// A scenario: a value for every row of the field table, and for every lever its status-quo value
// with the reform's schedule. Plain data; reading it from YAML is read.hpp, writing it back is
// write.hpp.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "scenario/field.hpp"
#include "scenario/parameter_sets.hpp"

namespace reformsim {

// A condition on a column known at year 0: phase, deprivation, score, enrolment.
struct Condition {
  std::string column;
  double min = -std::numeric_limits<double>::infinity();  // inclusive
  double max = std::numeric_limits<double>::infinity();   // exclusive
  std::string equals;                                     // for phase
  bool operator==(const Condition&) const = default;
};

// Which schools a lever's entry reaches: the conjunction of what is named; nothing named is all of
// them.
struct Scope {
  std::vector<std::string> districts;  // codes or names
  std::vector<Condition> where;
  std::optional<double> share;  // a random share of schools, drawn by school id
  std::string draw;             // entries with the same name draw the same schools
  bool operator==(const Scope&) const = default;
};

// One entry of a lever's schedule: from `from` the lever moves over `ramp` years from what it was
// to `value`, stays there, and returns at `to`. Years count from the start of the reform (year 0).
struct LeverEntry {
  double value = 0;  // a choice lever's entry holds the index of the choice
  double from = 0;
  double ramp = 0;
  double to = std::numeric_limits<double>::infinity();
  Scope scope{};
  Place place{};  // for messages
};

struct Lever {
  double status_quo = 0;           // holds in burn-in and wherever no entry reaches
  std::vector<LeverEntry> reform;  // later entries act on what earlier ones left
};

struct InputFile {
  std::string path;    // as opened
  std::string role;    // "scenario", "parameters", "sets", "population"
  std::string digest;  // of its bytes
};

class Scenario {
 public:
  explicit Scenario(const FieldTable& table);

  const FieldTable& table() const { return *table_; }

  // Values by path; the type must be the row's (checked).
  double number(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;
  bool flag(std::string_view path) const;
  const std::string& text(std::string_view path) const;  // text and choice
  std::vector<std::string> list(std::string_view path) const;
  const Lever& lever(std::string_view path) const;  // without "levers."
  // Of any row but a lever, as it is stored: a list as lines.
  const FieldValue& value(std::string_view path) const;

  // A parameter that is set is no longer settled by the sets of parameters.
  void set(std::string_view path, FieldValue value);
  Lever& lever(std::string_view path);

  // Sets of parameters (parameters.sets): null when there are none, or their file was not opened.
  const ParameterSets* parameter_sets() const { return sets_.get(); }
  // Gives the sets the parameters they have columns for, but for the rows of the table in `kept`,
  // which are written beside them. A parameter of the sets has its default as its own value.
  void use_sets(std::shared_ptr<const ParameterSets> sets, const std::vector<std::size_t>& kept);
  // Whether the sets settle this parameter.
  bool in_sets(std::string_view path) const { return in_sets_[table_->index(path)]; }
  // Which set a replicate simulates; there must be some.
  std::size_t set_of(std::uint32_t replicate) const;
  // A parameter as the replicate simulates it.
  double parameter(std::string_view path, std::uint32_t replicate) const;

  // Where a value was written; file empty when it is the default.
  const Place& place(std::string_view path) const;
  void set_place(std::string_view path, Place place);

  // The file a field of unit "file" names, ready to open; empty when it names none. The reader has
  // made every such path relative to `directory`, whichever file it was written in.
  std::string file(std::string_view path) const;

  std::vector<InputFile> files;  // every file that was read, in order of reading
  std::string directory;         // of the scenario's file

 private:
  const FieldTable* table_;
  std::vector<FieldValue> values_;  // by row; unused for levers
  std::vector<Lever> levers_;       // by row; unused for others
  std::vector<Place> places_;
  std::shared_ptr<const ParameterSets> sets_;
  std::vector<bool> in_sets_;  // by row
};

// The level of a lever at a year for a school that is in scope of the entries flagged in `in_scope`
// (one flag per entry). A lever at the value it already has gives exactly that value.
double lever_level(const Lever& lever, double year, const std::vector<bool>& in_scope);

}  // namespace reformsim
