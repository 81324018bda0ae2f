// Autonomy (M8) and prescription (M3): opposite ways of doing without the middle.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/paired.hpp"

using namespace support;

namespace {

const std::string kNation = "population: {schools: 400, districts: 20}";
const std::string kFree = "{governance: {autonomy: 1, district_role: bypassed}}";

// Mean gain in value added of the schools between two quantiles of `key`.
template <class Key>
double gain_of(Paired& nation, const std::string& levers, double years, Key key, double from,
               double to) {
  double sum = 0;
  for (std::size_t r = 0; r < nation.replicates(); ++r) {
    std::vector<float> values(nation.start(r).schools());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = key(nation.start(r), i);
    std::vector<float> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto quantile = [&](double share) {
      return sorted[std::min(sorted.size() - 1,
                             static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
    };
    const auto here = [&](std::size_t i) {
      return values[i] >= quantile(from) && (to >= 1 || values[i] < quantile(to));
    };
    sum += mean_where(nation.after(levers, years, r), col::value_added, here) -
           mean_where(nation.after("", years, r), col::value_added, here);
  }
  return sum / static_cast<double>(nation.replicates());
}
float capital(const World& world, std::size_t i) {
  return world[col::human_capital][i] + world[col::social_capital][i] +
         world[col::decisional_capital][i];
}

}  // namespace

TEST_CASE("Autonomy for all widens the gaps and does little for the mean", "[worlds]") {
  Paired nation(kNation);
  const double mean = nation.effect("true_attainment_mean", kFree, 8);
  CHECK(mean > -0.08);
  CHECK(mean < 0.08);
  double usual = 0;
  for (std::size_t r = 0; r < nation.replicates(); ++r)
    usual += measure(nation.after("", 8, r), "value_added_between_school_sd");
  usual /= static_cast<double>(nation.replicates());
  const double wider = nation.effect("value_added_between_school_sd", kFree, 8) / usual;
  CHECK(wider > 0.03);
  CHECK(wider < 0.25);
  // Who is able makes more of freedom. (That the ablest third gains, as has been measured, is not
  // met: what its districts lose weighs more. TRACE.md says so.)
  const double able = gain_of(nation, kFree, 8, capital, 2.0 / 3, 1),
               weak = gain_of(nation, kFree, 8, capital, 0, 1.0 / 3);
  CAPTURE(able, weak);
  CHECK(able > weak + 0.01);
  CHECK(able <= 0);  // when this turns red, TRACE.md has to say so
  CHECK(weak < 0);
}

TEST_CASE("Autonomy that must be earned is held by those who work well", "[worlds]") {
  Paired nation(kNation, 1);
  const std::string earned = "{governance: {autonomy: 1, autonomy_earned: 1}}";
  const World& world = nation.after(earned, 4);
  const auto held = [&](auto which) { return mean_where(world, col::autonomy_held, which); };
  const auto value_added = world[col::reported_value_added];
  const double strong = held([&](std::size_t i) { return value_added[i] > 0.15f; });
  const double weak = held([&](std::size_t i) { return value_added[i] < -0.15f; });
  CHECK(strong > weak + 0.3);
  CHECK(held([](std::size_t) { return true; }) == Approx(0.5).margin(0.06));
  // At the same autonomy held on average it does more for the mean, and less harm to the weak.
  const std::string given = "{governance: {autonomy: 0.5}}";
  CHECK(nation.effect("true_attainment_mean", earned, 8, given) > 0);
  CHECK(gain_of(nation, earned, 8, capital, 0, 1.0 / 3) >
        gain_of(nation, given, 8, capital, 0, 1.0 / 3));
  // Given to all, all hold it.
  for (const float h : nation.after(kFree, 4)[col::autonomy_held]) CHECK(h == 1.0f);
}

TEST_CASE("With the mechanism off, schools hold the usual autonomy", "[worlds]") {
  Paired nation(kNation + "\nmechanisms: {innovation: off}", 1);
  for (const float h : nation.after(kFree, 2)[col::autonomy_held]) CHECK(h == 0.3f);
}

TEST_CASE("A system that looks outward feeds schools that try things", "[worlds]") {
  Paired nation(kNation, 1);
  const std::string outward =
                        "{governance: {autonomy: 0.8}, system_leadership: {outward_looking: 1}}",
                    inward =
                        "{governance: {autonomy: 0.8}, system_leadership: {outward_looking: 0}}";
  CHECK(nation.effect("mastery_mean", outward, 6, inward) > 0.01);
  CHECK(nation.effect("true_attainment_mean", outward, 6, inward) > 0.005);
}

TEST_CASE("Prescription lifts the weak quickly and holds back the strong", "[worlds]") {
  Paired nation(kNation);
  const std::string prescribed = "{governance: {prescription: 0.8}}";
  const auto quality = [](const World& world, std::size_t i) { return world[col::value_added][i]; };
  CHECK(gain_of(nation, prescribed, 3, quality, 0, 0.3) > 0.008);
  CHECK(gain_of(nation, prescribed, 8, quality, 0.9, 1) < 0);
  CHECK(nation.effect("value_added_between_school_sd", prescribed, 8) < 0);
  CHECK(nation.effect("decisional_capital_mean", prescribed, 8) < -0.02);
  CHECK(nation.effect("true_attainment_mean", prescribed, 5) >
        nation.effect("broad_learning_mean", prescribed, 5) + 0.005);
  CHECK(nation.effect("compliance_habit_mean", prescribed, 8) > 0.1);
}
