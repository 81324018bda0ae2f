#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "scenario/difference.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::string before, after;
  ScenarioOptions scenario;
  bool json = false;
};

int diff(const Options& options) {
  const std::vector<Scenario> both = read_all({options.before, options.after}, options.scenario);
  if (options.json)
    fmt::print("{}\n", json_text(difference_json(both[0], both[1])));
  else if (const std::string text = difference_text(both[0], both[1]); text.empty())
    fmt::print("no difference in policy\n");
  else
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
  return kDone;
}

}  // namespace

void add_diff(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("diff", "Say in policy words how two scenarios differ");
  command->add_option("before", options->before, "scenario file")->required()->type_name("A");
  command->add_option("after", options->after, "scenario file")->required()->type_name("B");
  add_scenario_options(*command, options->scenario);
  add_json(*command, options->json);
  command->footer(
      "One line for each difference: name: in A -> in B. Values that come from files that A and B "
      "extend count like values of their own. Exit code 0, whether they differ or not.\n\n"
      "Example:\n"
      "  reformsim diff my_reform.yaml my_other_reform.yaml");
  jobs[command] = [options] { return diff(*options); };
}

}  // namespace reformsim::cli
