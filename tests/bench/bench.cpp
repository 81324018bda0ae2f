// How fast: school-terms, draws, the results file, start-up. Built with -DREFORMSIM_BENCH=ON,
// started in the top folder of the checkout:
//
//   build/release/tests/reformsim_bench --benchmark_repetitions=5
//   --benchmark_report_aggregates_only=true
//
// Why these sizes. 5,000 schools are California's elementary schools and the size of most systems:
// their columns (800 bytes a school) fit into the caches of a server processor, so this measures
// arithmetic. 1,000,000 is the largest system we mean to run, of the order of India's: every
// mechanism streams its columns from memory, so this measures traffic, and two threads gain less
// than twice. 30 terms are a reform of ten years.
//
// What to compare with. The same line before a change, on the same machine, by medians of
// repetitions: neighbours on a shared machine slow every line alike, so compare the ratio of two
// lines before you believe one. One line of `term` against the sum of its mechanisms shows what the
// engine itself costs. A mechanism that takes more than a quarter of the term at 1,000,000 schools
// is worth a look; so is one whose two threads gain nothing.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/simulation.hpp"
#include "model/fields.hpp"
#include "record/recorder.hpp"
#include "record/results_file.hpp"
#include "scenario/read.hpp"

using namespace reformsim;

namespace {

// The preset in which every mechanism has work to do.
constexpr const char* kScenario = "scenarios/governance/networked.yaml";
constexpr const char* kDemoPopulation = "scenarios/populations/california.yaml";

Scenario scenario_of(std::size_t schools, std::vector<std::string> more = {}) {
  std::vector<std::string> sets = {"population.schools=" + std::to_string(schools),
                                   "population.districts=" + std::to_string(schools / 12),
                                   "horizon.burn_in_years=1", "horizon.years=100"};
  sets.insert(sets.end(), more.begin(), more.end());
  return read_scenario(kScenario, field_table(), {}, sets);
}

// A system three years into the reform: clusters have formed, ties carry practices.
struct Started {
  explicit Started(std::size_t schools)
      : scenario(scenario_of(schools)),
        population(std::make_shared<const Population>(make_population(scenario, 0))),
        all(0),
        simulation(std::make_unique<Simulation>(scenario, population, 0, all)) {
    simulation->burn_in();
    simulation->run_until(3);
  }
  Scenario scenario;
  std::shared_ptr<const Population> population;
  Parallel all;
  std::unique_ptr<Simulation> simulation;
};

// One size at a time is kept: a system of a million schools fills gigabytes.
Started& started(std::size_t schools) {
  static std::size_t size = 0;
  static std::unique_ptr<Started> kept;
  if (size != schools) {
    kept.reset();
    kept = std::make_unique<Started>(schools);
    size = schools;
  }
  return *kept;
}

void count_school_terms(benchmark::State& state, std::size_t schools, std::int64_t terms) {
  state.SetItemsProcessed(terms * static_cast<std::int64_t>(schools));
}

// A whole year of terms, for the turn of the year and the test cost more than a term between.
void term(benchmark::State& state) {
  const auto schools = static_cast<std::size_t>(state.range(0));
  Started& system = started(schools);
  const Parallel parallel(static_cast<int>(state.range(1)));
  Simulation simulation(system.scenario, system.population, 0, parallel);
  simulation.restore(system.simulation->state());
  const int steps = simulation.steps_per_year();
  std::int64_t terms = 0;
  for (auto _ : state) {
    for (int step = 0; step < steps; ++step) simulation.next_term();
    terms += steps;
  }
  count_school_terms(state, schools, terms);
}

// One mechanism alone, a year of it, on a world that is put back before it has run away.
void mechanism(benchmark::State& state, std::size_t place) {
  const auto schools = static_cast<std::size_t>(state.range(0));
  const Started& system = started(schools);
  const Parallel parallel(static_cast<int>(state.range(1)));
  const Mechanism& unit = term_schedule()[place];
  const ModelParameters parameters = model_parameters(system.scenario, 0);
  const Key key = make_key(1, 0, Domain::dynamics);
  World world = system.simulation->world();
  LeverColumns levers(system.scenario, *system.population, world, key);
  levers.set_year(3);
  const int steps = system.simulation->steps_per_year();
  std::int64_t terms = 0;
  constexpr std::int64_t kPutBackAfter = 30;
  for (auto _ : state) {
    if (terms % kPutBackAfter == 0 && terms > 0) {
      state.PauseTiming();
      world = system.simulation->world();
      state.ResumeTiming();
    }
    for (int step = 0; step < steps; ++step, ++terms)
      unit.step(
          world, levers, parameters,
          Context{1.0 / steps, 3 + static_cast<double>(step) / steps, step == 0, step == steps - 1,
                  Draws(key, unit.purpose, static_cast<std::uint32_t>(terms)), parallel});
  }
  count_school_terms(state, schools, terms);
}

// What a user waits for: ten years of 5,000 schools on one core, without reading, burn-in and
// writing.
void ten_years(benchmark::State& state) {
  const Started& system = started(5000);
  const Parallel one(1);
  const Simulation::State begin = system.simulation->state();
  for (auto _ : state) {
    state.PauseTiming();
    Simulation simulation(system.scenario, system.population, 0, one);
    simulation.restore(begin);
    state.ResumeTiming();
    for (int step = 0; step < 30; ++step) simulation.next_term();
    benchmark::DoNotOptimize(simulation.world().bytes(Column::attainment).data());
  }
  count_school_terms(state, 5000, static_cast<std::int64_t>(state.iterations()) * 30);
}

// Putting a replicate's world aside and taking it up: what a branch of a burn-in costs.
void branch(benchmark::State& state) {
  const Started& system = started(static_cast<std::size_t>(state.range(0)));
  std::int64_t bytes = 0;
  for (std::size_t c = 0; c < kColumns; ++c)
    bytes +=
        static_cast<std::int64_t>(system.simulation->world().bytes(static_cast<Column>(c)).size());
  for (auto _ : state) {
    World copy = system.simulation->world();
    benchmark::DoNotOptimize(copy.bytes(Column::attainment).data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
  state.SetLabel(fmt::format("{} bytes a school", bytes / state.range(0)));
}

constexpr std::size_t kEntitiesDrawn =
    4096;  // in the first cache, so that this is the arithmetic alone

struct Columns4 {
  std::vector<std::uint64_t> ids;
  std::vector<float> values;
  std::array<float*, 4> out;
  Columns4() : ids(kEntitiesDrawn), values(4 * kEntitiesDrawn) {
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i * 0x9E3779B97F4A7C15ull;
    for (std::size_t lane = 0; lane < 4; ++lane) out[lane] = &values[lane * kEntitiesDrawn];
  }
};

// kind: 0 uniforms by four, 1 normals by four, 2 one column of uniforms, 3 of normals, 4 and 5 one
// at a time.
void draws(benchmark::State& state, int kind) {
  Columns4 columns;
  const Key key = make_key(1, 0, Domain::dynamics);
  std::uint32_t term = 0;
  const std::span<float> one(columns.values.data(), kEntitiesDrawn);
  for (auto _ : state) {
    const Draws draws(key, 8, ++term);
    switch (kind) {
      case 0:
        draws.uniforms4(columns.ids, 0, columns.out);
        break;
      case 1:
        draws.normals4(columns.ids, 0, columns.out);
        break;
      case 2:
        draws.uniforms(columns.ids, 0, one);
        break;
      case 3:
        draws.normals(columns.ids, 0, one);
        break;
      case 4:
        for (std::size_t i = 0; i < one.size(); ++i) one[i] = draws.uniform(columns.ids[i], 0);
        break;
      default:
        for (std::size_t i = 0; i < one.size(); ++i) one[i] = draws.normal(columns.ids[i], 0);
    }
    benchmark::DoNotOptimize(columns.values.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kEntitiesDrawn) * (kind < 2 ? 4 : 1));
}

// A results file with the trajectories of all 5,000 schools over 30 years, which is mostly numbers.
void write_file(benchmark::State& state) {
  const Scenario scenario =
      scenario_of(5000, {"record.schools=all", "horizon.years=30", "ensemble.replicates=1"});
  const auto population = std::make_shared<const Population>(make_population(scenario, 0));
  const Parallel parallel(0);
  Simulation simulation(scenario, population, 0, parallel);
  simulation.burn_in();
  Recorder recorder(record_plan(scenario, *population), parallel);
  recorder.take(simulation);
  simulation.add_observer(&recorder);
  simulation.run_until(30);
  const std::vector<Recording> recordings = {recorder.recording()};
  const std::string path = (std::filesystem::temp_directory_path() /
                            ("reformsim-bench-" + std::to_string(getpid()) + ".h5"))
                               .string();
  for (auto _ : state) write_results(path, scenario, *population, recordings, Clock{}, false);
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  const std::size_t floats =
      recordings[0].school.size() + recordings[0].district.size() + recordings[0].cluster.size();
  std::filesystem::remove(path);
  // Of what was recorded, not of what the file's compression made of it.
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(floats * sizeof(float)));
  state.SetLabel(fmt::format("a file of {:.1f} MB", static_cast<double>(bytes) / 1e6));
}

// The rows of the field table put into their indices; the strings are copied, not made.
void build_field_table(benchmark::State& state) {
  const std::vector<Field>& rows = field_table().rows();
  for (auto _ : state) {
    FieldTable table;
    for (const Field& row : rows) table.add(row);
    benchmark::DoNotOptimize(table.rows().data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * rows.size()));
}

void read_demo_scenario(benchmark::State& state) {
  for (auto _ : state) {
    Scenario scenario = read_scenario(kScenario, field_table(), {kDemoPopulation});
    benchmark::DoNotOptimize(scenario.files.data());
  }
}

// From the name of the demo's files to the end of its first term, inside a running process.
void to_first_term(benchmark::State& state) {
  const Parallel one(1);
  for (auto _ : state) {
    const Scenario scenario = read_scenario(kScenario, field_table(), {kDemoPopulation});
    const auto population = std::make_shared<const Population>(make_population(scenario, 0));
    Simulation simulation(scenario, population, 0, one);
    simulation.next_term();
    benchmark::DoNotOptimize(simulation.world().bytes(Column::attainment).data());
  }
}

// The program itself, from fork to exit: with "info" it only loads; else it runs one year of the
// demo.
void process(benchmark::State& state, bool run) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const char* named = std::getenv("REFORMSIM_PROGRAM");
  const std::string program = named ? named : (here.parent_path() / "reformsim").string();
  if (!std::filesystem::exists(program)) {
    state.SkipWithError("no program; set REFORMSIM_PROGRAM");
    return;
  }
  const std::string out = (std::filesystem::temp_directory_path() /
                           ("reformsim-bench-" + std::to_string(getpid()) + ".h5"))
                              .string();
  for (auto _ : state) {
    const pid_t child = fork();
    if (child == 0) {
      if (freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
      if (run)
        execl(program.c_str(), program.c_str(), "run", kScenario, "--with", kDemoPopulation,
              "--set", "horizon.burn_in_years=0", "--set", "horizon.years=1", "--replicates", "1",
              "--threads", "1", "--quiet", "-o", out.c_str(), static_cast<char*>(nullptr));
      else
        execl(program.c_str(), program.c_str(), "--version", static_cast<char*>(nullptr));
      _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) {
      state.SkipWithError("the program failed");
      break;
    }
  }
  std::filesystem::remove(out);
}

void add_all() {
  namespace bm = benchmark;
  const auto ms = bm::kMillisecond;
  for (const std::int64_t schools : {5000, 1000000}) {
    for (const std::int64_t threads : {1, 2})
      bm::RegisterBenchmark("term", term)->Args({schools, threads})->Unit(ms)->UseRealTime();
    for (std::size_t m = 0; m < term_schedule().size(); ++m)
      for (const std::int64_t threads : {1, 2})
        bm::RegisterBenchmark(("mechanism/" + std::string(term_schedule()[m].name)).c_str(),
                              [m](bm::State& state) { mechanism(state, m); })
            ->Args({schools, threads})
            ->Unit(ms)
            ->UseRealTime();
    bm::RegisterBenchmark("branch", branch)->Arg(schools)->Unit(ms)->UseRealTime();
    if (schools == 5000)
      bm::RegisterBenchmark("ten_years_of_5000_schools_on_one_core", ten_years)
          ->Unit(ms)
          ->UseRealTime();
  }
  const char* kinds[] = {"uniforms4", "normals4", "uniforms", "normals", "uniform", "normal"};
  for (int kind = 0; kind < 6; ++kind)
    bm::RegisterBenchmark(("draws/" + std::string(kinds[kind])).c_str(),
                          [kind](bm::State& state) { draws(state, kind); });
  bm::RegisterBenchmark("write_results", write_file)->Unit(ms)->UseRealTime();
  bm::RegisterBenchmark("start/field_table", build_field_table)->Unit(bm::kMicrosecond);
  bm::RegisterBenchmark("start/read_demo_scenario", read_demo_scenario)->Unit(ms);
  bm::RegisterBenchmark("start/to_first_term", to_first_term)->Unit(ms);
  bm::RegisterBenchmark("start/process_version", [](bm::State& state) { process(state, false); })
      ->Unit(ms)
      ->UseRealTime();
  bm::RegisterBenchmark("start/process_first_year", [](bm::State& state) { process(state, true); })
      ->Unit(ms)
      ->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  // The first call makes the table's rows; there is only one first call in a process.
  const auto before = std::chrono::steady_clock::now();
  const std::size_t rows = field_table().rows().size();
  const std::chrono::duration<double, std::micro> first = std::chrono::steady_clock::now() - before;
  benchmark::AddCustomContext("field table, first use",
                              fmt::format("{:.0f} us, {} rows", first.count(), rows));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (!std::filesystem::exists(kScenario)) {
    fmt::print(stderr, "{} is not here: start this in the top folder of the checkout\n", kScenario);
    return 2;
  }
  add_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
