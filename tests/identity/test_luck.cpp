// Luck belongs to schools and persons: what is added, switched off, renamed or reordered around
// them leaves it alone.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/folder.hpp"
#include "support/recorded.hpp"

using namespace support;

namespace {

const std::string kEightBlocks =
    "population: {schools: 7300, districts: 200}\nensemble: {seed: 5}\n";

// A list of schools in a file of its own.
class List {
 public:
  static std::vector<std::string> lines(std::size_t schools) {
    std::vector<std::string> out;
    const Draws draws(make_key(8, 0, Domain::population), 1, 0);
    for (std::size_t i = 0; i < schools; ++i)
      out.push_back(fmt::format("s{:05},d{:03},p,{},{},{}", i, i * 7919 % 180,
                                100 + draws.bits(i, 0) % 500, draws.uniform(i, 1),
                                0.3 * draws.normal(i, 2)));
    return out;
  }

  Scenario scenario(const std::vector<std::string>& lines, const std::string& more = {}) const {
    std::ofstream file(folder_.path / "schools.csv");
    file << "code,district,phase,pupils,poverty,score\n";
    for (const std::string& line : lines) file << line << "\n";
    file.close();
    return scenario_of(fmt::format(R"(
population:
  kind: list
  file: {}
  columns: {{school_id: code, district_id: district, phase: phase, enrolment: pupils,
             deprivation: poverty, score: score}}
  phases: {{primary: [p]}}
  score_centre: none
horizon: {{years: 2, burn_in_years: 1, steps_per_year: 2}}
record: {{schools: sample}}
)",
                                   folder_ / "schools.csv") +
                       more);
  }

 private:
  Folder folder_;
};

}  // namespace

TEST_CASE("A lever set to what it is changes no byte", "[identity]") {
  const Parallel parallel(2);
  const std::string horizon = "horizon: {years: 2, burn_in_years: 1, steps_per_year: 3}\n";
  Scenario plain = preset("status_quo", kEightBlocks + horizon);
  // Not only the defaults: the status quo has networks, short money and sanctions.
  for (const Field& row : plain.table().rows()) {
    if (row.group != FieldGroup::lever) continue;
    Lever& lever = plain.lever(row.path);
    if (row.type == FieldType::number && row.high <= 1) lever.status_quo = 0.437;
  }
  plain.lever("networks.participation").status_quo = 1;
  plain.lever("funding.rule").status_quo = 3;
  Scenario named = plain;
  int levers = 0;
  for (const Field& row : plain.table().rows()) {
    if (row.group != FieldGroup::lever) continue;
    Lever& lever = named.lever(row.path);
    LeverEntry ramped{lever.status_quo};
    if (row.type != FieldType::choice) ramped.ramp = 1.7;
    LeverEntry scoped{lever.status_quo, 0.4};
    scoped.to = 1.5;
    scoped.scope.share = 0.37;
    lever.reform = {ramped, scoped};
    ++levers;
  }
  REQUIRE(levers == static_cast<int>(kLevers));
  const Simulation start = burnt_in(plain, parallel);
  Simulation without = start, with = start;
  with.branch(named);
  without.run_until(2);
  with.run_until(2);
  CHECK(difference(without.world(), with.world()) == "");
  // The levers were at work while they changed nothing.
  CHECK(*std::max_element(with.world()[col::cluster_trust].begin(),
                          with.world()[col::cluster_trust].end()) > 0);
  CHECK(*std::max_element(with.world()[col::lever_spending].begin(),
                          with.world()[col::lever_spending].end()) > 0);
}

TEST_CASE("A null lever written in a scenario changes no byte", "[identity]") {
  const std::string size =
      "population: {schools: 300, districts: 12}\n"
      "horizon: {years: 2, burn_in_years: 1}\n";
  const Recorded plain = run_recorded(preset("status_quo", size), Parallel(1));
  const Recorded named = run_recorded(preset("status_quo", size + R"(
levers:
  external_accountability: {stakes: 0.1, publication: {value: 0.3, ramp: 2}}
  governance: {autonomy: [{value: 0.3, from: 0.5, scope: {where: {phase: primary}}}],
               district_role: mediating}
  networks: {participation: none}
  funding: {rule: per_pupil}
)"),
                                      Parallel(1));
  CHECK(difference(plain, named) == "");
}

// In SDs of such a cohort's luck.
double luck_of_entrants(const World& world, std::size_t i) {
  const std::size_t n = world.schools();
  const double pupils = world[col::cohort_pupils][plane(n, cohort_plane(0, 0), i)] +
                        world[col::cohort_pupils][plane(n, cohort_plane(0, 1), i)];
  return world[col::test_noise][i] * std::sqrt(std::max(pupils, 1.0));
}

TEST_CASE("A mechanism switched off leaves the draws of the others alone", "[identity]") {
  const Parallel parallel(2);
  const std::string text =
      kEightBlocks + "horizon: {years: 2, burn_in_years: 1, steps_per_year: 2}\n" + kLively;
  const World whole = world_after(scenario_of(text), 2, parallel);
  for (const Mechanism& mechanism : term_schedule()) {
    if (!mechanism.switchable) continue;
    INFO("without " << mechanism.name);
    const std::string off = fmt::format("mechanisms.{}=false", mechanism.name);
    const World without = world_after(scenario_of(text, {off}), 2, parallel);
    REQUIRE(difference(whole, without) != "");
    // These follow from draws and from what never changes, so they must not move by one bit.
    CHECK(difference(whole, without, Column::rooted_mastery) == "");
    // And the luck of a new cohort by its size alone.
    std::size_t different = 0;
    for (std::size_t i = 0; i < whole.schools(); ++i)
      different += std::abs(luck_of_entrants(whole, i) - luck_of_entrants(without, i)) > 1e-4;
    CHECK(different == 0);
  }
  // Who leaves, who comes and who joins depends on much; but not in the first term on what comes
  // to work later in the term.
  const std::string at_once =
      kEightBlocks + "horizon: {years: 1, burn_in_years: 0, steps_per_year: 3}\n" + kLively;
  const World first = world_after(scenario_of(at_once), 0.3, parallel);
  REQUIRE(first[col::leaders_left][0] > 100);
  REQUIRE(std::count(first[col::engagement_declared].begin(), first[col::engagement_declared].end(),
                     1.0f) > 100);
  for (const char* name : {"initiative_load", "prescription", "capacity_building", "innovation",
                           "ties", "diffusion"}) {
    INFO("without " << name);
    const World without = world_after(
        scenario_of(at_once, {fmt::format("mechanisms.{}=false", name)}), 0.3, parallel);
    for (const Column column :
         {Column::leader, Column::leader_id, Column::leader_skill, Column::teachers,
          Column::teacher_skill, Column::engagement_declared})
      CHECK(difference(first, without, column) == "");
  }
}

TEST_CASE("One school more leaves the luck of the others alone", "[identity]") {
  const Parallel parallel(2);
  List list;
  const std::vector<std::string> before = List::lines(7300);
  std::vector<std::string> after = before;
  after.insert(after.begin() + 3000, "s01234x,d000,p,333,0.5,0.1");

  struct Draw {
    std::uint64_t leader;
    float skill, mind, tenure, reluctance, luck, social;
    bool operator==(const Draw&) const = default;
  };
  const auto draws_of = [&](const std::vector<std::string>& lines) {
    const Scenario scenario = list.scenario(lines);
    Simulation simulation(scenario, population_of(scenario), 0, parallel);
    const World start = simulation.world();
    simulation.next_term();
    const World& world = simulation.world();
    std::map<std::uint64_t, Draw> draws;
    for (std::size_t i = 0; i < start.schools(); ++i) {
      const auto row = at(start[col::leader][i]);
      draws[start[col::school_id][i]] = {
          start[col::leader_id][row],          start[col::leader_skill][row],
          start[col::leader_system_mind][row], start[col::leader_tenure][i],
          start[col::reluctance][i],           world[col::test_noise][i],
          start[col::social_capital][i]};
    }
    return draws;
  };
  const auto fewer = draws_of(before), more = draws_of(after);
  REQUIRE(fewer.size() == 7300);
  REQUIRE(more.size() == 7301);
  std::size_t different = 0;
  for (const auto& [id, draw] : fewer) different += !(more.at(id) == draw);
  CHECK(different == 0);
}

TEST_CASE("The order of lines in the list does not matter", "[identity]") {
  const Parallel parallel(2);
  List list;
  std::vector<std::string> lines = List::lines(7300);
  const Recorded sorted = run_recorded(list.scenario(lines, kLively), parallel);
  std::reverse(lines.begin(), lines.end());
  CHECK(difference(sorted, run_recorded(list.scenario(lines, kLively), parallel)) == "");
  std::rotate(lines.begin(), lines.begin() + 2741, lines.end());
  std::swap(lines[1], lines[4000]);
  CHECK(difference(sorted, run_recorded(list.scenario(lines, kLively), parallel)) == "");
}

TEST_CASE("The length of the burn-in does not change the luck of the reform", "[identity]") {
  const Parallel parallel(2);
  const auto run = [&](int burn_in) {
    const Scenario scenario = scenario_of(
        kEightBlocks +
        fmt::format("horizon: {{years: 3, burn_in_years: {}, steps_per_year: 2}}\n"
                    "status_quo: {{governance: {{choice: 0}}}}\n",  // cohorts of the same sizes
                    burn_in));
    Simulation simulation = burnt_in(scenario, parallel);
    std::vector<float> luck;  // of the cohorts that came in after year 0
    for (int year = 1; year <= 3; ++year) {
      simulation.run_until(year);
      const auto noise = simulation.world()[col::test_noise];
      luck.insert(luck.end(), noise.begin(),
                  noise.begin() + static_cast<std::ptrdiff_t>(simulation.world().schools()));
    }
    return luck;
  };
  const std::vector<float> none = run(0), some = run(1), more = run(2);
  CHECK(same_bytes(std::span(none), std::span(some)));
  CHECK(same_bytes(std::span(none), std::span(more)));
  // Each year brings its own.
  REQUIRE(none.size() == 3 * 7300);
  CHECK(none[0] != none[7300]);
}
