#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "model/fields.hpp"
#include "serve/exercise_reading.hpp"
#include "serve/exercises.hpp"
#include "serve/facilitator.hpp"

namespace reformsim::cli {

namespace {

namespace fs = std::filesystem;
using serve::Exercise;
using serve::Robust;

struct Options {
  std::vector<std::string> files;
  std::string output;
  bool digest = false, json = false, quiet = false;
};

std::string folder_of(const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  return folder.empty() ? "." : folder.string();
}

// Problems of the exercise first: a table cannot disagree with what cannot be read.
std::vector<Exercise> read(const std::vector<std::string>& files) {
  std::vector<Exercise> exercises;
  std::vector<Problem> problems;
  for (const std::string& file : files) try {
      exercises.push_back(serve::read_exercise(file, field_table()));
    } catch (const InputError& error) {
      add_new(problems, error.problems());
    }
  if (!problems.empty()) throw InputError(std::move(problems));
  return exercises;
}

int workshop(const Options& options) {
  const std::vector<Exercise> exercises = read(options.files);
  if (!options.output.empty() && exercises.size() != 1)
    throw InputError({"-o", 0, 0}, "a page is made of one exercise");
  if (options.digest) {
    for (const Exercise& exercise : exercises) fmt::print("{}\n", serve::policy_digest(exercise));
    return kDone;
  }
  std::vector<Problem> problems;
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const Exercise& exercise : exercises) {
    const Robust robust = Robust::read(folder_of(exercise.file));
    add_new(problems, robust.disagreements(exercise));
    if (options.json) document.push_back(serve::exercise_json(exercise, robust));
    if (!options.output.empty()) {
      check_outputs({{"-o", options.output}}, {exercise.file}, 0);
      write_text(options.output, serve::facilitator_page(exercise, robust));
    }
    if (!options.json && !options.quiet)
      fmt::print("{}: {} ({} minutes, {} scenarios, {} effects)\n", exercise.file, exercise.title,
                 exercise.minutes, exercise.arms.size(), exercise.effects.size());
  }
  if (options.json) fmt::print("{}\n", json_text(document));
  if (!problems.empty()) throw InputError(std::move(problems));
  return kDone;
}

}  // namespace

void add_workshop(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "workshop", "Check guided exercises, and write the page for who leads one");
  command->add_option("file", options->files, "exercises")->required()->type_name("FILE");
  command->add_option("-o,--output", options->output, "the page, for a browser and for paper")
      ->type_name("FILE.html");
  command->add_flag("--digest", options->digest,
                    "only tell what the scenarios come to, for analysis/workshops.py");
  add_json(*command, options->json);
  add_quiet(*command, options->quiet);
  command->footer(
      "Looks for mistakes in the exercise and in its scenarios, and compares what it says of its "
      "robustness with robustness.csv beside it. Exit code 0 when all is in order, 2 otherwise; "
      "the page is written all the same.\n\n"
      "Examples:\n"
      "  reformsim workshop scenarios/workshops/*.yaml\n"
      "  reformsim workshop scenarios/workshops/tablets.yaml -o tablets.html");
  jobs[command] = [options] { return workshop(*options); };
}

}  // namespace reformsim::cli
