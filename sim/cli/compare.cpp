#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/collector.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/several.hpp"
#include "cli/signals.hpp"
#include "decide/comparison_output.hpp"

namespace reformsim::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> files;
  std::string folder;
  std::string baseline;
  ScenarioOptions scenario;
  int threads = 0;
  bool json = false;
  bool quiet = false;
};

class Comparing {
 public:
  explicit Comparing(const Options& options)
      : options_(options), files_(options.files), progress_(options.quiet) {
    baseline_ = place_baseline(files_, options.baseline);
    if (files_.size() < 2)
      throw InputError({}, "compare needs at least two scenarios: a baseline and a reform");
    scenarios_ = read_all(files_, options.scenario);
    require_same_luck(files_, scenarios_);
    for (const Scenario& scenario : scenarios_) pointers_.push_back(&scenario);
    names_ = unique_names(files_);
    replicates_ = static_cast<std::size_t>(scenarios_[0].integer("ensemble.replicates"));
    population_ = populations_of(scenarios_);
    outputs();
  }

  int run() {
    Collector collector(pointers_, replicates_);
    EnsembleOptions engine;
    engine.threads = options_.threads;
    engine.replicates.resize(replicates_);
    std::iota(engine.replicates.begin(), engine.replicates.end(), 0u);
    engine.stop = &stop_requested();
    engine.progress = [this](double done) { progress_.share(done); };
    progress_.stage(fmt::format("Simulating {} scenarios, {} each", scenarios_.size(),
                                counted(replicates_, "replicate")));
    try {
      run_ensemble(pointers_, engine, collector);
    } catch (const Stopped&) {
      progress_.clear();
      keep_finished(collector);
      return kStopped;
    }

    std::vector<std::vector<Recording>> recordings;
    std::vector<Ensemble> ensembles;
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      recordings.push_back(collector.take(s));
      ensembles.push_back(ensemble_of(scenarios_[s], files_[s], names_[s], recordings[s]));
    }
    Comparison comparison = compare(ensembles, system_measures(), baseline_);
    comparison.notes = notes_on(scenarios_);
    if (!options_.folder.empty()) {
      progress_.stage("Writing the results");
      for (std::size_t s = 0; s < scenarios_.size(); ++s)
        write_results(result_path(s), scenarios_[s], *population_[s], recordings[s], clock(),
                      false);
      write_text(in_folder("comparison.csv"), comparison_csv(comparison));
      write_text(in_folder("comparison.json"), comparison_json(comparison));
    }
    progress_.clear();
    fmt::print("{}", options_.json ? comparison_json(comparison) : comparison_table(comparison));
    if (!options_.folder.empty() && !options_.json)
      fmt::print("\nThe table as data: {}\nThe results: {} and {} more in {}. Time: {}\n",
                 in_folder("comparison.csv"), names_[0] + ".h5", scenarios_.size() - 1,
                 options_.folder, duration_text(watch_.seconds()));
    return kDone;
  }

 private:
  std::string in_folder(const std::string& name) const {
    return (fs::path(options_.folder) / name).string();
  }
  std::string result_path(std::size_t scenario) const {
    return in_folder(names_[scenario] + ".h5");
  }
  Clock clock() const { return watch_.clock(Parallel(options_.threads).threads()); }

  void outputs() {
    if (options_.folder.empty()) return;
    const std::string named = "-o " + options_.folder;
    std::error_code error;
    if (fs::exists(options_.folder, error) && !fs::is_directory(options_.folder, error))
      throw InputError({named, 0, 0}, "this is a file; expected a folder");
    const fs::path folder = fs::path(options_.folder) / "";  // "out" and "out/" alike
    const fs::path parent = folder.parent_path().parent_path();
    if (!parent.empty() && !fs::is_directory(parent, error))
      throw InputError({named, 0, 0}, fmt::format("the folder {} does not exist", parent.string()));
    fs::create_directory(options_.folder, error);
    if (error)
      throw RunError(fmt::format("{}: the folder cannot be made: {}", named, error.message()));
    std::uint64_t bytes = 0;
    std::vector<Output> all = {{"-o", in_folder("comparison.csv")},
                               {"-o", in_folder("comparison.json")}};
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      all.push_back({"-o", result_path(s)});
      all.push_back(incomplete_output(result_path(s)));
      bytes += results_bytes(scenarios_[s], *population_[s]);
    }
    check_outputs(all, input_files(pointers_), bytes);
  }

  void keep_finished(Collector& collector) {
    if (options_.folder.empty()) {
      if (!options_.quiet) fmt::print(stderr, "Stopped. Nothing was written: there is no -o\n");
      return;
    }
    std::size_t finished = 0;
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      const std::vector<Recording> recordings = collector.take(s);
      finished = recordings.size();
      if (finished > 0)
        write_results(incomplete_path(result_path(s)), scenarios_[s],
                      make_population(scenarios_[s], recordings[0].replicate), recordings, clock(),
                      true);
    }
    if (options_.quiet) return;
    if (finished == 0)
      fmt::print(stderr, "Stopped before the first replicate was finished; nothing was written\n");
    else
      fmt::print(stderr,
                 "Stopped. {} of {} replicates are finished in all scenarios; they are in {}\n",
                 finished, replicates_, in_folder("*.incomplete.h5"));
  }

  const Options& options_;
  std::vector<std::string> files_;
  Progress progress_;
  Stopwatch watch_;
  std::size_t baseline_ = 0;
  std::vector<Scenario> scenarios_;
  std::vector<const Scenario*> pointers_;
  std::vector<std::string> names_;
  std::size_t replicates_ = 0;
  std::vector<std::shared_ptr<const Population>> population_;
};

}  // namespace

void add_compare(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "compare", "Run scenarios under the same luck and tell how they differ");
  command->add_option("scenario", options->files, "scenario files; the first is the baseline")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "-o,--output", options->folder,
          "folder for comparison.csv, comparison.json and a results file of each scenario; "
          "without it the table is only printed")
      ->type_name("DIR");
  command->add_option("--baseline", options->baseline, "another file to compare with")
      ->type_name("FILE");
  add_scenario_options(*command, options->scenario);
  add_threads(*command, options->threads);
  add_json(*command, options->json);
  add_quiet(*command, options->quiet);
  command->footer(
      "Each replicate meets the same schools and the same chances in every scenario, so the "
      "differences are those of policy. A signal (Ctrl-C) stops the run: replicates that all "
      "scenarios have finished are kept in DIR/*.incomplete.h5 and the exit code is 130.\n\n"
      "Examples:\n"
      "  reformsim compare status_quo.yaml reform.yaml\n"
      "  reformsim compare a.yaml b.yaml c.yaml --baseline b.yaml -o results\n"
      "  reformsim compare scenarios/governance/*.yaml --with my_schools.yaml -o out");
  jobs[command] = [options] { return Comparing(*options).run(); };
}

}  // namespace reformsim::cli
