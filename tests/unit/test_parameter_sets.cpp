// Sets of parameters: reading them, what wins over them, and what a stored scenario says of them.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "engine/common_ground.hpp"
#include "model/fields.hpp"
#include "model/term.hpp"
#include "scenario/difference.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

using namespace reformsim;

namespace {

namespace fs = std::filesystem;

const std::string kRate = "parameters.diffusion.transfer_rate";
const std::string kEffort = "parameters.teaching.effort";
const std::string kTwo =
    "set,diffusion.transfer_rate,teaching.effort\n"
    "first,0.05,0.2\n"
    "second,0.2,0.3\n";

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("reformsim-sets-" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_ / "below");
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator()(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (*this)(name);
  }

 private:
  fs::path path_;
};

std::vector<std::string> problems_of(const std::string& file,
                                     const std::vector<std::string>& sets = {}) {
  std::vector<std::string> found;
  try {
    read_scenario(file, field_table(), {}, sets);
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) found.push_back(describe(problem));
  }
  return found;
}

}  // namespace

TEST_CASE("Replicates simulate the sets in turn", "[unit][sets]") {
  const Folder folder;
  folder.write("two.csv", kTwo);
  const std::string file = folder.write("a.yaml", "reformsim: 1\nparameters: {sets: two.csv}\n");
  const Scenario scenario = read_scenario(file, field_table());
  REQUIRE(scenario.parameter_sets() != nullptr);
  CHECK(scenario.parameter_sets()->names == std::vector<std::string>{"first", "second"});
  // Two replicates a set unless told otherwise, and from the front again after the last set.
  const std::vector<std::size_t> expected = {0, 0, 1, 1, 0, 0, 1};
  for (std::uint32_t r = 0; r < expected.size(); ++r) {
    CHECK(scenario.set_of(r) == expected[r]);
    CHECK(scenario.parameter(kRate, r) == (expected[r] == 0 ? 0.05 : 0.2));
    CHECK(model_parameters(scenario, r).of<Diffusion>().transfer_rate ==
          (expected[r] == 0 ? 0.05f : 0.2f));
    CHECK(model_parameters(scenario, r).of<Teaching>().effort == (expected[r] == 0 ? 0.2f : 0.3f));
  }
  // What no column names is as ever.
  CHECK(scenario.parameter("parameters.ties.decay", 3) == scenario.number("parameters.ties.decay"));
  const Scenario one = read_scenario(file, field_table(), {}, {"ensemble.lucks_per_set=1"});
  CHECK(one.set_of(1) == 1);
  CHECK(one.set_of(2) == 0);
}

TEST_CASE("What is written beside sets or above them wins, what is below them loses",
          "[unit][sets]") {
  const Folder folder;
  folder.write("two.csv", kTwo);
  folder.write("base.yaml", "reformsim: 1\nparameters: {teaching.effort: 0.11, ties.decay: 0.3}\n");
  folder.write("sets.yaml",
               "reformsim: 1\nextends: base.yaml\n"
               "parameters: {sets: two.csv, diffusion.transfer_rate: 0.1}\n");
  const Scenario beside = read_scenario(folder("sets.yaml"), field_table());
  CHECK(beside.parameter(kRate, 2) == 0.1);
  CHECK(beside.parameter(kEffort, 2) == 0.3);
  CHECK(beside.parameter("parameters.ties.decay", 2) == 0.3);  // the sets say nothing of it
  folder.write("above.yaml",
               "reformsim: 1\nextends: sets.yaml\nparameters: {teaching.effort: 0.12}\n");
  CHECK(read_scenario(folder("above.yaml"), field_table()).parameter(kEffort, 2) == 0.12);

  // As a file of parameters, which lies below what is written beside it.
  folder.write("belief.yaml", "parameters: {sets: two.csv}\n");
  folder.write("file.yaml",
               "reformsim: 1\nextends: base.yaml\n"
               "parameters: {file: belief.yaml, diffusion.transfer_rate: 0.1}\n");
  const Scenario file = read_scenario(folder("file.yaml"), field_table());
  CHECK(file.parameter(kRate, 2) == 0.1);
  CHECK(file.parameter(kEffort, 2) == 0.3);

  // On the command line, where the later wins.
  const std::string sets = "parameters.sets=" + folder("two.csv");
  const auto effort = [&](const std::vector<std::string>& given) {
    return read_scenario(folder("base.yaml"), field_table(), {}, given).parameter(kEffort, 2);
  };
  CHECK(effort({sets}) == 0.3);
  CHECK(effort({sets, kEffort + "=0.25"}) == 0.25);
  CHECK(effort({kEffort + "=0.25", sets}) == 0.3);
  CHECK(effort({sets, "parameters.sets="}) == 0.11);  // none after all: as it was

  // Set by the program, for instance by a factor of a sweep.
  Scenario varied = beside;
  varied.set(kEffort, 0.15);
  CHECK(varied.parameter(kEffort, 0) == 0.15);
  CHECK(common_ground(varied) != common_ground(beside));
}

TEST_CASE("A stored scenario with sets is the same experiment", "[unit][sets]") {
  const Folder folder;
  folder.write("two.csv", kTwo);
  folder.write("below/b.yaml", "parameters: {sets: ../two.csv}\n");
  const double rate = std::get<double>(field_table().find(kRate)->standard);
  const std::string usual = number_text(rate);
  folder.write(
      "a.yaml",
      "reformsim: 1\nparameters: {file: below/b.yaml, diffusion.transfer_rate: " + usual + "}\n");
  const Scenario scenario = read_scenario(folder("a.yaml"), field_table());
  // The default wins all the same, here and in the stored text.
  const std::string text = resolved_yaml(scenario);
  const Scenario again = read_scenario_text(text, "stored", folder("."), field_table());
  CHECK(resolved_yaml(again) == text);
  CHECK(again.in_sets(kEffort));
  CHECK_FALSE(again.in_sets(kRate));
  CHECK(scenario_digest(again) == scenario_digest(scenario));
  CHECK(common_ground(again) == common_ground(scenario));
  for (const std::uint32_t r : {0u, 2u}) {
    CHECK(again.parameter(kRate, r) == rate);
    CHECK(again.parameter(kEffort, r) == scenario.parameter(kEffort, r));
  }
  // Nothing is opened to look into a stored scenario.
  fs::remove(folder("two.csv"));
  const Scenario looked =
      read_scenario_text(text, "stored", folder("."), field_table(), {}, {.open_files = false});
  CHECK(looked.text("parameters.sets") == "two.csv");
  CHECK(looked.parameter_sets() == nullptr);
  CHECK(problems_of(folder("a.yaml")).size() == 1);

  // The same name with other content is another experiment.
  folder.write("two.csv", kTwo + "third,0.1,0.25\n");
  const Scenario other = read_scenario(folder("a.yaml"), field_table());
  CHECK(scenario_digest(other) != scenario_digest(scenario));
  CHECK(common_ground(other) != common_ground(scenario));
}

TEST_CASE("Replicates a set count only where there are sets", "[unit][sets]") {
  const Folder folder;
  folder.write("two.csv", kTwo);
  const auto read = [&](const std::string& lines) {
    return read_scenario(folder.write("a.yaml", "reformsim: 1\n" + lines), field_table());
  };
  const std::string sets = "parameters: {sets: two.csv}\n", three = "ensemble.lucks_per_set: 3\n";
  CHECK(scenario_digest(read("")) == scenario_digest(read(three)));
  CHECK(common_ground(read("")) == common_ground(read(three)));
  CHECK(difference(read(""), read(three)).empty());
  CHECK(scenario_digest(read(sets)) != scenario_digest(read(sets + three)));
  CHECK(common_ground(read(sets)) != common_ground(read(sets + three)));
  CHECK(common_ground(read(sets)) != common_ground(read("")));

  std::vector<std::string> told;
  for (const Difference& one : difference(read(""), read(sets)))
    told.push_back(one.field->path + ": " + one.before + " -> " + one.after);
  REQUIRE(told.size() == 3);
  CHECK(told[0] == kRate + ": 0.2 -> as in the set");
  CHECK(told[1].ends_with("-> as in the set"));
  CHECK(told[2].starts_with("parameters.sets: "));
}

TEST_CASE("Every mistake in a file of sets is told with its place", "[unit][sets]") {
  const Folder folder;
  const std::string sets = folder("bad.csv");
  const std::string file = folder.write("a.yaml",
                                        "reformsim: 1\n"
                                        "horizon.years: 0\n"
                                        "parameters: {sets: bad.csv}\n");
  folder.write("bad.csv",
               "set,diffusion.transfer_rat,teaching.effort\n"
               "one,0.1,9\n"
               "one,0.1,\n"
               "two,0.1\n"
               ",0.1,0.2\n"
               "four,0.1,\"0,3\"\n");
  CHECK(problems_of(file) ==
        std::vector<std::string>{
            file + ":2:16: horizon.years: 0 is out of range; expected a whole number from 1 to 100 "
                   "(year)",
            sets + ":1:5: 'diffusion.transfer_rat' is no parameter; did you mean "
                   "'diffusion.transfer_rate'?",
            sets + ":2:9: " + kEffort +
                ": 9 is out of range; expected a number from 0 to 1 "
                "(pupil SD/year)",
            sets + ":3:1: set: 'one' is given twice; it first stands in line 2",
            sets + ":3:9: " + kEffort +
                ": found no value; expected a number from 0 to 1 (pupil SD/year)",
            sets + ":4:1: 2 cells, but the header has 3", sets + ":5:1: set: expected a name",
            sets + ":6:10: " + kEffort +
                ": '0,3' is not a number; expected a number from 0 to 1 "
                "(pupil SD/year); write a decimal point, not a comma"});
  folder.write("bad.csv", "name,parameters.teaching.effort,population.poverty_gap\n");
  CHECK(problems_of(folder.write("a.yaml", "reformsim: 1\nparameters: {sets: bad.csv}\n")) ==
        std::vector<std::string>{
            sets + ": there is no set; expected a line for each",
            sets + ":1:1: the first column is 'name'; expected 'set', the name of each set",
            sets + ":1:6: 'parameters.teaching.effort' is no parameter; did you mean "
                   "'teaching.effort'?",
            sets + ":1:33: 'population.poverty_gap' is no parameter"});
  folder.write("bad.csv", "set\none\n");
  CHECK(problems_of(file) ==
        std::vector<std::string>{sets + ":1:1: expected a column for each parameter of the sets"});
  CHECK(problems_of(folder.write("a.yaml", "reformsim: 1\nparameters:\n  sets: none.csv\n")) ==
        std::vector<std::string>{folder("a.yaml") + ":3:9: parameters.sets: " + folder("none.csv") +
                                 ": no such file"});
  CHECK(problems_of(folder.write("b.yaml", "reformsim: 1\n"), {"parameters.sets=" + folder("x")}) ==
        std::vector<std::string>{"--set parameters.sets=" + folder("x") +
                                 ":1:17: parameters.sets: " + folder("x") + ": no such file"});
}
