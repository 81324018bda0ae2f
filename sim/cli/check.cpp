#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "model/levers.hpp"
#include "population/population.hpp"
#include "record/recorder.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  ScenarioOptions scenario;
  bool json = false;
  bool quiet = false;
};

struct Verdict {
  std::string file;
  std::string summary;  // when it is good
  std::vector<Problem> problems;
};

Verdict verdict_on(const std::string& file, const ScenarioOptions& options) {
  Verdict verdict{file, {}, {}};
  try {
    const Scenario scenario = read(file, options);
    const bool list = scenario.text("population.kind") == "list";
    std::string schools = counted(scenario.integer("population.schools"), "synthetic school");
    const Population population = make_population(scenario, 0);
    verdict.problems = check_scopes(scenario, population);
    record_plan(scenario, population);
    if (list) schools = counted(population.schools(), "school") + " of a list";
    verdict.summary =
        fmt::format("{}, {}, {}", schools, counted(scenario.integer("horizon.years"), "year"),
                    counted(scenario.integer("ensemble.replicates"), "replicate"));
    if (const ParameterSets* sets = scenario.parameter_sets())
      verdict.summary += ", " + counted(sets->names.size(), "set") + " of parameters";
  } catch (const InputError& error) {
    verdict.problems.insert(verdict.problems.end(), error.problems().begin(),
                            error.problems().end());
  }
  return verdict;
}

nlohmann::ordered_json as_json(const Verdict& verdict) {
  nlohmann::ordered_json entry = {{"file", verdict.file}, {"ok", verdict.problems.empty()}};
  if (verdict.problems.empty()) entry["summary"] = verdict.summary;
  entry["problems"] = nlohmann::ordered_json::array();
  for (const Problem& problem : verdict.problems)
    entry["problems"].push_back({{"file", problem.place.file},
                                 {"line", problem.place.line},
                                 {"column", problem.place.column},
                                 {"message", problem.message}});
  return entry;
}

int check(const Options& options) {
  std::vector<Problem> problems;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    const Verdict verdict = verdict_on(file, options.scenario);
    add_new(problems, verdict.problems);
    if (options.json)
      document.push_back(as_json(verdict));
    else if (verdict.problems.empty() && !options.quiet)
      fmt::print("{}: ok ({})\n", file, verdict.summary);
  }
  if (options.json) fmt::print("{}\n", json_text(document));
  if (problems.empty()) return kDone;
  // As JSON the problems stand in the document already.
  if (options.json) return kBadInput;
  throw InputError(std::move(problems));
}

}  // namespace

void add_check(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "check", "Look for mistakes in scenarios, their overlays and their lists of schools");
  command->add_option("file", options->files, "scenario files")->required()->type_name("FILE");
  add_scenario_options(*command, options->scenario);
  add_json(*command, options->json);
  command->add_flag("--quiet", options->quiet, "say nothing of files that are in order");
  command->footer(
      "Every problem is one line, FILE:LINE:COLUMN: what is wrong. Exit code 0 when there is none, "
      "2 otherwise.\n\n"
      "Examples:\n"
      "  reformsim check scenarios/governance/*.yaml\n"
      "  reformsim check my_reform.yaml --with my_schools.yaml");
  jobs[command] = [options] { return check(*options); };
}

}  // namespace reformsim::cli
