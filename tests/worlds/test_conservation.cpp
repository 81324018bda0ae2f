// Nobody and nothing is created or lost: pupils, teachers, leaders, money.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

const std::string kSystem =
    "population: {schools: 300, districts: 14}\n"
    "horizon: {years: 8, burn_in_years: 2}\nensemble: {seed: 11}\n";

double total(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += v;
  return sum;
}

// The ledger against what each school had and spent, as money was handed out: pupils move later in
// the term.
struct Books : Observer {
  void after_mechanism(const Simulation& simulation, const Mechanism& mechanism) override {
    if (mechanism.name != "money") return;
    const World& world = simulation.world();
    const double years = 1.0 / simulation.steps_per_year();
    double in = 0, levers = 0, running = 0;
    for (std::size_t i = 0; i < world.schools(); ++i) {
      const double pupils = world[col::roll][i] * years;
      in += pupils * world[col::grant][i];
      levers += pupils * world[col::lever_spending][i];
      running += pupils * world[col::ordinary_spending][i];
      pupil_years += pupils;
      wrong += world[col::lever_spending][i] < 0 || world[col::ordinary_spending][i] < 0;
    }
    const auto off = [](double a, double b, double most) {
      return std::abs(a - b) > most * std::abs(b);
    };
    const double received = world[col::money_received][0],
                 on_levers = world[col::money_on_levers][0],
                 on_running = world[col::money_on_running][0];
    wrong += off(on_levers + on_running, received, 1e-9);
    if (terms > 0) {
      wrong += off(received - before[0], in, 1e-9);
      wrong += off(on_levers - before[1], levers, 1e-9);
      wrong += off(on_running - before[2], running, 1e-6);  // float32 in each school
    }
    before = {received, on_levers, on_running};
    ++terms;
  }
  int wrong = 0, terms = 0;
  double pupil_years = 0;
  std::array<double, 3> before{};
};

}  // namespace

TEST_CASE("Pupils of all year groups are the roll", "[worlds][sanitize]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem + kLively);
  Simulation simulation(scenario, population_of(scenario), 0, parallel);
  struct Count : Observer {
    void after_term(const Simulation& simulation) override {
      const World& world = simulation.world();
      const std::size_t n = world.schools();
      for (std::size_t i = 0; i < n; ++i) {
        double pupils = 0;
        for (int g = 0; g < world.shape().cohorts; ++g) {
          const float disadvantaged = world[col::cohort_pupils][plane(n, cohort_plane(g, 0), i)];
          const float other = world[col::cohort_pupils][plane(n, cohort_plane(g, 1), i)];
          pupils += disadvantaged + other;
          if (g >= world[col::grades][i]) wrong += disadvantaged + other != 0.0f;
        }
        const double roll = world[col::roll][i];
        wrong += std::abs(pupils - roll) > 1e-5 * roll;
      }
      ++terms;
    }
    int wrong = 0, terms = 0;
  } count;
  simulation.add_observer(&count);
  simulation.burn_in();
  simulation.run_until(8);
  CHECK(count.terms == 30);
  CHECK(count.wrong == 0);
}

TEST_CASE("Money received is money spent under every funding rule", "[worlds]") {
  const Parallel parallel(1);
  for (const std::string rule : {"per_pupil", "equal_per_district", "by_need", "competitive"}) {
    INFO(rule);
    const Scenario scenario =
        scenario_of(kSystem + kLively, {"levers.funding.rule=" + rule, "horizon.years=2"});
    Simulation simulation = burnt_in(scenario, parallel);
    Books books;
    simulation.add_observer(&books);
    const double received_before = simulation.world()[col::money_received][0];
    simulation.run_until(2);
    const World& world = simulation.world();
    CHECK(books.terms == 6);
    CHECK(books.wrong == 0);
    // The rule shares the money out; it makes none.
    const double pupils = total(world[col::roll]);
    CHECK(world[col::money_received][0] - received_before ==
          Approx(books.pupil_years * 5500.0).epsilon(1e-6));
    CHECK(total(world[col::lever_spending]) > 0);

    std::vector<double> of_district(world.rows(Entity::district));
    double least = 1e30, most = 0;
    for (std::size_t i = 0; i < world.schools(); ++i) {
      CHECK(world[col::grant][i] ==
            Approx(world[col::lever_spending][i] + world[col::ordinary_spending][i]).epsilon(1e-6));
      // What the rule shares out is on top of the same basic amount for every pupil.
      const double shared = world[col::grant][i] - (5500.0 - 200.0);
      of_district[at(world[col::district][i])] += shared * world[col::roll][i];
      least = std::min(least, shared), most = std::max(most, shared);
    }
    if (rule == "per_pupil") {
      CHECK(least == Approx(200).epsilon(1e-4));
      CHECK(most == Approx(200).epsilon(1e-4));
    } else {
      CHECK(most > 1.2 * least);
    }
    if (rule == "equal_per_district")
      for (const double grant : of_district)
        CHECK(grant ==
              Approx(200.0 * pupils / static_cast<double>(of_district.size())).epsilon(1e-3));
  }
}

TEST_CASE("A grant makes no money, whoever takes it", "[worlds]") {
  const Parallel parallel(1);
  // About 20,000 for the usual of 14 districts: some take it, some do not. Or only some schools are
  // offered it.
  const std::string all = "2.5", some = "{value: 8, scope: {where: {phase: secondary}}}";
  for (const auto& [rule, grant] : {std::pair<std::string, std::string>{"per_pupil", all},
                                    {"equal_per_district", all},
                                    {"per_pupil", some},
                                    {"equal_per_district", some}}) {
    INFO(rule << " " << grant);
    const Scenario scenario =
        scenario_of(kSystem + kLively, {"levers.funding.grant_per_pupil=" + grant,
                                        "levers.funding.grant_rule=" + rule, "horizon.years=3"});
    Simulation simulation = burnt_in(scenario, parallel);
    Books books;
    simulation.add_observer(&books);
    const double received_before = simulation.world()[col::money_received][0];
    simulation.run_until(3);
    const World& world = simulation.world();
    CHECK(books.terms == 9);
    CHECK(books.wrong == 0);
    CHECK(world[col::money_received][0] - received_before ==
          Approx(books.pupil_years * 5500.0).epsilon(1e-6));
    const double taking = total(world[col::takes_grant]);
    CHECK(taking > 0);
    CHECK(taking < static_cast<double>(world.rows(Entity::district)));
  }
}

TEST_CASE("Funding levers with a scope do what they say or are refused", "[worlds]") {
  const Parallel parallel(1);
  const auto run = [&](const std::string& funding) {
    return world_after(scenario_of(kSystem + "levers: {funding: " + funding + "}\n"), 1, parallel);
  };
  SECTION("more reform money for some is not less money for them") {
    const World world =
        run("{reform_per_pupil: {value: 2000, scope: {where: {phase: secondary}}}}");
    std::vector<float> in, out;
    for (std::size_t i = 0; i < world.schools(); ++i)
      (world[col::phase][i] == 2 ? in : out).push_back(world[col::grant][i]);
    CHECK(mean(in) >= mean(out));
  }
  SECTION("a rule for some is not another rule for all") {
    CHECK_THROWS_AS(run("{rule: {value: competitive, scope: {share: 0.7}}}"), InputError);
    CHECK_NOTHROW(run("{rule: competitive}"));
  }
}

TEST_CASE("Teachers come from somewhere and go somewhere", "[worlds]") {
  const Parallel parallel(1);
  // With dismissals, which take their way through the same ledger.
  const Scenario scenario =
      scenario_of(kSystem + kLively, {"levers.individualistic_policies.dismissal=0.05"});
  Simulation simulation(scenario, population_of(scenario), 0, parallel);
  const auto people = [](const World& world) {
    return world[col::pool_teachers][0] + total(world[col::teachers]) +
           world[col::teachers_left][0] - world[col::teachers_entered][0];
  };
  const double start = people(simulation.world());
  REQUIRE(start > 1000);
  simulation.burn_in();
  double entered = 0;
  for (int year = 1; year <= 8; ++year) {
    simulation.run_until(year);
    const World& world = simulation.world();
    CHECK(people(world) == Approx(start).epsilon(1e-9));
    CHECK(world[col::teachers_entered][0] > entered);
    CHECK(world[col::pool_teachers][0] >= 0);
    entered = world[col::teachers_entered][0];
  }
}

TEST_CASE("Every leader is one person in one place", "[worlds][sanitize]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem + kLively);
  Simulation simulation(scenario, population_of(scenario), 0, parallel);
  struct Watch : Observer {
    void after_term(const Simulation& simulation) override {
      const World& world = simulation.world();
      const std::size_t rows = world.rows(Entity::leader);
      std::set<std::uint64_t> ids(world[col::leader_id].begin(), world[col::leader_id].end());
      CHECK(ids.size() == rows);
      std::size_t in_school = 0;
      for (std::size_t row = 0; row < rows; ++row) {
        const std::int32_t school = world[col::leader_school][row];
        if (school < 0) continue;
        ++in_school;
        if (world[col::leader][at(school)] != static_cast<std::int32_t>(row)) ++wrong;
      }
      CHECK(in_school == world.schools());
      for (std::size_t i = 0; i < world.schools(); ++i) {
        const auto row = at(world[col::leader][i]);
        if (world[col::leader_school][row] != static_cast<std::int32_t>(i)) ++wrong;
        // Skill belongs to the person.
        if (world[col::leadership][i] != world[col::leader_skill][row]) ++wrong;
        const std::uint64_t id = world[col::leader_id][row];
        const auto [known, fresh] = skill.try_emplace(id, world[col::leader_skill][row]);
        if (!fresh && known->second != world[col::leader_skill][row]) ++wrong;
        auto& places = schools_led[id];
        if (places.empty() || places.back() != i) places.push_back(i);
      }
      CHECK(world[col::leaders_entered][0] == world[col::leaders_left][0]);
    }
    int wrong = 0;
    std::map<std::uint64_t, float> skill;
    std::map<std::uint64_t, std::vector<std::size_t>> schools_led;
  } watch;
  simulation.add_observer(&watch);
  simulation.burn_in();
  simulation.run_until(8);
  CHECK(watch.wrong == 0);
  CHECK(simulation.world()[col::leaders_left][0] > 100);
}

TEST_CASE("A leader takes the same skill along from school to school", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario =
      scenario_of(kSystem + "levers: {networks: {leader_training: 0.1}}\n", {"horizon.years=25"});
  Simulation simulation(scenario, population_of(scenario), 0, parallel);
  struct Term {
    std::size_t school;
    float skill, led_with, trained, system_mind;
  };
  struct Careers : Observer {
    void after_term(const Simulation& simulation) override {
      const World& world = simulation.world();
      for (std::size_t row = 0; row < world.rows(Entity::leader); ++row) {
        const std::int32_t school = world[col::leader_school][row];
        if (school < 0) continue;
        of[world[col::leader_id][row]].push_back(
            {at(school), world[col::leader_skill][row], world[col::leadership][at(school)],
             world[col::leader_trained][row], world[col::leader_system_mind][row]});
      }
    }
    std::map<std::uint64_t, std::vector<Term>> of;
  } careers;
  simulation.add_observer(&careers);
  simulation.burn_in();
  simulation.run_until(25);

  const auto schools_of = [](const std::vector<Term>& career) {
    std::set<std::size_t> schools;
    for (const Term& term : career) schools.insert(term.school);
    return schools.size();
  };
  int far_travelled = 0;
  for (const auto& [id, career] : careers.of) {
    if (schools_of(career) < 3) continue;
    ++far_travelled;
    INFO("leader " << id << " of " << schools_of(career) << " schools");
    int wrong = 0;
    for (std::size_t t = 0; t < career.size(); ++t) {
      wrong += career[t].skill != career[0].skill;
      wrong += career[t].led_with != career[0].skill;
      if (t == 0) continue;
      // Training is for life, and care for others only grows.
      wrong += career[t].trained < career[t - 1].trained;
      wrong += career[t].system_mind < career[t - 1].system_mind;
    }
    CHECK(wrong == 0);
  }
  CHECK(far_travelled > 0);
}

TEST_CASE("A head is made exceptional once, however often it is asked for", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(
      kSystem +
          "levers: {individualistic_policies: {exceptional_heads: [{value: 2, to: 2}, {value: 2, "
          "from: 3, scope: {share: 0.5, draw: again}}]}}\n",
      {"horizon.years=6"});
  const World world = world_after(scenario, 6, parallel);
  float most = 0;
  for (std::size_t row = 0; row < world.rows(Entity::leader); ++row)
    most = std::max(most, world[col::leader_raised][row]);
  CHECK(most == Approx(2));
}

TEST_CASE("Exceptional heads are persons: they move, retire, and nobody is created", "[worlds]") {
  const Parallel parallel(1);
  const std::string heads =
      "levers: {individualistic_policies: {exceptional_heads: {value: 2, from: 1, to: 6, scope: "
      "{share: 0.3, draw: heads}}}}\n";
  const Scenario usual = scenario_of(kSystem, {"horizon.years=9"});
  const Scenario scenario = scenario_of(kSystem + heads, {"horizon.years=9"});
  const Simulation start = burnt_in(usual, parallel);
  Simulation with = start;
  with.branch(scenario);
  with.run_until(1);
  // In the schools of the scope, the head who sits there when it starts; others stay as they were.
  const World before = with.world();
  with.next_term();
  std::map<std::uint64_t, float> raised;  // by person
  int in_post = 0;
  for (std::size_t row = 0; row < before.rows(Entity::leader); ++row) {
    const World& world = with.world();
    if (world[col::leader_id][row] != before[col::leader_id][row]) continue;  // retired
    const float more = world[col::leader_skill][row] - before[col::leader_skill][row];
    CHECK((more == 0.0f || more == Approx(2)));
    CHECK(world[col::leader_raised][row] == Approx(more).margin(1e-5));
    if (more > 0.0f) raised[world[col::leader_id][row]] = world[col::leader_skill][row];
    in_post += more > 0.0f && world[col::leader_school][row] >= 0;
  }
  const double schools = static_cast<double>(before.schools());
  CHECK(in_post > 0.15 * schools);
  CHECK(in_post < 0.40 * schools);
  with.run_until(9);
  const World& world = with.world();
  CHECK(world[col::leaders_entered][0] == world[col::leaders_left][0]);
  std::size_t moved = 0, left = 0;
  std::set<std::uint64_t> there;
  for (std::size_t row = 0; row < world.rows(Entity::leader); ++row) {
    const auto found = raised.find(world[col::leader_id][row]);
    there.insert(world[col::leader_id][row]);
    if (found == raised.end()) {
      CHECK(world[col::leader_raised][row] == 0.0f);  // nobody after the start
      continue;
    }
    CHECK(world[col::leader_skill][row] == found->second);
    const std::int32_t school = world[col::leader_school][row];
    if (school < 0) continue;
    CHECK(world[col::head_exceptional][at(school)] == world[col::leader_raised][row]);
    moved += before[col::leader_id][at(before[col::leader][at(school)])] != found->first;
  }
  for (const auto& [id, skill] : raised) left += there.count(id) == 0;
  CHECK(moved > 0);
  CHECK(left > 0);
}
