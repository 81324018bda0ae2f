#include "decide/knockouts.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/several.hpp"
#include "cli/signals.hpp"
#include "engine/ensemble.hpp"
#include "record/school_statistics.hpp"

namespace reformsim::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string baseline;
  std::vector<std::string> mechanisms;  // as typed, with commas
  std::optional<double> years;
  std::string csv;
  ScenarioOptions scenario;
  int threads = 0;
  bool json = false;
  bool quiet = false;
};

// Keeps the measures of each run's end and nothing else.
class Ends : public EnsembleClient {
 public:
  Ends(std::size_t runs, std::size_t replicates)
      : ends_(runs, Measured(replicates)),
        starts_(runs, std::vector<std::vector<float>>(replicates)) {}
  void begin(std::size_t run, std::size_t replicate, Simulation& simulation) override {
    starts_[run][replicate] = schools_at_start(simulation.world());
  }
  void end(std::size_t run, std::size_t replicate, Simulation& simulation) override {
    std::vector<float> start = std::move(starts_[run][replicate]);
    ends_[run][replicate] = measure_system(simulation.world(), start, simulation.year(), serial_);
  }
  const Measured& of(std::size_t run) const { return ends_[run]; }

 private:
  Parallel serial_{1};
  std::vector<Measured> ends_;  // one slot for each thread's run; the vectors keep their size
  std::vector<std::vector<std::vector<float>>> starts_;  // the same
};

// The mechanisms asked for by name or code, in the order of the term; all that can be switched
// where none is named.
std::vector<const Mechanism*> chosen_mechanisms(const std::vector<std::string>& typed) {
  std::vector<std::string> known;
  std::vector<const Mechanism*> chosen;
  const auto called = [](const Mechanism& mechanism, const std::string& name) {
    return mechanism.name == name || mechanism.code == name;
  };
  for (const Mechanism& mechanism : term_schedule()) {
    if (!mechanism.switchable) continue;
    known.emplace_back(mechanism.name);
    if (typed.empty() || std::ranges::any_of(typed, [&](const std::string& name) {
          return called(mechanism, name);
        }))
      chosen.push_back(&mechanism);
  }
  std::vector<Problem> problems;
  for (const std::string& name : typed) {
    const auto found = std::ranges::find_if(
        term_schedule(), [&](const Mechanism& mechanism) { return called(mechanism, name); });
    if (found != term_schedule().end() && found->switchable) continue;
    const std::string near = nearest(name, known);
    problems.push_back(
        {{"--mechanisms " + name, 0, 0},
         found != term_schedule().end()
             ? fmt::format("'{}' cannot be switched off", name)
             : fmt::format("there is no mechanism '{}'{}", name,
                           near.empty() ? " (reformsim explain mechanisms lists them)"
                                        : fmt::format("; did you mean '{}'?", near))});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return chosen;
}

std::string switch_of(const Mechanism& mechanism) {
  return fmt::format("mechanisms.{}", mechanism.name);
}

// The year at which all scenarios can be read.
double year_of(const Options& options, const std::vector<Scenario>& scenarios) {
  std::int64_t horizon = scenarios[0].integer("horizon.years");
  for (const Scenario& scenario : scenarios)
    horizon = std::min(horizon, scenario.integer("horizon.years"));
  const auto last = static_cast<double>(horizon);
  if (!options.years) return last;
  if (!(*options.years >= 1 && *options.years <= last &&
        *options.years == std::floor(*options.years)))
    throw InputError({fmt::format("--years {:g}", *options.years), 0, 0},
                     fmt::format("expected a whole number of years from 1 to {:g}, where the first "
                                 "scenario ends",
                                 last));
  return *options.years;
}

class KnockingOut {
 public:
  explicit KnockingOut(const Options& options)
      : options_(options),
        files_(options.files),
        progress_(options.quiet),
        mechanisms_(chosen_mechanisms(options.mechanisms)) {
    const std::size_t baseline = place_baseline(files_, options.baseline);
    if (files_.size() > 1) baseline_ = baseline;
    scenarios_ = read_all(files_, options.scenario);
    require_same_luck(files_, scenarios_);
    populations_of(scenarios_);  // finds what is wrong with lists of schools
    year_ = year_of(options, scenarios_);
    replicates_.resize(static_cast<std::size_t>(scenarios_[0].integer("ensemble.replicates")));
    std::iota(replicates_.begin(), replicates_.end(), 0u);
    if (!options.csv.empty()) {
      std::vector<const Scenario*> pointers;
      for (const Scenario& scenario : scenarios_) pointers.push_back(&scenario);
      check_outputs({{"-o", options.csv}}, input_files(pointers), 0);
    }
  }

  int run() {
    // Run 0 of a scenario is as given; run 1 + k has mechanism k the other way round.
    std::vector<Scenario> runs;
    const std::size_t each = 1 + mechanisms_.size();
    runs.reserve(scenarios_.size() * each);
    for (const Scenario& scenario : scenarios_) {
      runs.push_back(scenario);
      for (const Mechanism* mechanism : mechanisms_) {
        Scenario other = scenario;
        other.set(switch_of(*mechanism), !scenario.flag(switch_of(*mechanism)));
        runs.push_back(std::move(other));
      }
    }
    std::vector<const Scenario*> pointers;
    for (const Scenario& scenario : runs) pointers.push_back(&scenario);

    Ends ends(runs.size(), replicates_.size());
    EnsembleOptions engine;
    engine.threads = options_.threads;
    engine.replicates = replicates_;
    engine.until = year_;
    engine.stop = &stop_requested();
    engine.progress = [this](double done) { progress_.share(done); };
    progress_.stage(fmt::format("Simulating {} with and without each of {}, {} each",
                                counted(scenarios_.size(), "scenario"),
                                counted(mechanisms_.size(), "mechanism"),
                                counted(replicates_.size(), "replicate")));
    try {
      run_ensemble(pointers, engine, ends);
    } catch (const Stopped&) {
      progress_.clear();
      if (!options_.quiet) fmt::print(stderr, "Stopped. Nothing was written\n");
      return kStopped;
    }
    progress_.clear();

    Knockouts result = knock_out(measured(ends, each), system_measures(), baseline_, sets());
    for (const Mechanism* mechanism : mechanisms_) {
      result.mechanism.emplace_back(mechanism->name);
      result.code.emplace_back(mechanism->code);
    }
    result.replicates = replicates_;
    result.year = year_;
    result.notes = notes_on(scenarios_);
    if (!options_.csv.empty()) write_text(options_.csv, knockouts_csv(result));
    fmt::print("{}", options_.json ? knockouts_json(result) : knockouts_table(result));
    if (!options_.csv.empty() && !options_.json)
      fmt::print("\nAll measures as data: {}\n", options_.csv);
    return kDone;
  }

 private:
  // Of the first scenario that has some; which set a replicate has is the same in all of them
  // wherever their sets are the same, and notes_on says where they are not.
  std::vector<std::size_t> sets() const {
    for (const Scenario& scenario : scenarios_)
      if (std::vector<std::size_t> all = sets_of(scenario, replicates_); !all.empty()) return all;
    return {};
  }

  std::vector<KnockoutScenario> measured(const Ends& ends, std::size_t each) const {
    const std::vector<std::string> names = unique_names(files_);
    std::vector<KnockoutScenario> all;
    for (std::size_t s = 0; s < scenarios_.size(); ++s) {
      KnockoutScenario one;
      one.name = names[s];
      one.title = scenarios_[s].text("title");
      one.file = files_[s];
      one.as_given = ends.of(s * each);
      for (std::size_t k = 0; k < mechanisms_.size(); ++k) {
        const bool at_work = scenarios_[s].flag(switch_of(*mechanisms_[k]));
        const Measured& other = ends.of(s * each + 1 + k);
        one.at_work.push_back(at_work);
        one.with.push_back(at_work ? one.as_given : other);
        one.without.push_back(at_work ? other : one.as_given);
      }
      all.push_back(std::move(one));
    }
    return all;
  }

  const Options& options_;
  std::vector<std::string> files_;
  Progress progress_;
  std::vector<const Mechanism*> mechanisms_;
  std::optional<std::size_t> baseline_;
  std::vector<Scenario> scenarios_;
  std::vector<std::uint32_t> replicates_;
  double year_ = 0;
};

}  // namespace

void add_knockouts(CLI::App& program, Jobs& jobs) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "knockouts", "Switch each mechanism off in turn and tell what a reform's effect loses");
  command->add_option("scenario", options->files, "scenario files; the first is the baseline")
      ->required()
      ->type_name("FILE");
  command->add_option("--baseline", options->baseline, "another file to compare with")
      ->type_name("FILE");
  command
      ->add_option(
          "--mechanisms", options->mechanisms,
          "only these, by name or code, with commas between them; default all that can be switched")
      ->type_name("A,B")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--years", options->years,
                   "read the effects after so many years instead of at the horizon")
      ->type_name("Y");
  command->add_option("-o,--output", options->csv, "also write all measures as CSV")
      ->type_name("FILE.csv");
  add_scenario_options(*command, options->scenario);
  add_threads(*command, options->threads);
  add_json(*command, options->json);
  add_quiet(*command, options->quiet);
  command->footer(
      "A mechanism is off from the start of the burn-in on, in the scenario and in the baseline. "
      "What it contributes to a reform is the reform's effect with it minus its effect without it. "
      "A mechanism that is off in a scenario is switched on instead. With one scenario there is no "
      "baseline, and the plain change is shown. A signal (Ctrl-C) stops it; nothing is written, "
      "the "
      "exit code is 130.\n\n"
      "Examples:\n"
      "  reformsim knockouts status_quo.yaml reform.yaml\n"
      "  reformsim knockouts reform.yaml --mechanisms diffusion,ties\n"
      "  reformsim knockouts scenarios/drivers/*.yaml --baseline base.yaml -o k.csv");
  jobs[command] = [options] { return KnockingOut(*options).run(); };
}

}  // namespace reformsim::cli
