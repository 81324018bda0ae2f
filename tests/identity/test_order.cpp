// The same bytes whoever computes them and in whatever order: threads, blocks, replicates.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/recorded.hpp"

using namespace support;

namespace {

// 7,300 schools are eight parallel blocks.
const std::string kEightBlocks =
    "population: {schools: 7300, districts: 200}\nensemble: {seed: 5}\n";
const std::string kRecordAll =
    "record: {every: term, schools: sample, districts: true, clusters: true, replicates: 9}\n";

Scenario lively(const std::string& horizon) {
  return scenario_of(kEightBlocks + horizon + kRecordAll + kLively);
}

}  // namespace

TEST_CASE("Any number of threads gives the same bytes", "[identity]") {
  const Scenario scenario = lively("horizon: {years: 2, burn_in_years: 2, steps_per_year: 2}\n");
  const Recorded alone = run_recorded(scenario, Parallel(1));
  REQUIRE(block_count(alone.world.schools()) >= 8);
  // Something has happened that could have happened in another order.
  REQUIRE(alone.world[col::leaders_left][0] > 100);
  REQUIRE(alone.recording.system.size() == 5 * system_measures().size());
  for (const int threads : {2, 3, 7, 16}) {
    INFO(threads << " threads");
    CHECK(difference(alone, run_recorded(scenario, Parallel(threads))) == "");
  }
}

TEST_CASE("Any order of blocks gives the same bytes", "[identity]") {
  const Scenario scenario = lively("horizon: {years: 2, burn_in_years: 1, steps_per_year: 1}\n");
  const Recorded in_order = run_recorded(scenario, Parallel(1));
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("blocks shuffled by seed " << seed);
    Parallel shuffled(seed % 2 == 0 ? 3 : 1);
    shuffled.shuffle(seed);
    CHECK(difference(in_order, run_recorded(scenario, shuffled)) == "");
  }
}

TEST_CASE("Any order and number of replicates gives the same bytes", "[identity]") {
  const Scenario scenario = lively("horizon: {years: 2, burn_in_years: 1, steps_per_year: 1}\n");
  const std::vector<std::uint32_t> five = {0, 1, 2, 3, 4};
  const auto run = [&](std::vector<std::uint32_t> replicates, int threads, std::uint64_t shuffle,
                       Keeper& keeper) {
    EnsembleOptions options;
    options.replicates = std::move(replicates);
    options.threads = threads;
    options.shuffle = shuffle;
    run_ensemble({&scenario}, options, keeper);
  };
  Keeper all;
  run(five, 1, 0, all);
  REQUIRE(all.size() == 5);
  REQUIRE(difference(all.at(0, 0), all.at(0, 1)) != "");

  SECTION("an ensemble is its replicates") {
    for (const std::uint32_t r : {0u, 4u})
      CHECK(difference(all.at(0, r), run_recorded(scenario, Parallel(2), r)) == "");
  }
  SECTION("threads and order") {
    for (const int threads : {2, 3, 7, 16}) {
      INFO(threads << " threads");
      Keeper other;
      run(five, threads, static_cast<std::uint64_t>(threads), other);
      for (std::size_t r = 0; r < 5; ++r) CHECK(difference(all.at(0, r), other.at(0, r)) == "");
    }
  }
  SECTION("one replicate alone, and in another place") {
    Keeper one;
    run({3}, 2, 0, one);
    CHECK(difference(all.at(0, 3), one.at(0, 0)) == "");
    Keeper turned;
    run({4, 2}, 2, 7, turned);
    CHECK(difference(all.at(0, 4), turned.at(0, 0)) == "");
    CHECK(difference(all.at(0, 2), turned.at(0, 1)) == "");
  }
  SECTION("recording changes nothing") {
    EnsembleOptions options;
    options.replicates = {0, 1};
    Keeper silent(false);
    run_ensemble({&scenario}, options, silent);
    for (std::size_t r = 0; r < 2; ++r)
      CHECK(difference(all.at(0, r).world, silent.at(0, r).world) == "");
  }
}

TEST_CASE("One large replicate gives the same bytes over schools", "[identity]") {
  // So many schools that the ensemble lets threads share a replicate.
  const Scenario scenario = scenario_of(
      "population: {schools: 50000, districts: 1000}\n"
      "horizon: {years: 1, burn_in_years: 1, steps_per_year: 1}\n" +
      kLively);
  EnsembleOptions options;
  options.replicates = {0};
  options.threads = 1;
  Keeper alone;
  run_ensemble({&scenario}, options, alone);
  options.threads = 3;
  options.shuffle = 4;
  Keeper shared;
  run_ensemble({&scenario}, options, shared);
  CHECK(difference(alone.at(0, 0), shared.at(0, 0)) == "");
}

TEST_CASE("A scenario alone is what it is in a comparison of four", "[identity]") {
  const std::string size =
      kEightBlocks + "horizon: {years: 2, burn_in_years: 1, steps_per_year: 1}\n" + kRecordAll;
  const std::vector<Scenario> presets = {preset("status_quo", size), preset("top_down", size),
                                         preset("autonomous", size), preset("networked", size)};
  EnsembleOptions options;
  options.replicates = {0, 1};
  options.threads = 3;
  Keeper four;
  run_ensemble({&presets[0], &presets[1], &presets[2], &presets[3]}, options, four);
  REQUIRE(four.size() == 8);
  for (std::size_t s = 0; s < presets.size(); ++s) {
    INFO("preset " << s);
    Keeper alone;
    run_ensemble({&presets[s]}, options, alone);
    for (std::size_t r = 0; r < 2; ++r) CHECK(difference(four.at(s, r), alone.at(0, r)) == "");
    if (s > 0) CHECK(difference(four.at(0, 0), four.at(s, 0)) != "");
  }
  // The order in which they are named does not matter either.
  Keeper turned;
  run_ensemble({&presets[3], &presets[0]}, options, turned);
  CHECK(difference(four.at(3, 1), turned.at(0, 1)) == "");
  CHECK(difference(four.at(0, 1), turned.at(1, 1)) == "");
}

// The smallest world with several blocks, for the thread sanitizer. It has terms enough that
// threads meet: in a single one the first thread may have done all blocks before the second wakes
// up.
TEST_CASE("Threads share a small world", "[identity][tsan]") {
  const Scenario scenario = scenario_of(
      "population: {schools: 2100, districts: 60}\n"
      "horizon: {years: 2, burn_in_years: 1, steps_per_year: 6}\n" +
      kRecordAll + kLively);
  SECTION("over schools") {
    const Recorded alone = run_recorded(scenario, Parallel(1));
    REQUIRE(block_count(alone.world.schools()) == 3);
    CHECK(difference(alone, run_recorded(scenario, Parallel(4))) == "");
  }
  SECTION("over replicates") {
    EnsembleOptions options;
    options.replicates = {0, 1, 2, 3};
    options.threads = 1;
    Keeper alone;
    run_ensemble({&scenario}, options, alone);
    options.threads = 4;
    Keeper shared;
    run_ensemble({&scenario}, options, shared);
    for (std::size_t r = 0; r < 4; ++r) CHECK(difference(alone.at(0, r), shared.at(0, r)) == "");
  }
}
