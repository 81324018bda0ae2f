#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "experiment/sweep.hpp"
#include "experiment/sweep_file.hpp"
#include "experiment/unit.hpp"
#include "model/fields.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::string file;
  std::int64_t sample = 10, seed = 1;
  int threads = 0;
  bool quiet = false;
};

// Units that were run, drawn without putting back.
std::vector<Unit> drawn(const SweepFile& sweep, std::size_t count, std::uint64_t seed) {
  struct Candidate {
    std::uint64_t key;
    Unit unit;
    bool operator<(const Candidate& other) const { return key < other.key; }
  };
  std::vector<Candidate> all;  // a heap of the best so far, so that a long sweep needs no more room
  const Plan& plan = sweep.plan();
  for (std::size_t p = 0; p < plan.points(); ++p)
    for (std::uint32_t r = 0; r < plan.replicates; ++r) {
      if (sweep.status(p, r) == SweepFile::Status::not_asked) continue;
      const std::uint64_t of[] = {seed, p, r};
      all.push_back(
          {hash64_of(std::span<const std::uint64_t>(of)), {static_cast<std::uint32_t>(p), r}});
      std::push_heap(all.begin(), all.end());
      if (all.size() <= count) continue;
      std::pop_heap(all.begin(), all.end());
      all.pop_back();
    }
  std::sort_heap(all.begin(), all.end());
  std::vector<Unit> units;
  for (const Candidate& one : all) units.push_back(one.unit);
  return units;
}

int run(const Options& options) {
  const SweepFile sweep(options.file, field_table());
  const Plan& plan = sweep.plan();
  const std::vector<Unit> units = drawn(sweep, static_cast<std::size_t>(options.sample),
                                        static_cast<std::uint64_t>(options.seed));
  if (units.empty())
    throw InputError({options.file, 0, 0},
                     "no run of this sweep is finished; there is nothing to verify");
  // Read before the threads begin: HDF5 is for one at a time.
  std::vector<std::vector<double>> then;
  for (const Unit& unit : units) then.push_back(sweep.values(unit.point, unit.replicate));

  Progress progress(options.quiet);
  progress.stage(fmt::format("Making {} again", counted(units.size(), "unit")));
  const Parallel threads(options.threads);
  Lists lists;
  std::mutex mutex;
  std::vector<std::string> wrong(units.size());
  std::size_t done = 0;
  threads.for_each(units.size(), [&](std::size_t i) {
    Worker worker(plan, lists, &stop_requested());
    const UnitResult now = worker.run(units[i].point, units[i].replicate);
    const bool failed =
        sweep.status(units[i].point, units[i].replicate) == SweepFile::Status::failed;
    if (now.failed() != failed)
      wrong[i] =
          failed ? "failed then, and is done now" : "was done then, and fails now: " + now.reason;
    else if (failed && now.reason != sweep.reason(units[i].point, units[i].replicate))
      wrong[i] = "fails for another reason: " + now.reason;
    else if (!failed &&
             std::memcmp(now.values.data(), then[i].data(), then[i].size() * sizeof(double)) != 0)
      wrong[i] = "has other values";
    const std::lock_guard lock(mutex);
    progress.share(static_cast<double>(++done) / static_cast<double>(units.size()));
  });
  progress.clear();

  std::size_t bad = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (wrong[i].empty()) continue;
    ++bad;
    fmt::print("point {}, replicate {} {}\n", units[i].point, units[i].replicate, wrong[i]);
  }
  const std::string runs = counted(units.size() * plan.policies.size(), "run");
  if (bad == 0) {
    fmt::print("Certified: {} of {}, drawn at random, are the same bit for bit.\n", runs,
               options.file);
    return kDone;
  }
  throw RunError(fmt::format(
      "{}: rejected: {} of {} units drawn are not what this program makes{}", options.file, bad,
      units.size(),
      sweep.same_build() ? "" : fmt::format("; the file is of another build, {}", sweep.build())));
}

}  // namespace

void add_verify(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("verify", "Make a random sample of a sweep again, and compare");
  command->add_option("sweep", options->file, "sweep.h5, or the folder of a sweep that is not done")
      ->required()
      ->type_name("FILE");
  command->add_option("--sample", options->sample, "units to make again (10)")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}));
  command->add_option("--seed", options->seed, "of the draw (1)")->type_name("S");
  add_threads(*command, options->threads);
  add_quiet(*command, options->quiet);
  command->footer(
      "A unit is one point and one replicate, with all its scenarios. Exit codes: 0 certified, 1 "
      "rejected.\n\n"
      "Example:\n"
      "  reformsim verify sweep.h5 --sample 50");
  jobs[command] = [options] { return run(*options); };
}

}  // namespace reformsim::cli
