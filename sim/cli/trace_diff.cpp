#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "record/trace_file.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::string a, b;
  bool json = false;
};

int trace_diff(const Options& options) {
  bool same = false;
  const std::string text = trace_difference(options.a, options.b, same);
  if (options.json)
    fmt::print("{}\n", json_text({{"same", same}, {"difference", text}}));
  else
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
  return same ? kDone : kFailed;
}

}  // namespace

void add_trace_diff(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "trace-diff", "Find where two traced runs first differ: term, mechanism, column, school");
  command->add_option("a", options->a, "trace, written by run --trace")
      ->required()
      ->type_name("A.h5");
  command->add_option("b", options->b, "trace")->required()->type_name("B.h5");
  add_json(*command, options->json);
  command->footer(
      "Exit code 0 when the traces are equal, 1 when they differ.\n\n"
      "Example:\n"
      "  reformsim run s.yaml -o one.h5 --threads 1 --trace one_trace.h5\n"
      "  reformsim run s.yaml -o two.h5 --threads 2 --trace two_trace.h5\n"
      "  reformsim trace-diff one_trace.h5 two_trace.h5");
  jobs[command] = [options] { return trace_diff(*options); };
}

}  // namespace reformsim::cli
