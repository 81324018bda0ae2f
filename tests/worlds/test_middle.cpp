// The middle: what districts that lead together earn, and when; what passing them over costs; token
// districts that come round; clusters that open, or fragment; people who act for other schools.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

const std::string kLand =
    "population: {schools: 240, districts: 40}\n"
    "horizon: {years: 12, burn_in_years: 3}\n";
constexpr std::size_t kDistricts = 40;
const std::string kLeading = "levers: {governance: {district_role: leading}}\n";

// The world at the turn of years 0, 1 ... of a reform on the status quo.
std::vector<World> years_of(const std::string& reform, int years, std::uint32_t replicate = 0) {
  static const Parallel parallel(1);
  const Scenario scenario = preset("status_quo", kLand + reform);
  Simulation simulation = burnt_in(scenario, parallel, replicate);
  std::vector<World> worlds = {simulation.world()};
  for (int year = 1; year <= years; ++year) {
    simulation.run_until(year);
    worlds.push_back(simulation.world());
  }
  return worlds;
}

// Support against the same year without the reform, as a ratio of means.
double support_ratio(const World& with, const World& without) {
  return mean(with[col::district_support]) / mean(without[col::district_support]);
}

std::size_t count_of(const World& world, int disposition) {
  std::size_t count = 0;
  for (const auto d : world[col::district_disposition]) count += d == disposition;
  return count;
}

// Share of the variance of mastery that lies between clusters.
double between_clusters(const World& world) {
  const std::size_t clusters = world.rows(Entity::cluster);
  double between = 0, within = 0;
  for (std::size_t k = 0; k < kPractices; ++k) {
    std::vector<double> usual(clusters);
    double all = 0;
    const auto m = [&](std::size_t i) {
      return static_cast<double>(world[col::mastery][i * kPractices + k]);
    };
    for (std::size_t i = 0; i < world.schools(); ++i) {
      const std::size_t c = at(world[col::cluster][i]);
      usual[c] += m(i) / world[col::cluster_size][c];
      all += m(i) / static_cast<double>(world.schools());
    }
    for (std::size_t i = 0; i < world.schools(); ++i) {
      const double own = usual[at(world[col::cluster][i])];
      between += (own - all) * (own - all);
      within += (m(i) - own) * (m(i) - own);
    }
  }
  return between / (between + within);
}

}  // namespace

TEST_CASE("A district's caution says nothing of its schools", "[worlds]") {
  static const Parallel parallel(1);
  const Scenario scenario =
      preset("status_quo",
             "population: {schools: 1200, districts: 300, intake_between_districts: 0.5}\nhorizon: "
             "{years: 1, burn_in_years: 0}\n");
  const World world = burnt_in(scenario, parallel, 0).world();
  const std::size_t districts = world.rows(Entity::district);
  std::vector<double> poor(districts), taught(districts), schools(districts);
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const std::size_t d = at(world[col::district][i]);
    poor[d] += world[col::deprivation][i];
    taught[d] += world[col::true_score][i];
    schools[d] += 1;
  }
  for (std::size_t d = 0; d < districts; ++d) {
    poor[d] /= schools[d];
    taught[d] /= schools[d];
  }
  // What deprivation does not say of their pupils' scores, for that is what districts have in
  // common.
  const double slope = correlation(poor, taught) * sd(taught) / sd(poor);
  for (std::size_t d = 0; d < districts; ++d) taught[d] -= slope * poor[d];
  const auto caution = world[col::district_caution];
  const double most = 4 / std::sqrt(static_cast<double>(districts));
  CHECK(std::abs(correlation(caution, poor)) < most);
  CHECK(std::abs(correlation(caution, taught)) < most);
  CHECK(std::abs(correlation(caution, world[col::district_capacity])) < most);
}

TEST_CASE("Leading from the middle earns its effect over years", "[worlds]") {
  double first = 0, last = 0;
  for (std::uint32_t r = 0; r < 3; ++r) {
    const auto usual = years_of("", 8, r), led = years_of(kLeading, 8, r);
    first += support_ratio(led[1], usual[1]) / 3;
    last += support_ratio(led[8], usual[8]) / 3;
    CHECK(led[8][col::upward_voice][0] > 0.1);
    CHECK(usual[8][col::upward_voice][0] == 0);
    CHECK(mean(led[8][col::middle_buffer]) > 0.04);
    for (const float strength : usual[8][col::middle_strength]) CHECK(strength == 0);
  }
  CAPTURE(first, last);
  CHECK(first > 1);
  CHECK(first < 1.08);
  CHECK(last > 1.2);
}

TEST_CASE("Support won by leading goes when leading ends", "[worlds]") {
  const auto usual = years_of("", 12);
  const auto ended =
      years_of("levers: {governance: {district_role: {value: leading, to: 6}}}\n", 12);
  const double then = support_ratio(ended[6], usual[6]),
               after = support_ratio(ended[12], usual[12]);
  CAPTURE(then, after);
  // What districts have learnt from one another stays; what leading added goes.
  CHECK(after < then);
  CHECK(mean(ended[12][col::middle_strength]) < 0.25 * mean(ended[6][col::middle_strength]));
  // Who has come round stays.
  CHECK(count_of(ended[12], kWilling) == count_of(ended[6], kWilling));
}

TEST_CASE("A district that leads with its neighbours beats one that leads alone", "[worlds]") {
  const auto together = years_of(kLeading, 8);
  // One district of each county, willing from the start if there is one.
  const auto population = population_of(preset("status_quo", kLand));
  std::map<std::int32_t, std::size_t> chosen;
  for (std::size_t d = 0; d < kDistricts; ++d)
    if (together[0][col::district_disposition][d] == kWilling)
      chosen.try_emplace(population->county[d], d);
  REQUIRE(chosen.size() >= 3);
  std::string codes;
  for (const auto& [county, d] : chosen) codes += population->district_code[d] + ", ";
  const auto apart =
      years_of("levers: {governance: {district_role: {value: leading, scope: {districts: [" +
                   codes + "]}}}}\n",
               8);
  for (const auto& [county, d] : chosen) {
    CAPTURE(d);
    CHECK(apart[8][col::district_ties][d] == 0);
    CHECK(apart[8][col::middle_strength][d] > 0.2);
    CHECK(together[8][col::middle_strength][d] > 1.3 * apart[8][col::middle_strength][d]);
    CHECK(together[8][col::district_capacity][d] >= apart[8][col::district_capacity][d]);
    const std::size_t school = at(together[8][col::first_school][d]);
    CHECK(together[8][col::district_support][school] > apart[8][col::district_support][school]);
  }
}

TEST_CASE("What districts learn from one another lifts the weak", "[worlds]") {
  const std::string rivals = "levers: {governance: {district_role: leading, competition: 1}}\n";
  double with = 0, without = 0, apart = 0;
  for (std::uint32_t r = 0; r < 3; ++r) {
    const auto usual = years_of("", 8, r), led = years_of(kLeading, 8, r);
    with += sd(led[8][col::district_capacity]);
    without += sd(usual[8][col::district_capacity]);
    apart += sd(years_of(rivals, 8, r)[8][col::district_capacity]);
    CHECK(mean(led[8][col::district_capacity]) > mean(usual[8][col::district_capacity]));
    for (std::size_t d = 0; d < kDistricts; ++d)
      CHECK(led[8][col::district_capacity][d] >= usual[8][col::district_capacity][d] - 1e-6f);
  }
  CAPTURE(with, without, apart);
  CHECK(with < 0.85 * without);
  CHECK(apart == Approx(without));  // leading in the middle, without contact, teaches nobody
}

TEST_CASE("Passing districts over drains them, and they are slow to come back", "[worlds]") {
  const auto usual = years_of("", 12);
  const auto passed = years_of(
      "levers: {governance: {district_role: {value: bypassed, to: 4}, autonomy: {value: 0.9, to: "
      "4}}}\n",
      12);
  const double lost = 1 - support_ratio(passed[4], usual[4]);
  const double left = 1 - support_ratio(passed[12], usual[12]);
  CAPTURE(lost, left);
  CHECK(lost > 0.25);
  CHECK(lost < 0.55);
  CHECK(left > 0.1);  // eight years on
  CHECK(left < 0.7 * lost);
  const auto only = years_of("levers: {governance: {district_role: bypassed}}\n", 4);
  CHECK(support_ratio(only[4], usual[4]) > 1 - 0.8 * lost);
  CHECK(support_ratio(only[4], usual[4]) < 0.82);
}

TEST_CASE("Token districts do next to nothing until they come round", "[worlds]") {
  const auto led = years_of(kLeading, 8), usual = years_of("", 8);
  for (std::size_t d = 0; d < kDistricts; ++d) {
    CHECK(usual[8][col::district_disposition][d] == usual[0][col::district_disposition][d]);
    for (std::size_t year = 1; year <= 8; ++year) {
      const int before = led[year - 1][col::district_disposition][d];
      const int after = led[year][col::district_disposition][d];
      CHECK((after == before || after == before - 1));
    }
    if (led[8][col::district_disposition][d] == kToken)
      CHECK(led[8][col::middle_strength][d] < 0.2f);
    if (led[8][col::district_disposition][d] == kResistant)
      CHECK(led[8][col::middle_strength][d] < 0.05f);
  }
  // Of 400 districts.
  std::size_t token[4] = {}, willing[4] = {};
  for (std::uint32_t r = 0; r < 10; ++r) {
    const auto worlds = years_of(kLeading, 3, r);
    for (std::size_t year = 0; year < 4; ++year) {
      token[year] += count_of(worlds[year], kToken);
      willing[year] += count_of(worlds[year], kWilling);
    }
  }
  CAPTURE(token[1], token[3], willing[0], willing[3]);
  CHECK(willing[0] > 200);
  CHECK(willing[0] < 280);
  CHECK(token[1] > 40);
  CHECK(token[1] < 120);
  CHECK(token[3] < token[1]);
  CHECK(willing[3] > willing[0] + 15);  // about a third of 80, and a few of those that resisted
  CHECK(willing[3] < willing[0] + 55);
}

TEST_CASE("A centre that persists and keeps close to the middle wins it sooner", "[worlds]") {
  const auto run = [](const std::string& level) {
    return years_of(
        "levers: {governance: {district_role: leading}, system_leadership: "
        "{persistence: " +
            level + ", close_to_middle: " + level + "}}\n",
        5)[5];
  };
  const World far = run("0.1"), close = run("0.9");
  CHECK(mean(close[col::middle_strength]) > 1.5 * mean(far[col::middle_strength]));
  CHECK(count_of(close, kWilling) > count_of(far, kWilling));
  CHECK(close[col::upward_voice][0] > 5 * far[col::upward_voice][0]);
}

TEST_CASE("What the middle filters becomes shared accountability", "[worlds]") {
  static const Parallel parallel(1);
  const auto end_of = [&](const std::string& role, const std::string& more) {
    const World world = world_after(
        preset("top_down", kLand + "levers: {governance: {district_role: " + role + "}}\n" + more),
        8, parallel);
    return mean(world[col::internal_accountability]);
  };
  const std::string off = "parameters: {middle_leadership: {sharing: 0}}\n";
  CHECK(end_of("leading", "") > end_of("leading", off) + 0.01);
  CHECK(end_of("mediating", "") == end_of("mediating", off));
}

TEST_CASE("A cluster is led by the best of those who take part", "[worlds]") {
  static const Parallel parallel(1);
  const World world = world_after(preset("networked", kLand), 3, parallel);
  const float craft = MiddleLeadership::Params{}.middle_craft;
  std::size_t led = 0;
  for (std::size_t k = 0; k < world.rows(Entity::cluster); ++k) {
    const std::size_t first = at(world[col::first_member][k]);
    float best = -100.0f;
    for (std::size_t m = first; m < first + at(world[col::cluster_size][k]); ++m) {
      const std::size_t i = at(world[col::member][m]), row = at(world[col::leader][i]);
      const float real = world[col::engagement_real][i];
      if (real == 0.0f) continue;
      const float worth =
          world[col::leader_skill][row] +
          craft * (world[col::leader_trained][row] + 2 * world[col::leader_system_mind][row] - 1);
      best = std::max(best, worth > 0 ? worth * real : worth);
    }
    if (best == -100.0f) continue;
    ++led;
    CHECK(world[col::cluster_leadership][k] == Approx(best).margin(1e-6));
  }
  CHECK(led > world.rows(Entity::cluster) / 2);
}

TEST_CASE("Without a reform the middle stays where it is", "[worlds]") {
  const auto usual = years_of("", 12);
  for (std::size_t year : {0u, 6u, 12u}) {
    CAPTURE(year);
    for (const float drained : usual[year][col::district_drained])
      CHECK(drained == Approx(0.2308).margin(0.0005));
    CHECK(mean(usual[year][col::systemness]) == Approx(0.2).margin(0.01));
    CHECK(sd(usual[year][col::systemness]) < 0.03);
    CHECK(mean(usual[year][col::district_capacity]) == Approx(0.5).margin(0.06));
    for (const float open : usual[year][col::cluster_openness]) CHECK(open == 0);
  }
}

TEST_CASE("Clusters that are not opened fragment", "[worlds]") {
  static const Parallel parallel(1);
  const auto end_of = [&](const std::string& how, std::uint32_t r, const std::string& more = "") {
    return world_after(preset("networked", kLand + "levers: {networks: {" + how + "}}\n" + more),
                       10, parallel, r);
  };
  double closed_share = 0, open_share = 0;
  for (std::uint32_t r = 0; r < 3; ++r) {
    const World closed = end_of("openness: 0", r), open = end_of("openness: 1", r);
    closed_share += between_clusters(closed) / 3;
    open_share += between_clusters(open) / 3;
    CHECK(mean(closed[col::cluster_openness]) == 0);
    CHECK(mean(open[col::cluster_openness]) > 0.5);
    CHECK(measure(closed, "tie_weight_bridge_mean") == 0);
    CHECK(measure(open, "tie_weight_bridge_mean") > 0.05);
  }
  CAPTURE(closed_share, open_share);
  CHECK(closed_share > 1.1 * open_share);
  const std::string off = "mechanisms: {open_clusters: false}\n";
  CHECK(between_clusters(end_of("openness: 0", 0, off)) ==
        Approx(between_clusters(end_of("openness: 1", 0, off))).epsilon(0.02));
}

TEST_CASE("Clusters that review one another are validated, open and a little busier", "[worlds]") {
  static const Parallel parallel(1);
  const auto end_of = [&](const std::string& how, double years) {
    return world_after(preset("networked", kLand + "levers: {" + how + "}\n"), years, parallel);
  };
  const World alone = end_of("networks: {cross_review: 0}", 5),
              early = end_of("networks: {cross_review: 1}", 1),
              reviewed = end_of("networks: {cross_review: 1}", 5),
              rivals = end_of("networks: {cross_review: 1}, governance: {competition: 0.9}", 5);
  CHECK(mean(alone[col::cluster_validation]) == 0);
  CHECK(mean(reviewed[col::cluster_validation]) > 0.3);
  // It follows those who take part, and takes a year or two.
  CHECK(mean(early[col::cluster_validation]) < 0.6 * measure(early, "real_participation"));
  CHECK(mean(reviewed[col::cluster_validation]) > 0.75 * measure(reviewed, "real_participation"));
  CHECK(mean(reviewed[col::cluster_openness]) > 1.2 * mean(alone[col::cluster_openness]));
  CHECK(mean(reviewed[col::energy]) < mean(alone[col::energy]));
  CHECK(mean(rivals[col::cluster_openness]) < 0.3 * mean(reviewed[col::cluster_openness]));
}

TEST_CASE("Systemness grows with lateral experience and decays with rivalry", "[worlds]") {
  static const Parallel parallel(1);
  const auto end_of = [&](const std::string& name, const std::string& how) {
    return mean(world_after(preset(name, kLand + how), 6, parallel)[col::systemness]);
  };
  const double usual = end_of("status_quo", ""), networked = end_of("networked", ""),
               deep = end_of("networked", "parameters: {systemness: {leaders_only: 1}}\n"),
               rivals = end_of("status_quo", "levers: {governance: {competition: 0.9}}\n"),
               stakes = end_of("status_quo", "levers: {external_accountability: {stakes: 0.9}}\n"),
               championed =
                   end_of("status_quo", "levers: {system_leadership: {school_to_school: 1}}\n");
  CAPTURE(usual, networked, deep, rivals, stakes, championed);
  CHECK(networked > usual + 0.05);
  CHECK(deep > networked + 0.05);  // what reaches all staff does more than what reaches leaders
  CHECK(rivals < usual - 0.03);
  CHECK(stakes < usual - 0.01);
  CHECK(championed > usual + 0.01);
  CHECK(championed < networked);

  const auto trust_with = [&](const std::string& trusting) {
    const std::string how = "parameters: {systemness: {trusting: " + trusting + "}}\n";
    return mean(world_after(preset("networked", kLand + how), 6, parallel)[col::trust_in_centre]);
  };
  CHECK(trust_with("0.05") > trust_with("0") + 0.001);
}
