#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "experiment/sweep.hpp"
#include "experiment/sweep_file.hpp"
#include "model/fields.hpp"
#include "scenario/files.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::vector<std::string> directories;
  std::string path;
  bool quiet = false;
};

int run(const Options& options) {
  const Plan plan = plan_of(options.directories[0], field_table());
  std::vector<std::string> directories, known;
  std::vector<Problem> problems;
  for (const std::string& other : options.directories) {
    if (std::find(known.begin(), known.end(), identity(other)) != known.end()) continue;
    known.push_back(identity(other));
    directories.push_back(other);
    for (const std::string& what : what_differs(plan, plan_of(other, field_table())))
      problems.push_back(
          {{other, 0, 0},
           fmt::format("holds another experiment than {}: {}", options.directories[0], what)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  const std::string path =
      options.path.empty()
          ? (std::filesystem::path(options.directories[0]) / "sweep.h5").generic_string()
          : options.path;
  const MergeOutcome merged = write_sweep(plan, directories, path);
  if (!options.quiet)
    fmt::print("{} runs of {} units, {} failed: {}\n", merged.runs, merged.units, merged.failed,
               path);
  if (merged.failed == 0) return kDone;
  fmt::print(stderr, "To make the first failed unit again:\n  {}\n",
             replay_command(path, merged.first_failed.point, merged.first_failed.replicate));
  return kSomeFailed;
}

}  // namespace

void add_merge(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("merge", "Write the shards of a sweep into one sweep.h5");
  command->add_option("directory", options->directories, "folders of the sweep")
      ->required()
      ->type_name("DIR");
  command->add_option("-o,--output", options->path, "file to write (default: DIR/sweep.h5)")
      ->type_name("FILE");
  add_quiet(*command, options->quiet);
  command->footer(
      "The file is the same, byte for byte, as that of the sweep in a single process, but for the "
      "group /clock. What is missing, or there twice, is refused, with the shard to be run "
      "again.\n\n"
      "Exit codes: 0 done, 1 failed, 2 something is missing, 3 done but some runs had failed.\n\n"
      "Example:\n"
      "  reformsim merge results/plan");
  jobs[command] = [options] { return run(*options); };
}

}  // namespace reformsim::cli
