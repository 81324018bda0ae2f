// The scenario language: what a file says is what the scenario holds, and what is wrong is
// reported. The broken files themselves stand in tests/faults.
#include <catch2/catch.hpp>

#include <clocale>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "scenario/difference.hpp"
#include "scenario/explain.hpp"
#include "scenario/read.hpp"
#include "scenario/schema.hpp"
#include "scenario/write.hpp"

namespace {

using namespace reformsim;
namespace fs = std::filesystem;

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
             {"none", "voluntary", "mandated", "voluntary_but_inevitable"},
             "How schools come to networks.",
             "assumed"});
  table.add({"governance.autonomy",
             FieldGroup::lever,
             FieldType::number,
             "share",
             0,
             1,
             0.3,
             {},
             "What schools decide.",
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

const std::string kStakes = "external_accountability.stakes";

Scenario read(const std::string& lines, const std::vector<std::string>& sets = {}) {
  return read_scenario_text("reformsim: 1\n" + lines, "test.yaml", ".", table(), sets);
}

std::vector<std::string> problems_of(const std::string& text,
                                     const std::vector<std::string>& sets = {}) {
  std::vector<std::string> found;
  try {
    read_scenario_text(text, "test.yaml", ".", table(), sets);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) found.push_back(describe(problem));
  }
  return found;
}

// A folder for files that name each other, removed at the end of the test.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("reformsim-" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator()(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("an empty scenario is the table's defaults", "[unit][scenario]") {
  const Scenario scenario = read("");
  CHECK(scenario.integer("horizon.years") == 15);
  CHECK(scenario.integer("horizon.steps_per_year") == 3);
  CHECK(scenario.number("population.poverty_gap") == 0.65);
  CHECK(scenario.text("population.kind") == "synthetic");
  CHECK_FALSE(scenario.flag("record.districts"));
  CHECK(scenario.list("record.school_ids").empty());
  CHECK(scenario.lever(kStakes).status_quo == 0.1);
  CHECK(scenario.lever(kStakes).reform.empty());
  CHECK(scenario.place("horizon.years").file.empty());
}

TEST_CASE("nested maps and dotted paths say the same", "[unit][scenario]") {
  const Scenario nested = read(
      "horizon: {years: 7}\nlevers:\n  external_accountability: {stakes: 0.8}\n"
      "parameters: {diffusion: {transfer_rate: 0.1}}\nstatus_quo: {governance: {autonomy: 0.2}}\n");
  const Scenario dotted = read(
      "horizon.years: 7\nlevers.external_accountability.stakes: 0.8\n"
      "parameters.diffusion.transfer_rate: 0.1\nstatus_quo.governance.autonomy: 0.2\n");
  CHECK(resolved_yaml(nested) == resolved_yaml(dotted));
  CHECK(dotted.integer("horizon.years") == 7);
  CHECK(dotted.lever("governance.autonomy").status_quo == 0.2);
  CHECK(dotted.place("horizon.years").line == 2);
  CHECK(dotted.place("horizon.years").column == 16);
}

TEST_CASE("values are read by type", "[unit][scenario]") {
  CHECK(read("ensemble.seed: 9223372036854775807").integer("ensemble.seed") ==
        9223372036854775807LL);
  CHECK(read("ensemble.seed: 15.0").integer("ensemble.seed") == 15);
  CHECK(read("population.poverty_gap: +7e-1").number("population.poverty_gap") == 0.7);
  for (const char* on : {"on", "yes", "true", "True", "ON"})
    CHECK(read(std::string("record.districts: ") + on).flag("record.districts"));
  for (const char* off : {"off", "no", "false", "Off", "NO"})
    CHECK_FALSE(read(std::string("mechanisms.diffusion: ") + off).flag("mechanisms.diffusion"));
  CHECK(read("title: 2024").text("title") == "2024");
  CHECK(read("record.school_ids: [a, 7]").list("record.school_ids") ==
        std::vector<std::string>{"a", "7"});
  CHECK(read("record.school_ids: a").list("record.school_ids") == std::vector<std::string>{"a"});
  CHECK(read("population.reported_drift: -0").number("population.reported_drift") == 0);
  CHECK_FALSE(
      std::signbit(read("population.reported_drift: -0").number("population.reported_drift")));
}

TEST_CASE("numbers do not depend on the locale", "[unit][scenario]") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  // Where the machine has no German locale this checks nothing, and that is all right.
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  const Scenario scenario = read("population.poverty_gap: 0.7");
  const std::string text = resolved_yaml(scenario);
  std::setlocale(LC_ALL, before.c_str());
  CHECK(scenario.number("population.poverty_gap") == 0.7);
  CHECK(text.find("poverty_gap: 0.7\n") != std::string::npos);
}

TEST_CASE("the three forms of a lever", "[unit][scenario]") {
  const Lever scalar = read("levers." + kStakes + ": 0.8").lever(kStakes);
  REQUIRE(scalar.reform.size() == 1);
  CHECK(scalar.reform[0].value == 0.8);
  CHECK(scalar.reform[0].from == 0);
  CHECK(scalar.reform[0].ramp == 0);
  CHECK(std::isinf(scalar.reform[0].to));
  CHECK(scalar.reform[0].scope == Scope{});

  const Lever entry =
      read("levers." + kStakes +
           ": {value: 1, from: 1, ramp: 2, to: 8, scope: {districts: [Alameda, Fresno], where: "
           "{deprivation: {min: 0.5}, phase: primary, score: {max: -1}}, share: 0.1, draw: "
           "pilot}}")
          .lever(kStakes);
  REQUIRE(entry.reform.size() == 1);
  const LeverEntry& only = entry.reform[0];
  CHECK(only.from == 1);
  CHECK(only.ramp == 2);
  CHECK(only.to == 8);
  CHECK(only.scope.districts == std::vector<std::string>{"Alameda", "Fresno"});
  REQUIRE(only.scope.where.size() == 3);
  CHECK(only.scope.where[0].column == "phase");
  CHECK(only.scope.where[0].equals == "primary");
  CHECK(only.scope.where[1].min == 0.5);
  CHECK(std::isinf(only.scope.where[1].max));
  CHECK(only.scope.where[2].max == -1);
  CHECK(only.scope.share == 0.1);
  CHECK(only.scope.draw == "pilot");

  const Lever list =
      read("levers.networks.participation: [{value: voluntary}, {value: mandated, from: 4}]")
          .lever("networks.participation");
  REQUIRE(list.reform.size() == 2);
  CHECK(list.reform[0].value == 1);  // the index of the choice
  CHECK(list.reform[1].value == 2);
  CHECK(list.reform[1].place.line == 2);
}

TEST_CASE("the level of a lever over the years", "[unit][scenario]") {
  Lever lever;
  lever.status_quo = 0.1;
  lever.reform.push_back({.value = 0.7, .from = 2, .ramp = 4, .to = 10});
  const std::vector<bool> reached = {true};
  CHECK(lever_level(lever, -1, reached) == 0.1);
  CHECK(lever_level(lever, 2, reached) == 0.1);
  CHECK(lever_level(lever, 4, reached) == Approx(0.4));
  CHECK(lever_level(lever, 6, reached) == 0.7);
  CHECK(lever_level(lever, 9.9, reached) == 0.7);
  CHECK(lever_level(lever, 10, reached) == 0.1);
  CHECK(lever_level(lever, 8, {false}) == 0.1);

  // A later entry acts on what the earlier one left, and gives it back at its end.
  lever.reform.push_back({.value = 0.2, .from = 7, .ramp = 0, .to = 8});
  CHECK(lever_level(lever, 7.5, {true, true}) == 0.2);
  CHECK(lever_level(lever, 8, {true, true}) == 0.7);

  // A lever set to the value it already has gives exactly that value at every moment of its ramp.
  Lever same;
  same.status_quo = 0.1;
  same.reform.push_back({.value = 0.1, .from = 0, .ramp = 3});
  for (double year = -1; year < 5; year += 0.1) CHECK(lever_level(same, year, {true}) == 0.1);
}

TEST_CASE("later files win, a lever not named keeps its base's value", "[unit][scenario]") {
  const Folder folder;
  folder.write("base.yaml",
               "reformsim: 1\nhorizon: {years: 5, burn_in_years: 2}\nlevers:\n"
               "  external_accountability.stakes: [{value: 0.5}, {value: 0.9, from: 3}]\n"
               "  governance.autonomy: 0.9\n");
  folder.write("parts/list.yaml",
               "reformsim: 1\nhorizon: {years: 8}\npopulation: {kind: list, file: schools.csv}\n");
  folder.write("parts/schools.csv", "id\n1\n");
  folder.write("reform.yaml",
               "reformsim: 1\nextends: [base.yaml, parts/list.yaml]\nhorizon: {burn_in_years: 3}\n"
               "levers:\n  external_accountability.stakes: 0.8\n");
  folder.write("overlay.yaml", "reformsim: 1\nhorizon: {steps_per_year: 4}\n");
  const Scenario scenario = read_scenario(folder("reform.yaml"), table(), {folder("overlay.yaml")},
                                          {"horizon.years=9", "governance.autonomy=0.4"});
  CHECK(scenario.integer("horizon.years") == 9);
  CHECK(scenario.integer("horizon.burn_in_years") == 3);
  CHECK(scenario.integer("horizon.steps_per_year") == 4);
  REQUIRE(scenario.lever(kStakes).reform.size() == 1);  // replaced as a whole
  CHECK(scenario.lever(kStakes).reform[0].value == 0.8);
  CHECK(scenario.lever("governance.autonomy").reform[0].value == 0.4);
  CHECK(scenario.text("population.file") == "parts/schools.csv");
  CHECK(scenario.file("population.file") == folder("parts/schools.csv"));
  CHECK(scenario.place("horizon.years").file == "--set horizon.years=9");

  REQUIRE(scenario.files.size() == 5);
  CHECK(scenario.files[0].path == folder("reform.yaml"));
  CHECK(scenario.files[1].path == folder("base.yaml"));
  CHECK(scenario.files[2].path == folder("parts/list.yaml"));
  CHECK(scenario.files[3].path == folder("overlay.yaml"));
  CHECK(scenario.files[4].role == "population");

  const Scenario again =
      read_scenario_text(resolved_yaml(scenario), "stored", scenario.directory, table());
  CHECK(resolved_yaml(again) == resolved_yaml(scenario));
  CHECK(scenario_digest(again) == scenario_digest(scenario));

  SECTION("the digest follows the bytes of the list, not its name") {
    const std::string digest = scenario_digest(scenario);
    folder.write("parts/other.csv", "id\n1\n");
    const auto with = [&](const std::string& file) {
      return scenario_digest(read_scenario(
          folder("reform.yaml"), table(), {folder("overlay.yaml")},
          {"horizon.years=9", "governance.autonomy=0.4", "population.file=" + folder(file)}));
    };
    CHECK(with("parts/other.csv") == digest);
    folder.write("parts/other.csv", "id\n2\n");
    CHECK(with("parts/other.csv") != digest);
  }
  SECTION("a stored scenario can be looked into without the list") {
    fs::remove(folder("parts/schools.csv"));
    CHECK_THROWS_AS(read_scenario(folder("reform.yaml"), table()), InputError);
    CHECK_NOTHROW(read_scenario(folder("reform.yaml"), table(), {}, {}, {.open_files = false}));
  }
}

TEST_CASE("a base reached through many ways is merged once", "[unit][scenario]") {
  const Folder folder;
  // Each file extends the next one twice: 2^60 ways to the last.
  for (int i = 0; i < 60; ++i) {
    const std::string next = std::to_string(i + 1) + ".yaml";
    folder.write(std::to_string(i) + ".yaml",
                 "reformsim: 1\nextends: [" + next + ", " + next + "]\n");
  }
  folder.write("60.yaml", "reformsim: 1\nhorizon.years: 4\n");
  CHECK(read_scenario(folder("0.yaml"), table()).integer("horizon.years") == 4);
}

TEST_CASE("parameters from a file", "[unit][scenario]") {
  const Folder folder;
  folder.write("calibrated/p.yaml", "diffusion: {transfer_rate: 0.2}\n");
  folder.write("base.yaml", "reformsim: 1\nparameters: {diffusion: {transfer_rate: 0.05}}\n");
  folder.write("a.yaml", "reformsim: 1\nextends: base.yaml\nparameters.file: calibrated/p.yaml\n");
  folder.write("b.yaml",
               "reformsim: 1\nparameters: {diffusion: {transfer_rate: 0.1}, file: "
               "calibrated/p.yaml}\n");
  const char* rate = "parameters.diffusion.transfer_rate";
  const Scenario above_base = read_scenario(folder("a.yaml"), table());
  CHECK(above_base.number(rate) == 0.2);
  CHECK(above_base.files.back().role == "parameters");
  CHECK(read_scenario(folder("b.yaml"), table()).number(rate) == 0.1);
  CHECK(read_scenario(folder("b.yaml"), table(), {},
                      {"parameters.file=" + folder("calibrated/p.yaml")})
            .number(rate) == 0.2);
  const Scenario again =
      read_scenario_text(resolved_yaml(above_base), "stored", "/nowhere", table());
  CHECK(again.number(rate) == 0.2);
  CHECK(scenario_digest(again) == scenario_digest(above_base));
}

TEST_CASE("A set speaks the whole language", "[unit][scenario]") {
  const Scenario scenario =
      read("", {"levers.external_accountability.stakes=0.5", "status_quo.governance.autonomy=0.2",
                "mechanisms.diffusion=off", "parameters.diffusion.transfer_rate = 0.1",
                "networks.participation=[{value: voluntary}, {value: mandated, from: 2}]",
                "title=\"a = b: c\"", "horizon={years: 6}"});
  CHECK(scenario.lever(kStakes).reform[0].value == 0.5);
  CHECK(scenario.lever("governance.autonomy").status_quo == 0.2);
  CHECK_FALSE(scenario.flag("mechanisms.diffusion"));
  CHECK(scenario.number("parameters.diffusion.transfer_rate") == 0.1);
  CHECK(scenario.lever("networks.participation").reform.size() == 2);
  CHECK(scenario.text("title") == "a = b: c");
  CHECK(scenario.integer("horizon.years") == 6);
  CHECK(read("", {"horizon.years=6", "horizon.years=7"}).integer("horizon.years") == 7);

  CHECK(problems_of("reformsim: 1\n", {"horizon.years=7.5", "horizn.years=7", "horizon.years"}) ==
        std::vector<std::string>{
            "--set horizon.years=7.5:1:15: horizon.years: 7.5 is not a whole number; expected a "
            "whole number from 1 to 100 (year)",
            "--set horizn.years=7:1:1: 'horizn.years' is not known; did you mean 'horizon.years'?",
            "--set horizon.years:1:1: expected path=value, for example --set horizon.years=10"});
}

TEST_CASE("all problems at once, in the order of the file", "[unit][scenario]") {
  CHECK(problems_of("reformsim: 1\nlevers.external_accountability.stakes: 1.8\nhorizon:\n"
                    "  yeers: 5\n  burn_in_years: x\nensemble: {seed: -1}\n") ==
        std::vector<std::string>{
            "test.yaml:2:40: levers.external_accountability.stakes: 1.8 is out of range; expected "
            "a share from 0 to 1",
            "test.yaml:4:3: horizon: 'yeers' is not known; did you mean 'years'?",
            "test.yaml:5:18: horizon.burn_in_years: 'x' is not a number; expected a whole number "
            "from 0 to 100 (year)",
            "test.yaml:6:18: ensemble.seed: -1 is out of range; expected a whole number from 0 to "
            "9223372036854775807"});
}

TEST_CASE("a file that is wrong throughout does not flood the screen", "[unit][scenario]") {
  std::string text = "reformsim: 1\n";
  for (int i = 0; i < 5000; ++i) text += "key_" + std::to_string(i) + ": 1\n";
  const std::vector<std::string> found = problems_of(text);
  CHECK(found.size() == 1001);
  CHECK(found.back() == "more than 1000 problems; the rest is not listed");
}

TEST_CASE("entries that refine one another and entries that contradict", "[unit][scenario]") {
  const auto contradicts = [](const std::string& entries) {
    const std::vector<std::string> found =
        problems_of("reformsim: 1\nlevers.external_accountability.stakes: [" + entries + "]\n");
    for (const std::string& message : found)
      if (message.find("contradicts") == std::string::npos) FAIL(message);
    return !found.empty();
  };
  // Same schools, same years.
  CHECK(contradicts("{value: 0.8}, {value: 0.3}"));
  CHECK(contradicts("{value: 0.8, from: 4}, {value: 0.3}"));
  CHECK(contradicts("{value: 0.8, scope: {districts: [A]}}, {value: 0.3}"));
  CHECK(contradicts(
      "{value: 0.8, scope: {districts: [A]}}, {value: 0.3, scope: {districts: [B, A]}}"));
  CHECK(
      contradicts("{value: 0.8, scope: {share: 0.1, draw: p}}, "
                  "{value: 0.3, scope: {share: 0.2, draw: p}}"));
  CHECK(
      contradicts("{value: 0.8, scope: {where: {deprivation: {min: 0.5}, phase: primary}}}, "
                  "{value: 0.3, scope: {where: {deprivation: {min: 0.4}}}}"));
  CHECK(
      contradicts("{value: 0.8, scope: {where: {deprivation: {min: 0.5}}}}, "
                  "{value: 0.3, scope: {where: {deprivation: {min: 0.5}}}}"));
  // Later years, the same value, other years, fewer or other schools.
  CHECK_FALSE(contradicts("{value: 0.8}, {value: 0.3, from: 1}"));
  CHECK_FALSE(contradicts("{value: 0.8}, {value: 0.8}"));
  CHECK_FALSE(contradicts("{value: 0.8, from: 4}, {value: 0.3, to: 4}"));
  CHECK_FALSE(contradicts("{value: 0.8}, {value: 0.3, scope: {districts: [A]}}"));
  CHECK_FALSE(
      contradicts("{value: 0.8, scope: {districts: [A, B]}}, "
                  "{value: 0.3, scope: {districts: [A]}}"));
  CHECK_FALSE(
      contradicts("{value: 0.8, scope: {where: {phase: primary}}}, "
                  "{value: 0.3, scope: {where: {phase: secondary}}}"));
  CHECK_FALSE(
      contradicts("{value: 0.8, scope: {share: 0.1, draw: p}}, "
                  "{value: 0.3, scope: {share: 0.2, draw: q}}"));
}

TEST_CASE("checks that other rooms register", "[unit][scenario]") {
  FieldTable rows = small_table();
  int calls = 0;
  rows.add_check(
      [&](const Scenario& scenario) {
        ++calls;
        return std::vector<Problem>{{scenario.place("mechanisms.diffusion"), "no diffusion"}};
      },
      {"mechanisms.diffusion"});
  const auto messages = [&](const std::string& text) -> std::string {
    try {
      read_scenario_text(text, "test.yaml", ".", rows);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(messages("reformsim: 1\nhorizon.years: x\nmechanisms.diffusion: off\n") ==
        "test.yaml:2:16: horizon.years: 'x' is not a number; expected a whole number from 1 to 100 "
        "(year)\ntest.yaml:3:23: no diffusion");
  CHECK(calls == 1);
  CHECK(messages("reformsim: 1\nmechanisms.diffusion: x\n") ==
        "test.yaml:2:23: mechanisms.diffusion: 'x' is not a switch; expected on or off");
  CHECK(calls == 1);  // its own field was bad
}

TEST_CASE("limits end in a message, not in a crash", "[unit][scenario]") {
  CHECK(problems_of("reformsim: 1\ntitle: " + std::string(100'000, '[')).size() == 1);
  CHECK(problems_of("reformsim: 1\n" + std::string(200, '-') + "\n").size() == 1);
  CHECK(problems_of(std::string(17 * 1024 * 1024, 'a')).size() == 1);
  CHECK(problems_of("reformsim: 1\na: &a [*a]\n").size() == 1);
  CHECK(problems_of(std::string("reformsim: 1\n\0title: x\n", 23)).size() == 1);
  std::string many = "reformsim: 1\nrecord.school_ids: [a";
  for (int i = 0; i < 1'000'000; ++i) many += ",a";
  CHECK(problems_of(many + "]\n").size() == 1);
  // A name of a megabyte is neither compared with all others nor printed.
  const std::vector<std::string> found =
      problems_of("reformsim: 1\n? " + std::string(1'000'000, 'x') + "\n: 1\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].size() < 200);
}

TEST_CASE("files that cannot be read", "[unit][scenario]") {
  const Folder folder;
  const auto message = [&](const std::string& name) -> std::string {
    try {
      read_scenario(folder(name), table());
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message("none.yaml") == folder("none.yaml") + ": no such file");
  CHECK(message(".") == folder(".") + ": this is a folder, not a file");
  folder.write("closed.yaml", "reformsim: 1\n");
  fs::permissions(folder("closed.yaml"), fs::perms::none);
  // The superuser reads it all the same.
  if (geteuid() != 0)
    CHECK(message("closed.yaml") ==
          folder("closed.yaml") + ": the file cannot be opened for reading");
  CHECK(message(std::string(5000, 'x')) != "");
}

TEST_CASE("the resolved scenario names every field", "[unit][scenario]") {
  const std::string text = resolved_yaml(read("title: \"on\"\ndescription: \"a\\n\\\"b\\\\\"\n"));
  for (const Field& field : table().rows()) {
    const std::string name = field.path.substr(field.path.rfind('.') + 1) + ':';
    INFO(field.path);
    if (field.path != "parameters.file") CHECK(text.find(name) != std::string::npos);
  }
  // In quotes, or another YAML reader would take it for a switch.
  CHECK(text.find("title: \"on\"\n") != std::string::npos);
  const Scenario again = read_scenario_text(text, "again", ".", table());
  CHECK(again.text("title") == "on");
  CHECK(again.text("description") == "a\n\"b\\");
}

TEST_CASE("a difference in the words of policy", "[unit][scenario]") {
  const Scenario before = read("title: Base\n");
  const Scenario after = read(
      "title: Reform\nlevers:\n  external_accountability.stakes: {value: 0.8, ramp: 2, scope: "
      "{where: {phase: primary}}}\n  networks.participation: [{value: voluntary}, {value: "
      "mandated, "
      "from: 3, to: 7}]\nparameters.diffusion.transfer_rate: 0.1\nmechanisms.diffusion: off\n"
      "status_quo.governance.autonomy: 0.5\nhorizon.years: 10\n");
  CHECK(
      difference_text(before, after) ==
      "Base -> Reform\n"
      "external_accountability.stakes: 0.1 throughout -> rises to 0.8 from year 0 over 2 years in "
      "primary schools\n"
      "networks.participation: none throughout -> becomes voluntary from year 0; becomes mandated "
      "from year 3 until year 7\n"
      "governance.autonomy: 0.3 throughout -> 0.5 throughout\n"
      "mechanisms.diffusion: on -> off\n"
      "parameters.diffusion.transfer_rate: 0.08 -> 0.1\n"
      "horizon.years: 15 -> 10\n");
  CHECK(difference_text(before, before) == "Base -> Base\nno difference\n");
  const auto json = difference_json(before, after);
  REQUIRE(json["differences"].size() == 6);
  CHECK(json["differences"][0]["after"]["reform"][0]["value"] == 0.8);
  CHECK(json["differences"][0]["after"]["reform"][0]["to"].is_null());
  CHECK(json["differences"][5]["before"] == 15);
}

TEST_CASE("explain", "[unit][scenario]") {
  for (const char* name :
       {"external_accountability.stakes", "levers.external_accountability.stakes",
        "status_quo.external_accountability.stakes", "stakes"})
    CHECK(explain(table(), name).starts_with("external_accountability.stakes (lever)\n"));
  CHECK(explain(table(), "stakes").find("from 0 to 1") != std::string::npos);
  CHECK(explain(table(), "horizon").find("horizon.steps_per_year") != std::string::npos);
  CHECK(explain(table(), "levers").find("networks.participation") != std::string::npos);
  CHECK_FALSE(can_explain(table(), "stake"));
  CHECK_THROWS_WITH(explain(table(), "staks"), "nothing is called 'staks'; did you mean 'stakes'?");
  CHECK_THROWS_WITH(explain(table(), "scor", {"score"}),
                    "nothing is called 'scor'; did you mean 'score'?");
}

TEST_CASE("the schema names every field with its range", "[unit][scenario]") {
  const auto schema = scenario_schema(table());
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  const auto& years = schema["properties"]["horizon"]["properties"]["years"];
  CHECK(years["minimum"] == 1);
  CHECK(years["maximum"] == 100);
  CHECK(years["default"] == 15);
  const auto& lever = schema["properties"]["levers"]["properties"]["external_accountability"]
                            ["properties"]["stakes"];
  CHECK(lever["anyOf"].size() == 3);
  CHECK(lever["description"].get<std::string>().find("a share from 0 to 1") != std::string::npos);
  CHECK(schema["properties"]["ensemble"]["properties"]["seed"]["maximum"] == 9223372036854775807LL);
}

TEST_CASE("rows of the table are checked when they are added", "[unit][scenario]") {
  FieldTable rows;
  const auto row = [](const char* path, FieldValue standard) {
    return Field{path, FieldGroup::parameter, FieldType::number, "1", 0, 1, standard,
                 {},   "A sentence.",         "assumed"};
  };
  rows.add(row("parameters.a.b", 0.5));
  CHECK_THROWS_AS(rows.add(row("parameters.a.b", 0.5)), std::logic_error);    // twice
  CHECK_THROWS_AS(rows.add(row("parameters.a", 0.5)), std::logic_error);      // a section
  CHECK_THROWS_AS(rows.add(row("parameters.a.b.c", 0.5)), std::logic_error);  // below a field
  CHECK_THROWS_AS(rows.add(row("parameters.a.d", 2.0)), std::logic_error);    // out of its range
  CHECK_THROWS_AS(rows.add(row("parameters.a.e", true)), std::logic_error);   // another type
  CHECK(rows.names_below("") == std::vector<std::string>{"parameters"});
  CHECK(rows.names_below("parameters.a") == std::vector<std::string>{"b"});
}
