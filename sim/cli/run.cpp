#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "cli/arguments.hpp"
#include "cli/collector.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "decide/summary.hpp"
#include "engine/common_ground.hpp"
#include "engine/trace.hpp"
#include "record/checkpoint_file.hpp"
#include "record/trace_file.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::string file;
  std::string results;
  std::optional<double> until;
  std::string checkpoint;  // to write
  std::string from;        // to continue
  std::string trace;
  std::optional<std::uint32_t> trace_replicates;
  ScenarioOptions scenario;
  int threads = 0;
  bool json = false;
  bool quiet = false;
};

// What a continuation must share with the run it continues: the levers are free, and what was
// recorded before must fit what is recorded after.
std::string continuation_key(const Scenario& scenario) {
  std::string text = common_ground(scenario);
  for (const Field& field : scenario.table().rows())
    if (field.path.starts_with("record."))
      text += fmt::format("{}={}\n", field.path, value_text(field, value_of(scenario, field)));
  return digest(text);
}

// Recorder, checkpoints and traces of one scenario.
class Observed : public Collector {
 public:
  Observed(const Scenario& scenario, std::size_t replicates, CheckpointReader* from,
           CheckpointWriter* checkpoint, std::size_t traced)
      : Collector({&scenario}, replicates),
        from_(from),
        checkpoint_(checkpoint),
        entries_(from ? replicates : 0),
        traces_(std::min(traced, replicates)) {}

  void before_burn_in(std::size_t r, Simulation& simulation) override {
    if (from_) {
      entries_[r] = load(simulation.replicate());
      simulation.restore(std::move(entries_[r]->state));  // past the burn-in already
    }
    if (r < traces_.size()) {
      traces_[r].take(simulation, "(start)");
      simulation.add_observer(&traces_[r]);
    }
  }

  void begin(std::size_t s, std::size_t r, Simulation& simulation) override {
    Collector::begin(s, r, simulation);
    if (from_) {
      recorder(s, r).recording() = std::move(entries_[r]->recording);
      entries_[r].reset();
    }
    if (r < traces_.size()) {
      traces_[r].take(simulation, "(begin)");
      simulation.add_observer(&traces_[r]);
    }
  }

  void end(std::size_t s, std::size_t r, Simulation& simulation) override {
    if (checkpoint_) {
      const std::lock_guard lock(mutex_);
      checkpoint_->add(simulation.state(), recorder(s, r).recording());
    }
    Collector::end(s, r, simulation);
  }

  std::vector<const Trace*> traces() const {
    std::vector<const Trace*> all;
    for (const Trace& trace : traces_) all.push_back(&trace);
    return all;
  }

 private:
  CheckpointReader::Entry load(std::uint32_t replicate) {
    const std::lock_guard lock(mutex_);
    return from_->load(replicate);
  }

  CheckpointReader* from_;
  CheckpointWriter* checkpoint_;
  std::mutex mutex_;  // of both
  std::vector<std::optional<CheckpointReader::Entry>> entries_;
  std::vector<Trace> traces_;
};

double until_year(const Options& options, const Scenario& scenario) {
  if (!options.until) return -1;
  const auto horizon = static_cast<double>(scenario.integer("horizon.years"));
  if (!(*options.until >= 0 && *options.until <= horizon))
    throw InputError(
        {fmt::format("--until {:g}", *options.until), 0, 0},
        fmt::format("expected a year from 0 to {:g}, where the scenario ends", horizon));
  // The results end with a time that is recorded, or they would not reach the year asked for.
  const bool by_term = scenario.text("record.every") == "term";
  const auto steps =
      by_term ? static_cast<double>(scenario.integer("horizon.steps_per_year")) : 1.0;
  const double nearest = std::round(*options.until * steps) / steps;
  if (std::abs(nearest - *options.until) > 1e-3)
    throw InputError({fmt::format("--until {:g}", *options.until), 0, 0},
                     by_term ? fmt::format("expected the end of a term, of which a year has {:g}; "
                                           "the nearest is {:.4g}",
                                           steps, nearest)
                             : "expected a whole year: the results hold the ends of years "
                               "(record.every=term: those of terms)");
  return nearest;
}

// What is settled when clusters are formed, at year 0, cannot differ from there on.
void require_same_clusters(const CheckpointReader& from, const std::string& file,
                           const Scenario& scenario) {
  if (!(from.header().year > 0)) return;
  ReadOptions no_files;
  no_files.open_files = false;
  const Scenario before =
      read_scenario_text(from.header().scenario, file, ".", scenario.table(), {}, no_files);
  std::vector<Problem> problems;
  for (const std::string path : {"networks.cluster_size", "networks.composition"}) {
    const auto settled = [&](const Scenario& one) {
      const Lever& lever = one.lever(path);
      return lever.reform.empty() ? lever.status_quo : lever.reform.front().value;
    };
    if (settled(before) == settled(scenario)) continue;
    const Field& field = *scenario.table().find(path);
    Place place = scenario.place(path);
    if (place.file.empty()) place = {file, 0, 0};
    problems.push_back(
        {place, fmt::format("levers.{}: {} here and {} in the checkpoint; clusters are formed at "
                            "year 0, and the checkpoint stands at year {:g}",
                            path, level_text(field, settled(scenario)),
                            level_text(field, settled(before)), from.header().year)});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

// The checkpoint to continue from, when it fits the scenario.
std::optional<CheckpointReader> open_checkpoint(const Options& options, const Scenario& scenario,
                                                double until) {
  if (options.from.empty()) return std::nullopt;
  std::optional<CheckpointReader> from(std::in_place, options.from);
  from->require_key(
      continuation_key(scenario),
      "population, seed, parameters, mechanisms, status quo, burn-in and what is recorded");
  require_same_clusters(*from, options.from, scenario);
  const Place place{options.from, 0, 0};
  const auto replicates = static_cast<std::uint32_t>(scenario.integer("ensemble.replicates"));
  for (std::uint32_t r = 0; r < replicates; ++r)
    if (!from->has(r))
      throw InputError(place,
                       fmt::format("the checkpoint holds {}, the scenario wants {}",
                                   counted(from->replicates().size(), "replicate"), replicates));
  const double end = until >= 0 ? until : static_cast<double>(scenario.integer("horizon.years"));
  if (from->header().year > end)
    throw InputError(place,
                     fmt::format("the checkpoint stands at year {:g}, after the end of the run at "
                                 "year {:g}",
                                 from->header().year, end));
  return from;
}

int run(const Options& options) {
  const Stopwatch watch;
  Progress progress(options.quiet);
  const Scenario scenario = read(options.file, options.scenario);
  const double until = until_year(options, scenario);
  const Population population = make_population(scenario, 0);
  std::vector<Output> outputs = {{"-o", options.results}};
  if (!options.results.empty()) outputs.push_back(incomplete_output(options.results));
  if (!options.checkpoint.empty()) outputs.push_back({"--checkpoint", options.checkpoint});
  if (!options.trace.empty()) outputs.push_back({"--trace", options.trace});
  std::vector<std::string> inputs = input_files({&scenario});
  if (!options.from.empty()) inputs.push_back(options.from);
  check_outputs(outputs, inputs, results_bytes(scenario, population));
  std::optional<CheckpointReader> from = open_checkpoint(options, scenario, until);
  std::optional<CheckpointWriter> checkpoint;
  if (!options.checkpoint.empty())
    checkpoint.emplace(
        options.checkpoint,
        CheckpointHeader{
            continuation_key(scenario), resolved_yaml(scenario),
            until >= 0 ? until : static_cast<double>(scenario.integer("horizon.years"))});

  const auto replicates = static_cast<std::size_t>(scenario.integer("ensemble.replicates"));
  EnsembleOptions engine;
  engine.threads = options.threads;
  engine.replicates.resize(replicates);
  std::iota(engine.replicates.begin(), engine.replicates.end(), 0u);
  engine.stop = &stop_requested();
  engine.until = until;
  engine.progress = [&](double done) { progress.share(done); };
  Observed collector(scenario, replicates, from ? &*from : nullptr,
                     checkpoint ? &*checkpoint : nullptr,
                     options.trace.empty() ? 0 : options.trace_replicates.value_or(1));
  const auto clock = [&] { return watch.clock(Parallel(options.threads).threads()); };

  progress.stage(fmt::format("Simulating {}, {}", counted(population.schools(), "school"),
                             counted(replicates, "replicate")));
  try {
    run_ensemble({&scenario}, engine, collector);
  } catch (const Stopped&) {
    progress.clear();
    const std::vector<Recording> finished = collector.take(0);
    const std::string path = incomplete_path(options.results);
    if (!finished.empty())
      write_results(path, scenario, make_population(scenario, finished[0].replicate), finished,
                    clock(), true);
    if (options.quiet) return kStopped;
    if (finished.empty())
      fmt::print(stderr, "Stopped before the first replicate was finished; nothing was written\n");
    else
      fmt::print(stderr, "Stopped. {} of {} replicates are finished; they are in {}\n",
                 finished.size(), replicates, path);
    return kStopped;
  }

  const std::vector<Recording> recordings = collector.take(0);
  progress.stage("Writing the results");
  write_results(options.results, scenario, population, recordings, clock(), false);
  if (checkpoint) checkpoint->commit();
  if (!options.trace.empty()) write_trace(options.trace, scenario, population, collector.traces());
  progress.clear();
  const Ensemble ensemble = ensemble_of(scenario, options.file, options.file, recordings);
  if (options.json) {
    auto document = nlohmann::ordered_json::parse(summary_json(ensemble, system_measures()));
    document["results"] = options.results;
    document["wall_s"] = watch.seconds();
    fmt::print("{}\n", json_text(document));
  } else {
    fmt::print("{}\n{}\nResults: {}   (reformsim info {})\nTime: {}\n",
               ensemble.title.empty() ? options.file : ensemble.title,
               summary_table(ensemble, system_measures()), options.results, options.results,
               duration_text(watch.seconds()));
  }
  return kDone;
}

}  // namespace

void add_run(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("run", "Simulate a scenario and write a results file");
  command->add_option("scenario", options->file, "scenario file")->required()->type_name("FILE");
  command->add_option("-o,--output", options->results, "results file (HDF5, also netCDF-4)")
      ->required()
      ->type_name("R.h5");
  command->add_option("--until", options->until, "stop after this year instead of at the horizon")
      ->type_name("YEAR");
  command
      ->add_option("--checkpoint", options->checkpoint,
                   "also write the whole state at the end, to be continued with --from")
      ->type_name("FILE");
  command
      ->add_option("--from", options->from,
                   "continue from this checkpoint; reform levers may differ from then on")
      ->type_name("FILE");
  CLI::Option* trace =
      command
          ->add_option("--trace", options->trace,
                       "also write a hash of every column after each mechanism, for trace-diff")
          ->type_name("T.h5");
  command
      ->add_option("--trace-replicates", options->trace_replicates,
                   "from how many replicates the trace is taken; default 1")
      ->type_name("K")
      ->needs(trace)
      ->check([](const std::string& text) -> std::string {
        std::uint32_t value = 0;
        if (CLI::detail::lexical_cast(text, value) && value > 0) return "";
        return fmt::format("expected a whole number from 1, not '{}'", text);
      });
  add_scenario_options(*command, options->scenario);
  add_threads(*command, options->threads);
  add_json(*command, options->json);
  add_quiet(*command, options->quiet);
  command->footer(
      "An existing results file is replaced only when the new one is complete. A signal (Ctrl-C) "
      "stops the run: finished replicates are kept in R.incomplete.h5, R.h5 stays as it was, the "
      "exit code is 130.\n\n"
      "Examples:\n"
      "  reformsim run my_reform.yaml -o results.h5\n"
      "  reformsim run my_reform.yaml -o results.h5 --replicates 50 --seed 7\n"
      "  reformsim run my_reform.yaml -o results.h5 --set networks.peer_review=0.5\n"
      "  reformsim run my_reform.yaml -o a.h5 --until 5 --checkpoint year5.checkpoint\n"
      "  reformsim run other_reform.yaml -o b.h5 --from year5.checkpoint");
  jobs[command] = [options] { return run(*options); };
}

}  // namespace reformsim::cli
