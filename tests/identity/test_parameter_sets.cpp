// Sets of parameters: the same bytes whoever computes a replicate, beside which others.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/recorded.hpp"

using namespace support;

namespace {

const std::string kWorld =
    "population: {schools: 2100, districts: 60}\nensemble: {seed: 5}\n"
    "horizon: {years: 2, burn_in_years: 2, steps_per_year: 2}\n";

struct SetsFile {
  std::string path;
  explicit SetsFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "reformsim-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    REQUIRE(file >= 0);
    path = name;
    std::ofstream(path) << text;
  }
  ~SetsFile() { std::filesystem::remove(path); }
  Scenario scenario(std::vector<std::string> sets = {}) const {
    sets.insert(sets.begin(), "parameters.sets=" + path);
    return scenario_of(kWorld + kLively, sets);
  }
};

const std::string kThree =
    "set,teaching.effort,learning.retention,joining.influence\n"
    "a,0.05,0.6,1\n"
    "b,0.25,0.7,3\n"
    "c,0.15,0.5,2\n";

}  // namespace

TEST_CASE("With sets of parameters, threads and other replicates change no byte", "[identity]") {
  const SetsFile file(kThree);
  const Scenario scenario = file.scenario();
  const auto run = [&](std::vector<std::uint32_t> replicates, int threads, std::uint64_t shuffle,
                       Keeper& keeper) {
    EnsembleOptions options;
    options.replicates = std::move(replicates);
    options.threads = threads;
    options.shuffle = shuffle;
    run_ensemble({&scenario}, options, keeper);
  };
  Keeper all;
  run({0, 1, 2, 3, 4, 5, 6}, 1, 0, all);
  for (const int threads : {2, 3, 7}) {
    Keeper other;
    run({0, 1, 2, 3, 4, 5, 6}, threads, static_cast<std::uint64_t>(threads), other);
    for (std::size_t r = 0; r < 7; ++r) CHECK(difference(all.at(0, r), other.at(0, r)) == "");
  }
  Keeper some;
  run({5, 2}, 2, 3, some);
  CHECK(difference(all.at(0, 5), some.at(0, 0)) == "");
  CHECK(difference(all.at(0, 2), some.at(0, 1)) == "");
  // The set is what makes the difference, and it does make one.
  for (const auto& [replicate, set] :
       {std::pair{1u, std::string("teaching.effort: 0.05, learning.retention: 0.6, "
                                  "joining.influence: 1")},
        std::pair{2u, std::string("teaching.effort: 0.25, learning.retention: 0.7, "
                                  "joining.influence: 3")},
        std::pair{6u, std::string("teaching.effort: 0.05, learning.retention: 0.6, "
                                  "joining.influence: 1")}}) {
    const Scenario alone = scenario_of(kWorld + kLively + "parameters: {" + set + "}\n");
    CHECK(difference(all.at(0, replicate), run_recorded(alone, Parallel(2), replicate)) == "");
    CHECK(difference(all.at(0, replicate),
                     run_recorded(scenario_of(kWorld + kLively), Parallel(2), replicate)) != "");
  }
}

TEST_CASE("A set alone is a file of parameters with its values", "[identity]") {
  const SetsFile file("set,teaching.effort,learning.retention\nonly,0.123456789,0.654321\n");
  const SetsFile yaml("teaching.effort: 0.123456789\nlearning.retention: 0.654321\n");
  const Scenario sets = file.scenario();
  const Scenario values = scenario_of(kWorld + kLively, {"parameters.file=" + yaml.path});
  for (const std::uint32_t replicate : {0u, 3u})
    CHECK(difference(run_recorded(sets, Parallel(2), replicate),
                     run_recorded(values, Parallel(2), replicate)) == "");
}

TEST_CASE("Branches of a past with sets are the scenarios alone", "[identity]") {
  const SetsFile file(kThree);
  const Scenario first = file.scenario();
  const Scenario second = file.scenario({"levers.networks.facilitation=0.1"});
  const Scenario kept = file.scenario({"parameters.teaching.effort=0.15"});  // another past
  EnsembleOptions options;
  options.replicates = {2, 5};
  Keeper together;
  run_ensemble({&first, &second, &kept}, options, together);
  const std::vector<const Scenario*> each = {&first, &second, &kept};
  for (std::size_t s = 0; s < each.size(); ++s)
    for (std::size_t r = 0; r < 2; ++r)
      CHECK(difference(together.at(s, r),
                       run_recorded(*each[s], Parallel(1), options.replicates[r])) == "");
}
