// A run taken up again goes on to the same bytes.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "record/checkpoint_file.hpp"
#include "support/folder.hpp"
#include "support/recorded.hpp"

using namespace support;

namespace {

const std::string kWorld =
    "population: {schools: 7300, districts: 200}\n"
    "horizon: {years: 3, burn_in_years: 1, steps_per_year: 3}\n"
    "record: {every: term, schools: sample, districts: true, clusters: true}\n";

}  // namespace

TEST_CASE("A restored state goes on to the same bytes", "[identity]") {
  const Parallel parallel(2);
  // Scopes on the score of year 0 must be settled from the state, not from what the score is now.
  const Scenario scenario = scenario_of(
      kWorld + kLively,
      {"levers.external_accountability.inspection={value: 0.9, ramp: 2, "
       "scope: {where: {score: {max: -0.1}}}}",
       "levers.capacity_building.broadcast={value: 0.8, from: 1, scope: {share: 0.4}}"});
  const auto population = population_of(scenario);
  Simulation through(scenario, population, 0, parallel);
  through.burn_in();

  Recorder recorder(record_plan(scenario, *population), parallel);
  recorder.take(through);
  through.add_observer(&recorder);
  struct Stop {
    int term;
    Simulation::State state;
    Recording recording;
  };
  std::vector<Stop> stops;
  for (const int term : {0, 1, 5, 6}) {  // year 0, within years 0 and 1, year 2
    while (through.term() < term) through.next_term();
    stops.push_back({term, through.state(), recorder.recording()});
  }
  through.run_until(3);

  const Folder folder;
  const std::string path = (folder.path / "checkpoint").string();
  for (const Stop& stop : stops) {
    INFO("stopped after term " << stop.term);
    Simulation again(scenario, population, 0, parallel);
    again.restore(stop.state);
    CHECK(again.term() == stop.term);
    Recorder rest(record_plan(scenario, *population), parallel);
    rest.recording() = stop.recording;
    again.add_observer(&rest);
    again.run_until(3);
    CHECK(difference(through.world(), again.world()) == "");
    CHECK(difference(recorder.recording(), rest.recording()) == "");

    // And through a file.
    CheckpointWriter writer(path, {"key", "scenario", stop.term / 3.0});
    writer.add(stop.state, stop.recording);
    writer.commit();
    CheckpointReader reader(path);
    CheckpointReader::Entry entry = reader.load(0);
    CHECK(difference(stop.state.world, entry.state.world) == "");
    CHECK(difference(stop.recording, entry.recording) == "");
    Simulation from_file(scenario, population, 0, parallel);
    from_file.restore(std::move(entry.state));
    from_file.run_until(3);
    CHECK(difference(through.world(), from_file.world()) == "");
  }
}

TEST_CASE("A burn-in taken up again ends in the same bytes", "[identity]") {
  const Parallel parallel(2);
  const Scenario scenario = scenario_of(kWorld + kLively);
  const auto population = population_of(scenario);
  Simulation first(scenario, population, 0, parallel);
  first.next_term();
  Simulation second(scenario, population, 0, parallel);
  second.restore(first.state());
  CHECK(second.term() == -2);
  for (Simulation* simulation : {&first, &second}) {
    simulation->burn_in();
    simulation->run_until(1);
  }
  CHECK(difference(first.world(), second.world()) == "");
}
