// Initiatives (M1): the more there are and the sooner they are given up, the worse; and nothing
// drifts at the usual number.
#include <string>

#include <catch2/catch.hpp>

#include "support/paired.hpp"

using namespace support;

namespace {

const std::string kNation = "population: {schools: 300, districts: 15}";

std::string initiatives(double in_three_years, double life = 3, const std::string& more = "") {
  return "{ad_hoc_policies: {initiatives: " + std::to_string(in_three_years / 3) +
         ", life: " + std::to_string(life) + "}" + more + "}";
}

}  // namespace

TEST_CASE("More initiatives never help, and many undo a reform", "[worlds]") {
  Paired nation(kNation, 1);
  double before = 1, coherence_before = 1;
  for (const double n : {1.0, 2.0, 4.0, 8.0, 12.0}) {
    const double now = nation.effect("true_attainment_mean", initiatives(n), 10);
    const double coherence = nation.effect("coherence_mean", initiatives(n), 10);
    CHECK(now < before);
    CHECK(coherence < coherence_before);
    before = now;
    coherence_before = coherence;
  }
  CHECK(before < -0.03);
  const std::string coaching =
      ", capacity_building: {coaching: 0.3, light_touch: 0.3}, funding: {reform_per_pupil: 600}";
  const double few = nation.effect("true_attainment_mean", initiatives(1, 3, coaching), 10);
  CHECK(few > 0.02);
  CHECK(nation.effect("true_attainment_mean", initiatives(8, 3, coaching), 10) < 0.5 * few);
}

TEST_CASE("Initiatives given up sooner cost more trust and coherence", "[worlds]") {
  Paired nation(kNation, 1);
  double trust = -1, coherence = -1, learning = -1;
  for (const double life : {0.5, 1.0, 2.0, 4.0, 8.0}) {
    const std::string levers = initiatives(4, life);
    CHECK(nation.effect("trust_in_centre_mean", levers, 8) > trust);
    CHECK(nation.effect("coherence_mean", levers, 8) > coherence);
    trust = nation.effect("trust_in_centre_mean", levers, 8);
    coherence = nation.effect("coherence_mean", levers, 8);
    learning = nation.effect("true_attainment_mean", levers, 8);
  }
  CHECK(learning > nation.effect("true_attainment_mean", initiatives(4, 0.5), 8));
  CHECK(nation.effect("trust_in_centre_mean", initiatives(4, 0.5), 8) < -0.02);
}

TEST_CASE("The climate of the usual school stays as it is", "[worlds]") {
  Paired nation(kNation, 1);
  for (const char* name : {"energy_mean", "coherence_mean", "trust_in_centre_mean",
                           "collective_efficacy_mean", "internal_accountability_mean"})
    CHECK(std::abs(measure(nation.after("", 15), name) - measure(nation.start(), name)) < 0.012);
  CHECK(measure(nation.start(), "trust_in_centre_mean") == Approx(0.5).margin(0.02));
  CHECK(measure(nation.start(), "energy_mean") == Approx(0.64).margin(0.03));
}
