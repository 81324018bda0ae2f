#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "experiment/job_script.hpp"
#include "experiment/sweep.hpp"
#include "experiment/sweep_file.hpp"
#include "experiment/unit.hpp"
#include "model/fields.hpp"
#include "model/levers.hpp"
#include "population/population.hpp"
#include "scenario/files.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string file, directory;
  std::string shard;
  bool dry_run = false;
  std::string script;
  std::uint64_t shards = 0;
  ScenarioOptions scenario;
  int threads = 0;
  bool quiet = false;
};

Shard shard_of(const std::string& text) {
  if (text.empty()) return {};
  unsigned long long index = 0, count = 0;
  int read = 0;
  const bool good = std::sscanf(text.c_str(), "%llu/%llu%n", &index, &count, &read) == 2 &&
                    static_cast<std::size_t>(read) == text.size() && text[0] != '-' && index >= 1 &&
                    index <= count && count <= 1'000'000;
  if (!good)
    throw InputError({"--shard " + text, 0, 0},
                     "expected the number of the shard and how many there are: 3/16");
  return {index, count};
}

PlanOptions plan_options(const Options& options) {
  const ScenarioOptions& o = options.scenario;
  PlanOptions plan;
  plan.with = o.with;
  plan.sets = o.sets;
  if (o.parameters) plan.sets.insert(plan.sets.begin(), parameters_set(o, options.file));
  std::vector<Problem> problems;
  const auto whole = [&](const std::string& name, const std::string& text, double least,
                         double most) {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && value == std::floor(value) && value >= least &&
        value <= most)
      return static_cast<std::int64_t>(value);
    problems.push_back(
        {{"--" + name + " " + text, 0, 0}, "expected " + expected_number(least, most, "", true)});
    return std::int64_t{0};
  };
  if (o.replicates) plan.replicates = whole("replicates", *o.replicates, 1, kMostReplicates);
  if (o.seed) plan.seed = whole("seed", *o.seed, 0, 9e15);
  if (!problems.empty()) throw InputError(std::move(problems));
  return plan;
}

// A rank of an MPI job must not be taken for a whole sweep: each would do all of it.
void refuse_ranks() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"})
    if (const char* ranks = std::getenv(name); ranks != nullptr && std::atoi(ranks) > 1)
      throw InputError({"reformsim sweep", 0, 0},
                       fmt::format("this is one of {} ranks, and `reformsim` knows nothing of the "
                                   "others: use `mpirun reformsim-mpi sweep ...`, or shards "
                                   "(--shard i/n)",
                                   ranks));
}

std::string thousands(std::uint64_t value) {
  const std::string digits = fmt::format("{}", value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string megabytes(double bytes) {
  return bytes < 1e6   ? fmt::format("{:.0f} kB", std::ceil(bytes / 1e3))
         : bytes < 1e9 ? fmt::format("{:.0f} MB", std::ceil(bytes / 1e6))
                       : fmt::format("{:.1f} GB", bytes / 1e9);
}

// Of this thread: what other programs take of the machine does not make a run longer.
double processor_seconds() {
  struct timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double peak_bytes() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

// The scenarios as they are, before any factor: lists of schools and scopes of levers that cannot
// run are known before anything starts. What a factor makes impossible at a point is found there.
void check_scenarios(const Plan& plan) {
  std::vector<Problem> problems;
  for (std::size_t s = 0; s < plan.policies.size(); ++s) {
    const Policy& policy = plan.policies[s];
    // Where factors vary the population the scenario's own is none of those that will be run.
    if (std::any_of(plan.factors.begin(), plan.factors.end(), [&](const PlannedFactor& one) {
          return one.reaches[s] && one.field->path.starts_with("population.");
        }))
      continue;
    try {
      const Population population = make_population(policy.scenario, 0);
      add_new(problems, check_scopes(policy.scenario, population));
    } catch (const InputError& error) {
      add_new(problems, error.problems());
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

std::vector<std::string> notes_on(const Plan& plan) {
  std::vector<std::string> notes;
  if (plan.policies.size() > 1)
    for (const PlannedFactor& one : plan.factors)
      if (one.field->group == FieldGroup::lever && one.reaches[plan.baseline])
        notes.push_back(fmt::format(
            "Note: {} is varied in the baseline {} too, so that differences to it leave the lever "
            "out; `in: [...]` names the scenarios it is to be varied in",
            one.factor.path, plan.policies[plan.baseline].name));
  return notes;
}

// What the sweep would cost, by running its first units.
int dry_run(const Plan& plan, const Options& options) {
  const std::uint64_t units = plan.points() * static_cast<std::uint64_t>(plan.replicates);
  fmt::print("{}\n{} {} x {} x {} = {} runs\n", plan.title.empty() ? plan.file : plan.title,
             thousands(plan.points()), plan.points() == 1 ? "point" : "points",
             counted(plan.policies.size(), "scenario"), counted(plan.replicates, "replicate"),
             thousands(units * plan.policies.size()));
  if (plan.precision)
    fmt::print(
        "  (at most; a point has no more batches of {} once {} at year {}\n  is known to "
        "{})\n",
        plan.batch, plan.precision->measure, number_text(plan.precision->year),
        number_text(plan.precision->half_width));
  for (std::size_t f = 0; f < plan.factors.size(); ++f)
    fmt::print("  {}: {}\n", plan.factors[f].factor.path, factor_text(plan.factors[f]));

  const double before = peak_bytes(), resident = resident_bytes();
  Lists lists;
  Worker worker(plan, lists, &stop_requested());
  const std::vector<std::uint32_t> order = visiting_order(plan);
  // The first unit has its burn-in alone; later ones share it where they can.
  constexpr std::size_t kTried = 20;
  constexpr double kSeconds = 5;
  double sum = 0, first = 0, took = 0;
  std::size_t timed = 0;
  std::string failure;
  for (std::size_t i = 0; i < std::min(order.size(), kTried) && took < kSeconds; ++i) {
    const double begun = processor_seconds();
    const UnitResult result = worker.run(order[i], 0);  // in this thread alone
    const double used = processor_seconds() - begun;
    took += result.seconds;
    if (result.failed()) {
      if (failure.empty()) failure = fmt::format("point {}: {}", order[i], result.reason);
    } else if (first == 0) {
      first = used;
    } else {
      sum += used, ++timed;
    }
  }
  const double seconds = timed > 0 ? sum / static_cast<double>(timed) : first;
  // Small worlds fit into what reading the plan has left, and raise no peak.
  const double memory = std::max(peak_bytes() - before, resident_bytes() - resident);
  const int threads = Parallel(options.threads).threads();
  const double total = seconds * static_cast<double>(units);
  fmt::print(
      "One point and replicate took {:.3g} s of processor time here;\n"
      "all of them {}, about {} on {}\n",
      seconds, duration_text(total), duration_text(total / threads), counted(threads, "thread"));
  const double values = static_cast<double>(units * plan.values_per_unit() * sizeof(double));
  fmt::print("Memory: about {} for each thread, and {} besides\n", megabytes(memory),
             megabytes(before + static_cast<double>(units)));
  fmt::print("Disk: {} of journals and at most {} for sweep.h5\n",
             megabytes(values + 40.0 * static_cast<double>(units)),
             megabytes(static_cast<double>(sweep_file_bytes(plan))));
  if (!failure.empty()) fmt::print("A run failed: {}\n", failure);
  return failure.empty() ? kDone : kSomeFailed;
}

int print_script(const Options& options) {
  JobScript job;
  job.scheduler = options.script;
  const std::vector<std::string>& known = schedulers();
  if (std::find(known.begin(), known.end(), job.scheduler) == known.end())
    throw InputError({"--job-script " + job.scheduler, 0, 0},
                     fmt::format("expected one of {}", join(known)));
  read_plan(options.file, field_table(), plan_options(options));  // a faulty plan is no job
  job.program = fs::read_symlink("/proc/self/exe").generic_string();
  job.plan = whole_path(options.file);
  job.directory = whole_path(options.directory);
  job.here = whole_path(".");
  // The scheduler opens the tasks' logs there before anything of ours runs.
  std::error_code problem;
  fs::create_directories(job.directory, problem);
  if (problem)
    throw RunError(fmt::format("{}: cannot be made: {}", job.directory, problem.message()));
  job.shards = options.shards == 0 ? 16 : options.shards;
  job.threads = options.threads == 0 ? 1 : options.threads;
  const ScenarioOptions& o = options.scenario;
  const auto add = [&](const std::string& name, const std::string& value) {
    job.options.push_back("--" + name + " " + shell_word(value));
  };
  for (const std::string& file : o.with) add("with", whole_path(file));
  for (const std::string& set : o.sets) add("set", set);
  if (o.parameters) add("parameters", *o.parameters);
  if (o.replicates) add("replicates", *o.replicates);
  if (o.seed) add("seed", *o.seed);
  // They would end a comment of the script, and begin a command.
  for (const std::string& text : {job.program, job.plan, job.directory, job.here})
    if (text.find_first_of("\n\r") != std::string::npos)
      throw InputError({"--job-script " + job.scheduler, 0, 0},
                       fmt::format("{} has a line break in its name; a job script can have none",
                                   in_quotes(text)));
  fmt::print("{}", job_script(job));
  return kDone;
}

// Tells what was done; the exit code.
int report(const Plan& plan, const Options& options, const Shard& shard,
           const SweepOutcome& outcome, bool speaks) {
  if (outcome.stopped) {
    if (speaks && !options.quiet)
      fmt::print(stderr,
                 "Stopped: {} of {} units are finished and kept. The same command goes on "
                 "from there\n",
                 outcome.known + outcome.done, outcome.units);
    return kStopped;
  }
  const std::string again =
      replay_command(options.directory, outcome.first_failed.point, outcome.first_failed.replicate);
  if (outcome.gave_up) {
    if (speaks)
      fmt::print(stderr,
                 "Stopped at a failed run (on_failure: stop): {}\nWith `on_failure: finish` in the "
                 "plan the same command goes on past it. To make the run again:\n  {}\n",
                 outcome.first_failure, again);
    return kFailed;
  }
  if (!speaks) return kDone;
  const std::uint64_t policies = plan.policies.size();
  if (!options.quiet) {
    fmt::print("{} units ({} runs) are done, {} of them now, in {}\n", thousands(outcome.units),
               thousands(outcome.units * policies), thousands(outcome.done),
               duration_text(outcome.wall_seconds));
    if (outcome.done > 0 && outcome.wall_seconds > 0)
      fmt::print("The runs took {:.1f}% of the time of {}\n",
                 100 * outcome.run_seconds / (outcome.wall_seconds * outcome.threads),
                 counted(outcome.threads, "thread"));
    if (!shard.whole())
      fmt::print("When all {} shards are done: reformsim merge {}\n", shard.count,
                 shell_word(options.directory));
  }
  if (outcome.failed > 0 && !shard.whole())
    fmt::print(stderr, "{} failed; {}\nTo make the run again:\n  {}\n",
               counted(outcome.failed, "unit"), outcome.first_failure, again);
  return kDone;
}

// sweep.h5 from all journals of the folder.
int merge(const Plan& plan, const Options& options) {
  const std::string path = (fs::path(options.directory) / "sweep.h5").generic_string();
  const MergeOutcome merged = write_sweep(plan, {options.directory}, path);
  if (!options.quiet) fmt::print("Results: {}\n", path);
  if (merged.failed == 0) return kDone;
  fmt::print(stderr,
             "{} of {} units failed; the file says which and why (failure_reason). To make the "
             "first again:\n  {}\n",
             merged.failed, merged.units,
             replay_command(path, merged.first_failed.point, merged.first_failed.replicate));
  return kSomeFailed;
}

int run(const Options& options, Team& team) {
  const bool speaks = team.rank() == 0;
  if (!options.script.empty()) return speaks ? print_script(options) : kDone;
  if (team.size() == 1) refuse_ranks();
  const Shard shard = shard_of(options.shard);
  if (team.size() > 1 && !shard.whole())
    throw InputError({"--shard " + options.shard, 0, 0},
                     "ranks share the work among themselves; shards are for separate jobs");
  Progress progress(options.quiet || !speaks);
  // The first rank reads and prepares; the others have the plan from it.
  std::optional<Plan> plan;
  std::exception_ptr problem;
  std::string text;
  if (speaks) {
    try {
      plan = read_plan(options.file, field_table(), plan_options(options));
      check_scenarios(*plan);
      if (!options.dry_run) prepare_sweep(*plan, options.directory);
      if (!options.quiet)
        for (const std::string& note : notes_on(*plan)) fmt::print(stderr, "{}\n", note);
      text = resolved_plan(*plan, true);
    } catch (...) {
      problem = std::current_exception();
    }
  }
  text = team.from_first(text);
  if (problem) std::rethrow_exception(problem);
  if (text.empty()) return kBadInput;
  if (options.dry_run) return speaks ? dry_run(*plan, options) : kDone;
  // Whoever runs it, now or later, has it from the same text.
  try {
    plan = read_plan_text(text, options.file, ".", field_table());
  } catch (const std::exception& error) {
    problem = std::make_exception_ptr(RunError(error.what()));
  }
  if (team.any(problem != nullptr)) {
    if (problem) std::rethrow_exception(problem);
    throw RunError("another rank of this sweep could not begin");
  }

  SweepOptions sweep;
  sweep.directory = options.directory;
  sweep.shard = shard;
  sweep.threads = team.size() > 1 && options.threads == 0 ? 1 : options.threads;
  sweep.stop = &stop_requested();
  sweep.progress = [&](double done) { progress.share(done); };
  progress.stage(fmt::format("Running {} x {} x {}", counted(plan->points(), "point"),
                             counted(plan->policies.size(), "scenario"),
                             counted(plan->replicates, "replicate")));
  const SweepOutcome outcome = run_sweep(*plan, sweep, team);
  progress.clear();
  int code = report(*plan, options, shard, outcome, speaks);
  // No rank leaves before the file is written.
  if (code == kDone && shard.whole() && speaks) {
    try {
      code = merge(*plan, options);
    } catch (...) {
      problem = std::current_exception();
    }
  }
  team.any(false);
  if (problem) std::rethrow_exception(problem);
  return code;
}

}  // namespace

void add_sweep(CLI::App& program, Jobs& jobs, Team& team) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("sweep", "Run an experiment: scenarios x design points x replicates");
  command->add_option("plan", options->file, "plan of the experiment")
      ->required()
      ->type_name("PLAN.yaml");
  command
      ->add_option("-o,--output", options->directory,
                   "folder of the sweep; an existing one is continued (default: sweep)")
      ->type_name("DIR");
  options->directory = "sweep";
  command->add_option("--shard", options->shard, "do only this part: 3/16 is the third of sixteen")
      ->type_name("I/N");
  command->add_flag("--dry-run", options->dry_run,
                    "check the plan and tell count, time, memory and disk");
  command
      ->add_option("--job-script", options->script,
                   "print a job script for a cluster: slurm or pbs; runs nothing")
      ->type_name("NAME");
  command->add_option("--shards", options->shards, "shards of the job script (default: 16)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  add_scenario_options(*command, options->scenario);
  add_threads(*command, options->threads);
  add_quiet(*command, options->quiet);
  command->footer(
      "The same command goes on after a kill, a signal, a full disk or the end of a job's time: "
      "finished runs are in journals in the folder, each within a second. More points and more "
      "replicates may be added; any other change of the plan is refused. With several ranks: "
      "mpirun reformsim-mpi sweep ...\n\n"
      "Exit codes: 0 done, 1 failed, 2 bad input, 3 done but some runs failed (of shards merge "
      "tells), 130 stopped.\n\n"
      "Examples:\n"
      "  reformsim sweep plan.yaml --dry-run\n"
      "  reformsim sweep plan.yaml -o results/plan\n"
      "  reformsim sweep plan.yaml -o DIR --job-script slurm --shards 64 > job.sh");
  jobs[command] = [options, &team] { return run(*options, team); };
}

}  // namespace reformsim::cli
