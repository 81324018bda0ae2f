// Reads a scenario: files, the files they extend, overlays and --set, into one value for every
// field.
//
// The language, format version 1, in short (the full account stands in scenarios/README.md):
//   reformsim: 1              the format version, required
//   extends: base.yaml        or a list; merged in order, later wins, the file's own keys win over
//   all population: ... horizon: ... ensemble: ... record: ... mechanisms: ... parameters: ...
//   status_quo: ...           a lever's value in burn-in and wherever the reform does not reach
//   levers: ...               a value, an entry {value, from, ramp, to, scope}, or a list of
//   entries
#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace reformsim {

inline constexpr int kFormatVersion = 1;

struct ReadOptions {
  // Off: the list of schools and the sets of parameters are neither looked for nor digested; to
  // look into a stored scenario on a machine that does not have them.
  bool open_files = true;
};

// Overlays are scenario files laid over `file` like a last `extends` that wins; sets are texts
// "path=value" that win over all, their values written as in YAML and their file names relative to
// the working directory. Throws InputError with every problem of every file, in the order of the
// files and, inside them, of the lines. The table must outlive the scenario.
Scenario read_scenario(const std::string& file, const FieldTable& table,
                       const std::vector<std::string>& overlays = {},
                       const std::vector<std::string>& sets = {}, const ReadOptions& options = {});

// The same from a text, for instance the resolved scenario in a results file. `name` stands for the
// file in messages; paths inside the text are relative to `directory`.
Scenario read_scenario_text(const std::string& text, const std::string& name,
                            const std::string& directory, const FieldTable& table,
                            const std::vector<std::string>& sets = {},
                            const ReadOptions& options = {});

}  // namespace reformsim
