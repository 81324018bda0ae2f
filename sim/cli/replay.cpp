#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "cli/arguments.hpp"
#include "cli/collector.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/signals.hpp"
#include "decide/summary.hpp"
#include "experiment/sweep_file.hpp"
#include "experiment/unit.hpp"
#include "model/fields.hpp"
#include "scenario/words.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::string file;
  std::int64_t point = 0, replicate = 0;
  std::string scenario;
  std::string results;
  int threads = 0;
  bool quiet = false;
};

std::size_t policy_of(const Plan& plan, const std::string& name) {
  if (name.empty()) {
    if (plan.policies.size() == 1) return 0;
    // The reform is what one looks at; with more of them one has to be named.
    if (plan.policies.size() == 2) return 1 - plan.baseline;
  }
  std::vector<std::string> known;
  for (const Policy& policy : plan.policies) known.push_back(policy.name);
  const auto found = std::find(known.begin(), known.end(), name);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  const std::string near = nearest(name, known);
  throw InputError({"--scenario " + name, 0, 0},
                   fmt::format("expected one of {}{}", join(known),
                               near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

// The kept values of the run again, [measure][year]; NaN where a measure does not exist.
std::vector<double> kept_of(const Plan& plan, const Recording& recording) {
  std::vector<double> values;
  const std::size_t all = system_measures().size();
  for (const std::size_t m : plan.measures)
    for (const double year : plan.years) {
      const auto at = std::find(recording.year.begin(), recording.year.end(), year);
      values.push_back(
          recording.system[static_cast<std::size_t>(at - recording.year.begin()) * all + m]);
    }
  return values;
}

// A unit that failed has no world to look into; its reason is made again.
int fail_again(const SweepFile& sweep, std::size_t point, std::uint32_t replicate) {
  Lists lists;
  const UnitResult now = Worker(sweep.plan(), lists, &stop_requested()).run(point, replicate);
  const std::string then = sweep.reason(point, replicate);
  const std::string unit =
      fmt::format("{}: point {}, replicate {}", sweep.path(), point, replicate);
  const std::string build =
      sweep.same_build() ? "" : fmt::format("; it was made by another build, {}", sweep.build());
  if (!now.failed())
    throw RunError(fmt::format("{} failed then ({}), and is done now{}", unit, then, build));
  if (now.reason != then)
    throw RunError(fmt::format("{} fails, but for another reason than then ({}): {}{}", unit, then,
                               now.reason, build));
  throw RunError(fmt::format("{} fails again, for the same reason: {}", unit, then));
}

int run(const Options& options) {
  const Stopwatch watch;
  const SweepFile sweep(options.file, field_table());
  const Plan& plan = sweep.plan();
  std::vector<Problem> problems;
  if (options.point < 0 || static_cast<std::size_t>(options.point) >= plan.points())
    problems.push_back({{fmt::format("--point {}", options.point), 0, 0},
                        fmt::format("expected a point from 0 to {}", plan.points() - 1)});
  if (options.replicate < 0 || options.replicate >= plan.replicates)
    problems.push_back({{fmt::format("--replicate {}", options.replicate), 0, 0},
                        fmt::format("expected a replicate from 0 to {}", plan.replicates - 1)});
  if (!problems.empty()) throw InputError(std::move(problems));
  const auto point = static_cast<std::size_t>(options.point);
  const auto replicate = static_cast<std::uint32_t>(options.replicate);
  const std::size_t policy = policy_of(plan, options.scenario);

  if (sweep.status(point, replicate) == SweepFile::Status::failed)
    return fail_again(sweep, point, replicate);

  Scenario scenario = scenario_at(plan, policy, point);
  if (!options.results.empty()) {
    // In full: with every school, district and cluster.
    scenario.set("record.schools", std::string("all"));
    scenario.set("record.districts", true);
    scenario.set("record.clusters", true);
    scenario.set("record.replicates", static_cast<std::int64_t>(replicate) + 1);
    check_outputs({{"-o", options.results}}, input_files({&scenario}), 0);
  }
  const Population population = make_population(scenario, replicate);
  Collector collector({&scenario}, 1);
  EnsembleOptions engine;
  engine.threads = options.threads;
  engine.replicates = {replicate};
  engine.until = -1;
  engine.stop = &stop_requested();
  run_ensemble({&scenario}, engine, collector);
  const std::vector<Recording> recordings = collector.take(0);

  if (!options.quiet) {
    fmt::print("{}, point {}, replicate {}:", plan.policies[policy].name, point, replicate);
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
      const std::vector<std::string> names = factor_names(*plan.factors[f].field);
      const double value = plan.design.at(point, f);
      if (plan.factors[f].reaches[policy])
        fmt::print("\n  {}: {}", plan.factors[f].factor.path,
                   names.empty() ? number_text(value) : names[static_cast<std::size_t>(value)]);
    }
    fmt::print("\n{}", summary_table(ensemble_of(scenario, options.file, plan.policies[policy].name,
                                                 recordings),
                                     system_measures()));
  }
  if (!options.results.empty()) {
    write_results(options.results, scenario, population, recordings, watch.clock(options.threads),
                  false);
    if (!options.quiet) fmt::print("Written: {}\n", options.results);
  }
  if (sweep.status(point, replicate) != SweepFile::Status::done) {
    fmt::print("The sweep has no results of this run to compare with.\n");
    return kDone;
  }
  const std::vector<double> now = kept_of(plan, recordings[0]),
                            all = sweep.values(point, replicate);
  const std::vector<double> then(
      all.begin() + static_cast<std::ptrdiff_t>(policy * now.size()),
      all.begin() + static_cast<std::ptrdiff_t>((policy + 1) * now.size()));
  const bool equal = std::memcmp(now.data(), then.data(), now.size() * sizeof(double)) == 0;
  if (equal) {
    if (!options.quiet)
      fmt::print("The {} values that the sweep has of this run are the same, bit for bit.\n",
                 now.size());
    return kDone;
  }
  throw RunError(fmt::format(
      "{}: the sweep has other values of this run{}", options.file,
      sweep.same_build() ? "" : fmt::format("; it was made by another build, {}", sweep.build())));
}

}  // namespace

void add_replay(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("replay", "Make one run of a sweep again, in full");
  command->add_option("sweep", options->file, "sweep.h5, or the folder of a sweep that is not done")
      ->required()
      ->type_name("FILE");
  command->add_option("--point", options->point, "number of the design point (0)")->type_name("P");
  command->add_option("--replicate", options->replicate, "number of the replicate (0)")
      ->type_name("R");
  command
      ->add_option("--scenario", options->scenario,
                   "its name in the plan; by default the one that is not the baseline")
      ->type_name("NAME");
  command
      ->add_option("-o,--output", options->results,
                   "write a results file with all schools, districts and clusters")
      ->type_name("FILE.h5");
  add_threads(*command, options->threads);
  add_quiet(*command, options->quiet);
  command->footer(
      "What the sweep kept of the run is compared bit for bit; a difference is exit code 1, and so "
      "is a run that fails again.\n\n"
      "Example:\n"
      "  reformsim replay sweep.h5 --point 17 --replicate 3 -o run.h5");
  jobs[command] = [options] { return run(*options); };
}

}  // namespace reformsim::cli
