#include "scenario/schema.hpp"

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "model/fields.hpp"

namespace reformsim::cli {

void add_schema(CLI::App& program, Jobs& jobs) {
  CLI::App* command =
      program.add_subcommand("schema", "Print the JSON Schema of scenario files, for editors");
  command->footer(
      "With it an editor completes names, shows their meaning and underlines mistakes. For editors "
      "with the YAML language server, write the schema to a file and begin the scenario with the "
      "line\n"
      "  # yaml-language-server: $schema=reformsim.schema.json\n\n"
      "Example:\n"
      "  reformsim schema > reformsim.schema.json");
  jobs[command] = [] {
    fmt::print("{}\n", json_text(scenario_schema(field_table())));
    return kDone;
  };
}

}  // namespace reformsim::cli
