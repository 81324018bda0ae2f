#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/signals.hpp"
#include "record/results_file.hpp"

namespace {

using namespace reformsim;
using namespace reformsim::cli;

void complain(const std::string& text) { fmt::print(stderr, "{}\n", text); }

// With the git commit where the program was built from a checkout.
std::string version_text() {
  const std::string commit = program_commit();
  return fmt::format("reformsim {}{}", program_version(),
                     commit == "unknown" ? "" : fmt::format(" ({})", commit));
}

int parse_and_call(int argc, char** argv, Team& team) {
  CLI::App program(
      "reformsim simulates how the schools of a country respond to a reform, and compares reforms.",
      "reformsim");
  program.set_version_flag("--version", version_text());
  program.set_help_flag("-h,--help", "print this help");
  program.formatter(help_formatter());
  program.require_subcommand(1);
  program.footer(
      "Exit codes: 0 done, 1 failed while running, 2 bad input, 130 stopped by a signal.\n"
      "`reformsim COMMAND --help` explains a command and gives examples.");
  Jobs jobs;
  add_sweep(program, jobs, team);
  for (const auto add : {add_merge, add_replay, add_verify, add_run, add_compare, add_report,
                         add_serve, add_knockouts, add_import, add_check, add_explain, add_diff,
                         add_schema, add_info, add_trace_diff, add_workshop})
    add(program, jobs);

  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool speaks = team.rank() == 0;
  if (arguments.empty()) {
    if (speaks) fmt::print(stderr, "{}", program.help());
    return kBadInput;
  }
  if (std::vector<Problem> problems = mistaken_arguments(program, arguments); !problems.empty())
    throw InputError(std::move(problems));
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    if (speaks) fmt::print("{}", program.help());  // of the chosen command, if there is one
    return kDone;
  } catch (const CLI::CallForVersion&) {
    if (speaks) fmt::print("{}\n", version_text());
    return kDone;
  } catch (const CLI::ParseError& error) {
    const auto chosen = program.get_subcommands();
    const std::string name = chosen.empty() ? "reformsim" : "reformsim " + chosen[0]->get_name();
    throw InputError({}, fmt::format("{}: {} ({} --help explains)", name, error.what(), name));
  }
  const CLI::App* chosen = program.get_subcommands()[0];
  if (team.size() > 1 && chosen->get_name() != "sweep")
    throw InputError({}, fmt::format("reformsim {}: this is one of {} ranks, and each would do the "
                                     "same; of several ranks only `sweep` makes use",
                                     chosen->get_name(), team.size()));
  return jobs.at(chosen)();
}

}  // namespace

int reformsim::cli::program_main(int argc, char** argv, Team& team) {
  catch_signals();
  try {
    const int code = parse_and_call(argc, argv, team);
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
      complain("the output could not be written");
      return code == kDone ? kFailed : code;
    }
    return code;
  } catch (const InputError& error) {
    // All ranks were given the same.
    if (team.rank() == 0) complain(error.what());
    return kBadInput;
  } catch (const Stopped&) {
    return kStopped;
  } catch (const RunError& error) {
    complain(error.what());
    return kFailed;
  } catch (const std::bad_alloc&) {
    complain(
        "there is not enough memory; fewer schools, replicates at a time (--threads) or recorded "
        "trajectories need less");
    return kFailed;
  } catch (const std::logic_error& error) {
    complain(fmt::format("{} (this is a fault of the program: please report it, with the command)",
                         error.what()));
    return kFailed;
  } catch (const std::exception& error) {
    complain(error.what());
    return kFailed;
  }
}
