#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "experiment/sweep_file.hpp"
#include "record/results_file.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::string file;
  bool json = false;
};

}  // namespace

void add_info(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "info", "Say what a file of results or of a sweep holds and how it was made");
  command->add_option("file", options->file, "results or sweep file")
      ->required()
      ->type_name("FILE.h5");
  add_json(*command, options->json);
  command->footer(
      "Examples:\n"
      "  reformsim info results.h5\n"
      "  reformsim info sweep.h5\n"
      "  reformsim info results.h5 --json");
  jobs[command] = [options] {
    const std::string text = is_sweep_file(options->file)
                                 ? describe_sweep(options->file, options->json)
                                 : describe_results(options->file, options->json);
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
    return kDone;
  };
}

}  // namespace reformsim::cli
