#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/comparison_collector.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/several.hpp"
#include "cli/signals.hpp"
#include "decide/comparison_file.hpp"
#include "decide/comparison_output.hpp"
#include "decide/settled.hpp"
#include "report/page.hpp"
#include "scenario/difference.hpp"
#include "scenario/write.hpp"

namespace reformsim::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> files;
  std::string folder;
  std::string baseline;
  ScenarioOptions scenario;
  std::vector<std::string> beliefs;  // sets of parameters
  std::string until;                 // MEASURE or MEASURE=HALF_WIDTH
  std::int64_t batch = 10, most = 200;
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
    for (const std::string& belief : options.beliefs) {
      ScenarioOptions other = options.scenario;
      other.parameters = belief;
      beliefs_.push_back(read_all(files_, other));
    }
    require_same_luck(files_, scenarios_);
    for (const Scenario& scenario : scenarios_) pointers_.push_back(&scenario);
    names_ = unique_names(files_);
    replicates_ = static_cast<std::size_t>(scenarios_[0].integer("ensemble.replicates"));
    if (!options.until.empty()) {
      precision_ = read_precision(options.until, "--until", system_measures());
      plan_batches();
    }
    population_ = populations_of(scenarios_);
    outputs();
  }

  int run() {
    std::optional<SchoolEffects> effects;
    if (!options_.folder.empty() && same_schools())
      effects.emplace(scenarios_.size(), 0, baseline_, *population_[0]);
    std::vector<std::vector<Recording>> recordings(scenarios_.size());
    std::vector<Ensemble> ensembles;
    std::size_t done = 0, looks = 0;
    bool reached = false;
    for (std::size_t next = precision_ ? first_ : replicates_; next > 0;
         next = reached ? 0 : std::min(batch_, most_ - done)) {
      if (effects) effects->expect(next, sets_from(done, next));
      ComparisonCollector collector(pointers_, next, effects ? &*effects : nullptr, common_years(),
                                    done);
      progress_.stage(fmt::format("Simulating {} scenarios, {}{} each", scenarios_.size(),
                                  done > 0 ? "another " : "", counted(next, "replicate")));
      bool stopped = false;
      try {
        simulate(pointers_, collector, done, next);
      } catch (const Stopped&) {
        stopped = true;
      }
      ensembles.clear();
      for (std::size_t s = 0; s < scenarios_.size(); ++s) {
        for (Recording& one : collector.take(s)) recordings[s].push_back(std::move(one));
        if (!stopped)
          ensembles.push_back(ensemble_of(scenarios_[s], files_[s], names_[s], recordings[s]));
      }
      if (stopped) {
        progress_.clear();
        keep_finished(recordings);
        return kStopped;
      }
      done += next;
      ++looks;
      if (!precision_) break;
      reached = settled(*precision_, ensembles, system_measures(), baseline_);
    }
    if (precision_) {
      // From here on it is the comparison that so many replicates would have made.
      replicates_ = done;
      for (std::size_t s = 0; s < scenarios_.size(); ++s) {
        scenarios_[s].set("ensemble.replicates", static_cast<std::int64_t>(done));
        ensembles[s].digest = scenario_digest(scenarios_[s]);
      }
      for (std::vector<Scenario>& belief : beliefs_)
        for (Scenario& scenario : belief)
          scenario.set("ensemble.replicates", static_cast<std::int64_t>(done));
    }
    Comparison comparison = compare(ensembles, system_measures(), baseline_);
    comparison.notes = notes_on(scenarios_);
    if (precision_)
      comparison.notes.push_back(
          precision_note(*precision_, system_measures(), done, looks, reached));
    std::vector<Belief> beliefs;
    try {
      beliefs = under_beliefs();
    } catch (const Stopped&) {
      progress_.clear();
      if (!options_.quiet)
        fmt::print(stderr, "Stopped while simulating other beliefs. Nothing was written\n");
      return kStopped;
    }
    if (!options_.folder.empty()) {
      progress_.stage("Writing the results");
      for (std::size_t s = 0; s < scenarios_.size(); ++s)
        write_results(result_path(s), scenarios_[s], *population_[s], recordings[s], clock(),
                      false);
      write_text(in_folder("comparison.csv"), comparison_csv(comparison));
      write_text(in_folder("comparison.json"), comparison_json(comparison));
      write_findings(comparison, ensembles, effects, std::move(beliefs), looks);
    }
    progress_.clear();
    fmt::print("{}", options_.json ? comparison_json(comparison) : comparison_table(comparison));
    if (!options_.folder.empty() && !options_.json)
      fmt::print(
          "\nThe report, for a browser: {}\nThe table as data: {}\nThe results: {} and {} more "
          "in {}. Time: {}\n",
          in_folder("report.html"), in_folder("comparison.csv"), names_[0] + ".h5",
          scenarios_.size() - 1, options_.folder, duration_text(watch_.seconds()));
    return kDone;
  }

 private:
  // Batches begin and end with a set of parameters: one that was counted is not added to.
  void plan_batches() {
    const Scenario& first = scenarios_[0];
    std::size_t lucks = 1;
    most_ = static_cast<std::size_t>(options_.most);
    for (const Scenario& scenario : scenarios_) {
      if (sets_of(scenario, {0}).empty()) continue;
      lucks = static_cast<std::size_t>(first.integer("ensemble.lucks_per_set"));
      most_ = std::min(most_, lucks * scenario.parameter_sets()->names.size());
    }
    const auto whole_sets = [&](std::size_t count) { return (count + lucks - 1) / lucks * lucks; };
    most_ = std::max(most_ / lucks * lucks, lucks);
    first_ = std::min(whole_sets(replicates_), most_);
    batch_ = whole_sets(static_cast<std::size_t>(options_.batch));
    replicates_ = most_;
    // What is checked before the run, such as free space, is checked for the most there may be.
    for (Scenario& scenario : scenarios_)
      scenario.set("ensemble.replicates", static_cast<std::int64_t>(most_));
  }

  // Of parameters, of the replicates from `begin`; empty when no scenario has sets.
  std::vector<std::size_t> sets_from(std::size_t begin, std::size_t count) const {
    std::vector<std::uint32_t> replicates(count);
    std::iota(replicates.begin(), replicates.end(), static_cast<std::uint32_t>(begin));
    std::vector<Ensemble> ensembles;
    for (const Scenario& scenario : scenarios_) {
      Ensemble one;
      one.replicates = replicates;
      one.set = sets_of(scenario, replicates);
      ensembles.push_back(std::move(one));
    }
    std::vector<std::size_t> sets = common_sets(ensembles, replicates);
    for (std::size_t& set : sets) set += begin;  // other numbers than those of earlier batches
    return sets;
  }

  void simulate(const std::vector<const Scenario*>& scenarios, EnsembleClient& client,
                std::size_t begin, std::size_t count) {
    EnsembleOptions engine;
    engine.threads = options_.threads;
    engine.replicates.resize(count);
    std::iota(engine.replicates.begin(), engine.replicates.end(),
              static_cast<std::uint32_t>(begin));
    engine.stop = &stop_requested();
    engine.progress = [this](double done) { progress_.share(done); };
    run_ensemble(scenarios, engine, client);
  }

  // One list for all: then a school can be compared with itself.
  bool same_schools() const {
    return std::all_of(population_.begin(), population_.end(),
                       [&](const auto& one) { return one == population_[0]; });
  }
  double common_years() const {
    std::int64_t years = scenarios_[0].integer("horizon.years");
    for (const Scenario& scenario : scenarios_)
      years = std::min(years, scenario.integer("horizon.years"));
    return static_cast<double>(years);
  }

  std::vector<Belief> under_beliefs() {
    std::vector<Belief> found;
    for (std::size_t b = 0; b < beliefs_.size(); ++b) {
      std::vector<const Scenario*> pointers;
      for (const Scenario& scenario : beliefs_[b]) pointers.push_back(&scenario);
      progress_.stage(fmt::format("The same under the parameters {}", options_.beliefs[b]));
      Collector collector(pointers, replicates_);
      simulate(pointers, collector, 0, replicates_);
      std::vector<Ensemble> ensembles;
      for (std::size_t s = 0; s < pointers.size(); ++s)
        ensembles.push_back(ensemble_of(beliefs_[b][s], files_[s], names_[s], collector.take(s)));
      Findings one;
      add_system(one, compare(ensembles, system_measures(), baseline_), ensembles);
      Belief belief;
      belief.name = options_.beliefs[b];
      for (std::size_t s = 0; s < pointers.size(); ++s)
        for (std::size_t m = 0; m < one.measures.size(); ++m)
          belief.end.push_back(one.at(s, m, one.last()));
      found.push_back(std::move(belief));
    }
    return found;
  }

  void write_findings(const Comparison& comparison, const std::vector<Ensemble>& ensembles,
                      const std::optional<SchoolEffects>& effects, std::vector<Belief> beliefs,
                      std::size_t looks) {
    Findings findings;
    findings.looks = static_cast<std::int64_t>(looks);
    add_system(findings, comparison, ensembles);
    if (effects) add_schools(findings, *effects, *population_[0]);
    findings.beliefs = std::move(beliefs);
    findings.program_version = program_version();
    findings.git_commit = program_commit();
    findings.seed = scenarios_[0].integer("ensemble.seed");
    findings.notes = comparison.notes;
    findings.parameters =
        options_.scenario.parameters.value_or(scenarios_[baseline_].file("parameters.file"));
    name_sets(findings);
    const Population& population = *population_[baseline_];
    findings.population_notes = population.notes;
    findings.schools = static_cast<std::int64_t>(population.schools());
    findings.districts = static_cast<std::int64_t>(population.districts());
    for (const float pupils : population.enrolment) findings.pupils += static_cast<double>(pupils);
    findings.synthetic = population.synthetic;
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      ScenarioFacts& facts = findings.scenarios[s];
      facts.description = scenarios_[s].text("description");
      facts.recipe = resolved_yaml(scenarios_[s]);
      for (const InputFile& file : scenarios_[s].files)
        facts.input_files +=
            fmt::format("{}{} {}", facts.input_files.empty() ? "" : "\n", file.role, file.digest);
      for (const Difference& item : difference(scenarios_[baseline_], scenarios_[s]))
        facts.changes.push_back(
            {item.field->path, item.field->meaning, item.field->unit, item.before, item.after});
    }
    const Clock now = clock();
    findings.started = now.started;
    findings.host = now.host;
    findings.wall_s = now.wall_s;
    findings.threads = now.threads;
    findings.command = command();
    write_comparison(in_folder("comparison.h5"), findings);
    // From the file, as `reformsim report` would: what the page shows is what the file holds.
    write_text(in_folder("report.html"), report_page(read_comparison(in_folder("comparison.h5"))));
  }

  // The names of the sets in the first scenario that has some.
  void name_sets(Findings& findings) const {
    const auto with = std::find_if(scenarios_.begin(), scenarios_.end(),
                                   [](const Scenario& one) { return !sets_of(one, {0}).empty(); });
    for (std::size_t r = 0; r < findings.set.size(); ++r) {
      const std::size_t set = findings.set[r];
      if (set < findings.set_names.size()) continue;
      findings.set_names.resize(set + 1);
      findings.set_names[set] = with->parameter_sets()->names[with->set_of(findings.replicates[r])];
    }
  }

  // The command that makes the same comparison, for a shell.
  std::string command() const {
    std::vector<std::string> words = {"reformsim", "compare"};
    const auto add = [&](const std::string& word) { words.push_back(word); };
    const auto option = [&](const char* name, const std::string& value) {
      add(name);
      add(value);
    };
    const ScenarioOptions& scenario = options_.scenario;
    for (const std::string& file : options_.files) add(file);
    if (!options_.baseline.empty()) option("--baseline", options_.baseline);
    for (const std::string& file : scenario.with) option("--with", file);
    if (scenario.parameters) option("--parameters", *scenario.parameters);
    if (!options_.beliefs.empty())
      option("--beliefs", fmt::format("{}", fmt::join(options_.beliefs, ",")));
    if (scenario.replicates) option("--replicates", *scenario.replicates);
    if (precision_) {
      option("--until", options_.until);
      option("--batch", fmt::format("{}", options_.batch));
      option("--most", fmt::format("{}", options_.most));
    }
    if (scenario.seed) option("--seed", *scenario.seed);
    for (const std::string& set : scenario.sets) option("--set", set);
    option("-o", options_.folder);
    return shell_words(words);
  }

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
                               {"-o", in_folder("comparison.json")},
                               {"-o", in_folder("comparison.h5")},
                               {"-o", in_folder("report.html")}};
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      all.push_back({"-o", result_path(s)});
      all.push_back(incomplete_output(result_path(s)));
      bytes += results_bytes(scenarios_[s], *population_[s]);
    }
    check_outputs(all, input_files(pointers_), bytes);
  }

  void keep_finished(const std::vector<std::vector<Recording>>& recordings) {
    if (options_.folder.empty()) {
      if (!options_.quiet) fmt::print(stderr, "Stopped. Nothing was written: there is no -o\n");
      return;
    }
    std::size_t finished = 0;
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      finished = recordings[s].size();
      if (finished > 0)
        write_results(incomplete_path(result_path(s)), scenarios_[s],
                      make_population(scenarios_[s], recordings[s][0].replicate), recordings[s],
                      clock(), true);
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
  std::vector<std::vector<Scenario>> beliefs_;
  std::vector<const Scenario*> pointers_;
  std::vector<std::string> names_;
  std::size_t replicates_ = 0;
  std::optional<Precision> precision_;
  std::size_t first_ = 0, batch_ = 0, most_ = 0;  // replicates, with a precision
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
          "folder for report.html, comparison.h5, .csv and .json, and a results file of each "
          "scenario; without it the table is only printed")
      ->type_name("DIR");
  command->add_option("--baseline", options->baseline, "another file to compare with")
      ->type_name("FILE");
  add_scenario_options(*command, options->scenario);
  command
      ->add_option("--beliefs", options->beliefs,
                   "sets of parameters under which to compare as well, for the report; each takes "
                   "as long as the first")
      ->type_name("SET,SET...")
      ->delimiter(',');
  CLI::Option* until = command->add_option(
      "--until", options->until,
      "add replicates until the order of the scenarios by this measure is settled at the end, or, "
      "with a number, until every difference is known to within it");
  until->type_name("MEASURE[=HALF_WIDTH]");
  const CLI::Range count(std::int64_t{1}, std::int64_t{1'000'000});
  command->add_option("--batch", options->batch, "how many to add at a time for --until (10)")
      ->type_name("N")
      ->needs(until)
      ->check(count);
  command->add_option("--most", options->most, "at most so many in all for --until (200)")
      ->type_name("N")
      ->needs(until)
      ->check(count);
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
