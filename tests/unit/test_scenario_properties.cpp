// Properties of the scenario language: any scenario written out in full reads back as itself, and
// no bytes whatever make the reader crash.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "scenario/difference.hpp"
#include "scenario/read.hpp"
#include "scenario/schema.hpp"
#include "scenario/write.hpp"

namespace {

using namespace reformsim;

FieldTable small_table() {
  FieldTable table;
  add_settings(table);
  table.add({"external_accountability.stakes",
             FieldGroup::lever,
             FieldType::number,
             "share",
             0,
             1,
             0.1,
             {},
             "How much hangs on results.",
             "assumed"});
  table.add({"networks.participation",
             FieldGroup::lever,
             FieldType::choice,
             "",
             0,
             0,
             std::string("none"),
             {"none", "voluntary", "mandated"},
             "How schools join.",
             "assumed"});
  table.add({"networks.size",
             FieldGroup::lever,
             FieldType::integer,
             "schools",
             2,
             50,
             std::int64_t{8},
             {},
             "How many schools.",
             "assumed"});
  table.add({"networks.paid",
             FieldGroup::lever,
             FieldType::boolean,
             "",
             0,
             1,
             false,
             {},
             "Whether time is paid.",
             "assumed"});
  table.add({"mechanisms.diffusion",
             FieldGroup::mechanism,
             FieldType::boolean,
             "",
             0,
             1,
             true,
             {},
             "Practices travel.",
             "assumed"});
  table.add({"parameters.diffusion.transfer_rate",
             FieldGroup::parameter,
             FieldType::number,
             "1/year",
             0.01,
             0.25,
             0.08,
             {},
             "How fast.",
             "assumed"});
  return table;
}

const FieldTable& table() {
  static const FieldTable rows = small_table();
  return rows;
}

double number_between(double low, double high) {
  const double part = *rc::gen::inRange(0, 1'000'001) / 1e6;
  return std::min(high, std::max(low, low + (high - low) * part));
}

// A text with everything that YAML treats specially.
std::string any_text(bool several_lines) {
  static const std::vector<std::string> pieces = {
      "a",  "on", "0.5", ": ", "#", " #", "'", "\"", "\\", "{", "}",    "[",  "]",   ",",  "&a",
      "*a", "!x", "|",   ">",  "%", "@",  "-", "? ", "~",  " ", "null", "\t", "äöü", "世", "--- ",
  };
  std::string text;
  for (const int i : *rc::gen::container<std::vector<int>>(
           rc::gen::inRange(0, static_cast<int>(pieces.size()) + (several_lines ? 1 : 0))))
    text += i < static_cast<int>(pieces.size()) ? pieces[static_cast<std::size_t>(i)] : "\n";
  if (!several_lines)
    for (char& c : text)
      if (c == '\t') c = ' ';
  return text;
}

double any_level(const Field& field) {
  switch (field.type) {
    case FieldType::choice:
      return *rc::gen::inRange(0, static_cast<int>(field.choices.size()));
    case FieldType::boolean:
      return *rc::gen::inRange(0, 2);
    case FieldType::integer:
      return *rc::gen::inRange(static_cast<int>(field.low), static_cast<int>(field.high) + 1);
    default:
      return number_between(field.low, field.high);
  }
}

Scope any_scope() {
  Scope scope;
  if (*rc::gen::arbitrary<bool>())
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i)
      scope.districts.push_back("d" + any_text(false));
  if (*rc::gen::arbitrary<bool>()) {
    Condition condition;
    condition.column = "phase";
    condition.equals = *rc::gen::element<std::string>("primary", "middle", "secondary");
    scope.where.push_back(condition);
  }
  for (const char* column : {"deprivation", "score", "enrolment"}) {
    if (*rc::gen::arbitrary<bool>()) continue;
    Condition condition;
    condition.column = column;
    condition.min = number_between(0, 0.5);
    if (*rc::gen::arbitrary<bool>()) condition.max = number_between(0.6, 1);
    scope.where.push_back(condition);
  }
  if (*rc::gen::arbitrary<bool>()) {
    scope.share = number_between(0.001, 1);
    scope.draw = any_text(false);
  }
  return scope;
}

// Entries one after the other in time, so that none contradicts another.
std::vector<LeverEntry> any_schedule(const Field& field, double horizon) {
  std::vector<LeverEntry> entries;
  double from = number_between(0, 1);
  while (from<horizon&& * rc::gen::inRange(0, 3)> 0) {
    LeverEntry entry;
    entry.value = any_level(field);
    entry.from = from;
    if (*rc::gen::arbitrary<bool>()) entry.to = from + number_between(0.5, 9);
    const bool ramps = field.type == FieldType::number || field.type == FieldType::integer;
    if (ramps) entry.ramp = number_between(0, 0.49);
    entry.scope = any_scope();
    entries.push_back(entry);
    from += number_between(0.1, 5);
  }
  return entries;
}

Scenario any_scenario() {
  Scenario scenario(table());
  scenario.directory = ".";
  for (const Field& field : table().rows()) {
    if (field.path == "horizon.years" || field.path == "parameters.file") continue;
    if (field.group == FieldGroup::lever) {
      scenario.lever(field.path).status_quo = any_level(field);
      scenario.lever(field.path).reform = any_schedule(field, 15);
      continue;
    }
    if (*rc::gen::arbitrary<bool>()) continue;
    switch (field.type) {
      case FieldType::number:
        scenario.set(field.path, number_between(field.low, field.high));
        break;
      case FieldType::integer: {
        const auto most = static_cast<std::int64_t>(std::min(field.high, 9.2e18));
        scenario.set(field.path,
                     *rc::gen::inRange<std::int64_t>(static_cast<std::int64_t>(field.low), most));
        break;
      }
      case FieldType::boolean:
        scenario.set(field.path, *rc::gen::arbitrary<bool>());
        break;
      case FieldType::text:
        scenario.set(field.path, any_text(field.path == "description"));
        break;
      case FieldType::choice:
        scenario.set(field.path, *rc::gen::elementOf(field.choices));
        break;
      case FieldType::list:
        scenario.set(field.path, "x" + any_text(false) + "\ny" + any_text(false));
        break;
    }
  }
  // Combinations that the checks refuse for good reasons.
  scenario.set("population.kind", std::string("synthetic"));
  scenario.set("population.districts", std::int64_t{1});
  scenario.set("parameters.sets", std::string());
  scenario.set("population.deprivation_mean", 0.4);
  scenario.set("population.secondary_deprivation_shift", 0.0);
  scenario.set("population.middle_share", 0.0);
  if (scenario.text("record.schools") == "ids") scenario.set("record.schools", std::string("all"));
  return scenario;
}

// What reading does to a text must be to give a scenario or to throw InputError; then the scenario
// must survive everything that is done with it.
void read_whatever(const std::string& text) {
  try {
    const Scenario scenario =
        read_scenario_text(text, "test.yaml", "/nonexistent", table(), {}, {.open_files = false});
    const Scenario again = read_scenario_text(resolved_yaml(scenario), "again", "/nonexistent",
                                              table(), {}, {.open_files = false});
    RC_ASSERT(scenario_digest(again) == scenario_digest(scenario));
  } catch (const InputError& error) {
    RC_ASSERT(!error.problems().empty());
    for (const Problem& problem : error.problems()) RC_ASSERT(!problem.message.empty());
  }
}

bool holds(bool result) { return result; }

}  // namespace

TEST_CASE("a scenario written out in full reads back as itself", "[unit][scenario]") {
  CHECK(holds(rc::check([] {
    const Scenario scenario = any_scenario();
    const std::string text = resolved_yaml(scenario);
    const Scenario again = read_scenario_text(text, "resolved", ".", table());
    RC_ASSERT(resolved_yaml(again) == text);
    RC_ASSERT(scenario_digest(again) == scenario_digest(scenario));
    RC_ASSERT(difference(scenario, again).empty());
  })));
}

TEST_CASE("a changed value changes the digest", "[unit][scenario]") {
  CHECK(holds(rc::check([] {
    const Scenario scenario = any_scenario();
    Scenario other = scenario;
    const std::string path = *rc::gen::element<std::string>("population.intake_sd",
                                                            "parameters.diffusion.transfer_rate");
    other.set(path, std::nextafter(scenario.number(path), 0.2 > scenario.number(path) ? 1.0 : 0.0));
    RC_ASSERT(scenario_digest(other) != scenario_digest(scenario));
  })));
}

TEST_CASE("random bytes give an error or a scenario", "[unit][scenario]") {
  CHECK(holds(rc::check([] { read_whatever(*rc::gen::arbitrary<std::string>()); })));
}

TEST_CASE("random pieces of the language give an error or a scenario", "[unit][scenario]") {
  static const std::vector<std::string> pieces = {
      "reformsim: 1\n",
      "extends: ",
      "levers:\n",
      "status_quo:\n",
      "  external_accountability:\n",
      "    stakes: ",
      "0.5",
      "0.5\n",
      "{value: 0.8, ",
      "from: 2, ",
      "ramp: 1}\n",
      "to: never}\n",
      "scope: {",
      "where: {phase: primary}",
      "share: 0.1",
      "}",
      "}\n",
      "[",
      "]",
      "]\n",
      "- ",
      "\n",
      "  ",
      "\t",
      "horizon: {years: ",
      "title: ",
      "on",
      "~",
      "\"",
      "'",
      "&a ",
      "*a",
      "<<: *a\n",
      "networks.participation: ",
      "mandated",
      ": ",
      "? ",
      "| \n",
      "> \n",
      "---\n",
      "...\n",
      "#",
      "%YAML 1.2\n",
      "!!map ",
      "\r\n",
      "\xEF\xBB\xBF",
      "é",
      "\xFF",
      "9e999",
      "-1",
      "population:\n",
      "  columns: {school_id: ",
      "record.school_ids: [a, b]\n",
      "parameters: {file: x.yaml}\n",
  };
  CHECK(holds(rc::check([] {
    std::string text = *rc::gen::arbitrary<bool>() ? "reformsim: 1\n" : "";
    for (const std::string& piece :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)))
      text += piece;
    read_whatever(text);
  })));
}

TEST_CASE("a damaged scenario gives an error or a scenario", "[unit][scenario]") {
  CHECK(holds(rc::check([] {
    std::string text = resolved_yaml(any_scenario());
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
      const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          text.erase(at, static_cast<std::size_t>(*rc::gen::inRange(1, 40)));
          break;
        case 1:
          text.insert(at, 1, *rc::gen::arbitrary<char>());
          break;
        default:
          text.insert(at, text.substr(text.size() - at, 60));
      }
      if (text.empty()) break;
    }
    read_whatever(text);
  })));
}
