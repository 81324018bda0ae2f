// What levers cost, against sums done by hand; that nothing is had for nothing; and what the four
// presets spend.
#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "model/middle_leadership.hpp"
#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

// No lever costs anything but the district, and there is money for whatever is asked.
const std::string kNothing = R"(
population: {schools: 40, districts: 4}
horizon: {years: 5, burn_in_years: 1}
levers:
  external_accountability: {publication: 0, stakes: 0, inspection: 0}
  individualistic_policies: {appraisal: 0, merit_pay: 0, dismissal: 0}
  technology: {investment: 0}
  ad_hoc_policies: {initiatives: 0}
  coordinated_policy: {alignment: 0}
  capacity_building: {broadcast: 0, light_touch: 0, coaching: 0}
  collaboration: {time: 0}
  governance: {prescription: 0, autonomy: 0, choice: 0, district_role: bypassed}
  networks: {participation: voluntary, peer_review: 0, enquiry_cycles: 0, beyond_leaders: 0, facilitation: 0,
             release: 0.4, hubs: 0, leader_training: 0, cross_review: 0}
  funding: {total_per_pupil: 40000, reform_per_pupil: 20000}
)";

// The school as the sums below find it: half engaged, in a cluster of some capacity.
void set_states(World& world) {
  for (std::size_t i = 0; i < world.schools(); ++i) {
    world[col::engagement_real][i] = 0.5f;
    world[col::engagement_declared][i] = 1;
    world[col::initiatives][i] = 0;
    world[col::support_given][i] = 0;
    world[col::support_received][i] = 0;
  }
  for (float& capacity : world[col::cluster_capacity]) capacity = 0.25f;
  for (float& trained : world[col::leader_trained]) trained = 0;
}

// What the money mechanism alone makes of a world under a scenario.
World paid(const Simulation& start, const Scenario& scenario, World world, int steps = 3) {
  const Parallel parallel(1);
  const Key key = make_key(1, 0, Domain::dynamics);
  LeverColumns levers(scenario, start.population(), world, key);
  levers.set_year(1);
  for (const Mechanism& mechanism : start.schedule())
    if (mechanism.name == "money")
      mechanism.step(world, levers, model_parameters(scenario, 0),
                     {1.0 / steps, 1, true, false, Draws(key, mechanism.purpose, 3), parallel});
  return world;
}

double bill(const World& world, std::size_t i) {
  return static_cast<double>(world[col::lever_spending][i]) * world[col::roll][i];
}

constexpr double kDay = 50000.0 / 190, kYear = 50000;  // a teacher's; a leader's is twice that

struct Case {
  std::string_view unit_cost;                             // the row of the table it is about
  std::string set;                                        // the lever raised, if it is one
  std::function<void(World&, std::size_t)> change;        // or the state its cost follows
  std::function<double(const World&, std::size_t)> more;  // what that costs the school a year
};

}  // namespace

TEST_CASE("Every lever that costs costs its quantity times its unit cost", "[worlds]") {
  const Parallel parallel(1);
  const Scenario base = scenario_of(kNothing);
  const Simulation start = burnt_in(base, parallel);
  World world = start.world();
  set_states(world);
  const World before = paid(start, base, world);

  const auto teachers = [](const World& w, std::size_t i) -> double { return w[col::teachers][i]; };
  const auto pupils = [](const World& w, std::size_t i) -> double { return w[col::roll][i]; };
  // Nothing but a bypassed district and half of a leader's time for the network.
  for (std::size_t i = 0; i < world.schools(); ++i)
    CHECK(bill(before, i) ==
          Approx(0.004 * teachers(world, i) * kYear + 0.5 * 15 * 2 * kDay).epsilon(1e-4));

  const auto nothing = [](World&, std::size_t) {};
  const std::string levers = "levers.";
  const std::vector<Case> cases = {
      {"broadcast_days", "capacity_building.broadcast=0.8", nothing,
       [&](const World& w, std::size_t i) { return 0.8 * teachers(w, i) * 0.5 * kDay; }},
      {"light_touch_days", "capacity_building.light_touch=0.3", nothing,
       [&](const World& w, std::size_t i) { return 0.3 * teachers(w, i) * 2 * kDay; }},
      {"coaching_days", "capacity_building.coaching=0.2", nothing,
       [&](const World& w, std::size_t i) { return 0.2 * teachers(w, i) * 10 * kDay; }},
      {"collaboration_days", "collaboration.time=0.5", nothing,
       [&](const World& w, std::size_t i) { return 0.5 * teachers(w, i) * 4 * kDay; }},
      {"device_cost", "technology.investment=0.6", nothing,
       [&](const World& w, std::size_t i) { return 0.6 * pupils(w, i) * 150; }},
      {"inspection_days", "external_accountability.inspection=0.25", nothing,
       [](const World&, std::size_t) { return 0.25 * 40 * kDay; }},
      // A post for each full cluster, less what is released: 0.4 of a capacity of 0.25.
      {"cluster_posts", "networks.facilitation=0.6", nothing,
       [](const World& w, std::size_t i) {
         const double size = w[col::cluster_size][at(w[col::cluster][i])];
         return 0.6 / size * (1 - 0.4 * 0.25) * kYear;
       }},
      {"hub_posts", "networks.hubs=0.1", nothing,
       [](const World&, std::size_t) { return 0.1 * kYear; }},
      // A hazard of 0.3 a year trains 1 - exp(-0.1) of the untrained leaders in a term.
      {"leader_training_days", "networks.leader_training=0.3", nothing,
       [](const World&, std::size_t) { return 3 * (1 - std::exp(-0.1)) * 10 * 2 * kDay; }},
      {"publication_days", "external_accountability.publication=0.9", nothing,
       [&](const World& w, std::size_t i) { return 0.9 * teachers(w, i) * 0.5 * kDay; }},
      {"stakes_posts", "external_accountability.stakes=0.8", nothing,
       [&](const World& w, std::size_t i) { return 0.8 * teachers(w, i) * 0.004 * kYear; }},
      {"appraisal_days", "individualistic_policies.appraisal=1", nothing,
       [&](const World& w, std::size_t i) { return teachers(w, i) * 2 * kDay; }},
      {"merit_pay", "individualistic_policies.merit_pay=0.5", nothing,
       [&](const World& w, std::size_t i) { return 0.5 * teachers(w, i) * 0.1 * kYear; }},
      {"dismissal_days", "individualistic_policies.dismissal=0.05", nothing,
       [&](const World& w, std::size_t i) { return 0.05 * teachers(w, i) * 60 * kDay; }},
      {"initiative_days", "", [](World& w, std::size_t i) { w[col::initiatives][i] = 4; },
       [&](const World& w, std::size_t i) { return 4 * teachers(w, i) * 0.5 * kDay; }},
      {"prescription_days", "governance.prescription=0.7", nothing,
       [&](const World& w, std::size_t i) { return 0.7 * teachers(w, i) * 0.5 * kDay; }},
      {"alignment_posts", "coordinated_policy.alignment=0.6", nothing,
       [&](const World& w, std::size_t i) { return 0.6 * teachers(w, i) * 0.004 * kYear; }},
      {"autonomy_posts", "governance.autonomy=0.9", nothing,
       [&](const World& w, std::size_t i) { return 0.9 * teachers(w, i) * 0.008 * kYear; }},
      {"transport", "governance.choice=0.4", nothing,
       [&](const World& w, std::size_t i) { return 0.4 * pupils(w, i) * 50; }},
      {"mediating_posts", "governance.district_role=mediating", nothing,
       [&](const World& w, std::size_t i) { return teachers(w, i) * (0.012 - 0.004) * kYear; }},
      {"leading_posts", "governance.district_role=leading", nothing,
       [&](const World& w, std::size_t i) { return teachers(w, i) * (0.02 - 0.004) * kYear; }},
      {"participation_days", "", [](World& w, std::size_t i) { w[col::engagement_real][i] = 0.9f; },
       [](const World&, std::size_t) { return (0.9 - 0.5) * 15 * 2 * kDay; }},
      {"review_days", "networks.peer_review=0.6", nothing,
       [](const World&, std::size_t) { return 0.5 * 0.6 * 10 * kDay; }},
      {"enquiry_days", "networks.enquiry_cycles=0.8", nothing,
       [](const World&, std::size_t) { return 0.5 * 0.8 * 10 * kDay; }},
      {"beyond_days", "networks.beyond_leaders=0.6", nothing,
       [&](const World& w, std::size_t i) { return 0.5 * 0.6 * teachers(w, i) * kDay; }},
      {"cross_review_days", "networks.cross_review=0.5", nothing,
       [](const World&, std::size_t) { return 0.5 * 0.5 * 4 * kDay; }},
      {"lent_leaders", "", [](World& w, std::size_t i) { w[col::support_given][i] = 0.1f; },
       [](const World&, std::size_t) { return 0.1 * 2 * kYear; }},
      {"support_days", "", [](World& w, std::size_t i) { w[col::support_received][i] = 0.4f; },
       [](const World&, std::size_t) { return 0.4 * 10 * kDay; }},
      {"bid_days", "funding.rule=competitive", nothing,
       [](const World&, std::size_t) { return 15 * kDay; }},
      {"head_premium", "individualistic_policies.exceptional_heads=2",
       [](World& w, std::size_t i) { w[col::head_exceptional][i] = 2; },
       [](const World&, std::size_t) { return 2 * 0.1 * 2 * kYear; }},
      // Half a post in each district, for there is enough to take; a school bears it by its pupils.
      {"grant_posts", "funding.grant_per_pupil=100", nothing, [](const World& w, std::size_t i) {
         double in_district = 0;
         for (std::size_t s = 0; s < w.schools(); ++s)
           if (w[col::district][s] == w[col::district][i]) in_district += w[col::roll][s];
         return 0.5 * kYear * w[col::roll][i] / in_district;
       }}};

  std::set<std::string_view> told = {"bypassed_posts"};
  for (const Case& c : cases) {
    INFO(c.unit_cost << " " << c.set);
    told.insert(c.unit_cost);
    World raised = world;
    for (std::size_t i = 0; i < raised.schools(); ++i) c.change(raised, i);
    const Scenario scenario = scenario_of(
        kNothing, c.set.empty() ? std::vector<std::string>{} : std::vector{levers + c.set});
    const World after = paid(start, scenario, raised);
    int wrong = 0;
    for (std::size_t i = 0; i < world.schools(); ++i) {
      const double more = bill(after, i) - bill(before, i), by_hand = c.more(world, i);
      if (i == 0) CHECK(more == Approx(by_hand).epsilon(1e-3));
      wrong +=
          !(more > 0) || std::abs(more - by_hand) > 1e-3 * by_hand || after[col::funded][i] != 1.0f;
    }
    CHECK(wrong == 0);
  }
  std::set<std::string_view> of_the_table;
  for (const CostItem& item : cost_items())
    for (const auto& row : Money::parameters())
      if (row.member == item.unit_cost) of_the_table.insert(row.name);
  CHECK(told == of_the_table);
}

TEST_CASE("What the grant cannot pay is not had", "[worlds]") {
  const Parallel parallel(1);
  const std::vector<std::string> rich = {"levers.capacity_building.coaching=0.8",
                                         "levers.networks.leader_training=0.5"};
  std::vector<std::string> poor = rich;
  poor.push_back("levers.funding.reform_per_pupil=40");
  const Scenario enough = scenario_of(kNothing, rich), short_of = scenario_of(kNothing, poor);
  const Simulation start = burnt_in(enough, parallel);
  World world = start.world();
  set_states(world);
  const World all = paid(start, enough, world), cut = paid(start, short_of, world);
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const double due =
        (0.004 * world[col::teachers][i] * kYear + 0.5 * 15 * 2 * kDay) / world[col::roll][i];
    const double wanted = all[col::lever_spending][i] - due;
    REQUIRE(all[col::funded][i] == 1);
    // The same bill; what is due is paid, and of the rest what the 40 leave.
    const double left = std::max(40 - due, 0.0);
    CHECK(cut[col::funded][i] == Approx(left / wanted).epsilon(1e-3).margin(1e-6));
    CHECK(cut[col::lever_spending][i] == Approx(std::max(40.0, due)).epsilon(1e-4));
    CHECK(cut[col::ordinary_spending][i] == Approx(40000 - std::max(40.0, due)).epsilon(1e-4));
  }
  // Nobody is trained without money.
  CHECK(mean(world_after(scenario_of(kNothing, {"levers.networks.leader_training=0.5",
                                                "levers.funding.reform_per_pupil=0"}),
                         4, parallel)[col::leader_trained]) == 0);
}

TEST_CASE("Districts take a grant that is worth the trouble to them, and others lose nothing",
          "[worlds]") {
  const Parallel parallel(1);
  const Simulation start = burnt_in(scenario_of(kNothing), parallel);
  World world = start.world();
  // Four districts of ten schools: 1,000 pupils, 2,000, 4,000, 8,000. The usual caution; the last
  // but one resists.
  const double pupils[] = {1000, 2000, 4000, 8000};
  double all = 0;
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const auto d = at(world[col::district][i]);
    world[col::roll][i] =
        static_cast<float>(pupils[d] / static_cast<double>(world[col::district_schools][d]));
    all += world[col::roll][i];
  }
  for (float& caution : world[col::district_caution]) caution = 0.5f;
  for (auto& disposition : world[col::district_disposition]) disposition = kWilling;
  world[col::district_disposition][2] = kResistant;
  const auto run = [&](const std::string& rule, double each) {
    return paid(start,
                scenario_of(kNothing, {"levers.funding.reform_per_pupil=100",
                                       "levers.funding.grant_rule=" + rule,
                                       fmt::format("levers.funding.grant_per_pupil={}", each)}),
                world);
  };
  const auto check = [&](const World& after, const std::vector<float>& takes, auto&& offered) {
    double received = 0, left = 0;
    for (std::size_t d = 0; d < 4; ++d) {
      CHECK(after[col::takes_grant][d] == takes[d]);
      if (takes[d] == 0) left += offered(d);
    }
    for (std::size_t i = 0; i < world.schools(); ++i) {
      const auto d = at(world[col::district][i]);
      received += static_cast<double>(after[col::grant][i]) * world[col::roll][i];
      const double taken = takes[d] > 0 ? offered(d) / pupils[d] : 0.0;
      // What nobody takes is everybody's.
      CHECK(after[col::grant][i] ==
            Approx(40000 - offered(9) / all + taken + left / all).epsilon(1e-5));
    }
    CHECK(received == Approx(40000 * all).epsilon(1e-6));
  };
  // 10 a pupil are 10,000 to 80,000; the trouble is half a post, 25,000; the third sees 20,000 of
  // its 40,000.
  const auto by_pupils = [&](std::size_t d) { return d < 4 ? 10 * pupils[d] : 10 * all; };
  check(run("per_pupil", 10), {0, 0, 0, 1}, by_pupils);
  // The same to each: 37,500, of which the third sees 18,750.
  const auto alike = [&](std::size_t d) { return d < 4 ? 10 * all / 4 : 10 * all; };
  check(run("equal_per_district", 10), {1, 1, 0, 1}, alike);
}

TEST_CASE("Money follows the pupils", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kNothing);
  const Simulation start = burnt_in(scenario, parallel);
  World moved = start.world();
  moved[col::roll][3] *= 1.2f;
  moved[col::roll][4] *= 0.8f;
  const World before = paid(start, scenario, start.world()), after = paid(start, scenario, moved);
  for (const std::size_t i : {0u, 3u, 4u}) {
    CHECK(after[col::grant][i] == 40000);
    CHECK(before[col::grant][i] == 40000);
  }
}

TEST_CASE("A trained leader is paid for once, in terms of any length", "[worlds]") {
  const Parallel parallel(1);
  std::vector<double> trained, cost;
  for (const std::string steps : {"1", "3", "12"}) {
    const Scenario scenario = scenario_of(
        kNothing, {"levers.networks.leader_training=0.25", "horizon.steps_per_year=" + steps,
                   "population.schools=400", "population.districts=20", "mechanisms.joining=off"});
    const Scenario none =
        scenario_of(kNothing, {"horizon.steps_per_year=" + steps, "population.schools=400",
                               "population.districts=20", "mechanisms.joining=off"});
    Simulation with = burnt_in(scenario, parallel), without = burnt_in(none, parallel);
    const double start = with.world()[col::money_on_levers][0];
    with.run_until(3), without.run_until(3);
    REQUIRE(without.world()[col::money_on_levers][0] > start);
    trained.push_back(mean(with.world()[col::leader_trained]));
    // All that differs is the training; ten leader days each.
    cost.push_back(
        (with.world()[col::money_on_levers][0] - without.world()[col::money_on_levers][0]) /
        (10 * 2 * kDay) / 400);
  }
  // Untrained leaders are trained with a hazard of 0.25 a year, and come anew with the turnover.
  for (const double share : trained) CHECK(share == Approx(0.44).margin(0.06));
  for (const double places : cost) CHECK(places == Approx(0.57).margin(0.06));
  CHECK(cost[2] == Approx(cost[0]).margin(0.05));
}

TEST_CASE("The levers of every preset fit into the same money", "[worlds]") {
  const Parallel parallel(1);
  for (const std::string name : {"status_quo", "top_down", "autonomous", "networked"}) {
    INFO(name);
    const World world = world_after(
        preset(name, "population: {schools: 300, districts: 15}\nhorizon: {years: 6}\n"), 6,
        parallel);
    double spent = 0, pupils = 0, received = 0;
    for (std::size_t i = 0; i < world.schools(); ++i) {
      spent += bill(world, i);
      received += static_cast<double>(world[col::grant][i]) * world[col::roll][i];
      pupils += world[col::roll][i];
    }
    CHECK(received / pupils == Approx(5500).epsilon(1e-5));
    CHECK(spent / pupils > 30);
    CHECK(spent / pupils < 300);
    CHECK(mean(world[col::funded]) > 0.9);
  }
}
