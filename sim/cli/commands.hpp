// The subcommands: each adds its arguments to the parser and says what to call when it was chosen.
// To add one, write its file, declare it here and list it in main.cpp.
#pragma once

#include <functional>
#include <map>

#include <CLI/CLI.hpp>

#include "experiment/team.hpp"

namespace reformsim::cli {

inline constexpr int kDone = 0, kFailed = 1, kBadInput = 2;
inline constexpr int kSomeFailed = 3;  // done, but some of a sweep's runs failed

// What the chosen subcommand does; returns the exit code.
using Jobs = std::map<const CLI::App*, std::function<int()>>;

void add_run(CLI::App& program, Jobs& jobs);
void add_compare(CLI::App& program, Jobs& jobs);
void add_report(CLI::App& program, Jobs& jobs);
void add_serve(CLI::App& program, Jobs& jobs);
void add_knockouts(CLI::App& program, Jobs& jobs);
void add_import(CLI::App& program, Jobs& jobs);
void add_check(CLI::App& program, Jobs& jobs);
void add_explain(CLI::App& program, Jobs& jobs);
void add_diff(CLI::App& program, Jobs& jobs);
void add_schema(CLI::App& program, Jobs& jobs);
void add_info(CLI::App& program, Jobs& jobs);
void add_trace_diff(CLI::App& program, Jobs& jobs);
void add_sweep(CLI::App& program, Jobs& jobs, Team& team);
void add_merge(CLI::App& program, Jobs& jobs);
void add_replay(CLI::App& program, Jobs& jobs);
void add_verify(CLI::App& program, Jobs& jobs);
void add_workshop(CLI::App& program, Jobs& jobs);

// The whole program: finds the subcommand, calls it, and turns what goes wrong into lines on stderr
// and an exit code. With several ranks only the first speaks, and `sweep` is all there is.
int program_main(int argc, char** argv, Team& team);

}  // namespace reformsim::cli
