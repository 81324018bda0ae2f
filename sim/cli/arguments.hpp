// What the subcommands' arguments have in common: options, the scenarios they describe, and
// mistakes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "scenario/scenario.hpp"

namespace reformsim::cli {

// Options that change a scenario. They become overlays and sets of the reader, so that
// `--replicates 0` is refused by the same rule as `replicates: 0` in a file.
struct ScenarioOptions {
  std::optional<std::string> replicates, seed;  // as typed
  std::vector<std::string> with;                // overlay files
  std::vector<std::string> sets;                // path=value
  std::optional<std::string> parameters;        // file, or name of a set
};
void add_scenario_options(CLI::App& command, ScenarioOptions& options);

// What --parameters means for a scenario or a plan, as a set of the reader. Throws InputError.
std::string parameters_set(const ScenarioOptions& options, const std::string& file);

void add_threads(CLI::App& command, int& threads);
void add_json(CLI::App& command, bool& json);
void add_quiet(CLI::App& command, bool& quiet);

// Throws InputError with every problem of the file and of the options.
Scenario read(const std::string& file, const ScenarioOptions& options);

// Reads all of them before it throws, with the problems of all and none of them twice.
std::vector<Scenario> read_all(const std::vector<std::string>& files,
                               const ScenarioOptions& options);

// A value that is no lever, as it acts: a file by its whole path.
FieldValue value_of(const Scenario& scenario, const Field& field);

// The words of a command as a shell takes them: quoted where it would read more into them.
std::string shell_words(const std::vector<std::string>& words);

// As it is printed: a path or a text of the user need not be UTF-8, and must not stop the report.
std::string json_text(const nlohmann::ordered_json& document);

// "1 year", "3 years".
template <class Count>
std::string counted(Count count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

// Adds problems that are not yet among them: a file that several scenarios use is reported once.
void add_new(std::vector<Problem>& problems, const std::vector<Problem>& more);

// Unknown subcommands and options with the nearest valid name, and options given twice; empty when
// there are none. To be
// asked before the parser, which would say less.
std::vector<Problem> mistaken_arguments(CLI::App& program,
                                        const std::vector<std::string>& arguments);

}  // namespace reformsim::cli
