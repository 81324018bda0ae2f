// Two schools alike in everything, driven through Teaching alone: each thing that is not alike
// makes the difference that its coefficient says.
#include <cmath>

#include <catch2/catch.hpp>

#include "model/anchor.hpp"
#include "model/capacity_building.hpp"
#include "model/teaching.hpp"
#include "support/scenarios.hpp"

using namespace support;

namespace {

struct Two {
  World world;
  LeverColumns levers;
  Teaching::Params p;
  Parallel parallel{1};

  Two()
      : world([] {
          WorldShape shape;
          shape.rows[static_cast<std::size_t>(Entity::school)] = 2;
          shape.rows[static_cast<std::size_t>(Entity::system)] = 1;
          shape.cohorts = 1;
          return shape;
        }()) {
    for (std::size_t i = 0; i < 2; ++i) {
      world[col::roll][i] = world[col::catchment][i] = 400;
      world[col::teachers][i] = world[col::teacher_posts_usual][i] = 20;
      for (std::size_t k = 0; k < kPractices; ++k) {
        world[col::mastery][i * kPractices + k] = 0.45f;
        world[col::practice_fit][i * kPractices + k] = 0.6f;
      }
    }
  }
  void teach() {
    const Context now{1.0 / 3, 0, true, false, Draws(Key{}, 0, 0), parallel};
    Teaching::step(Teaching::Access(world, levers), p, now);
  }
  // How the first school's teaching differs from the second's.
  float basics() {
    teach();
    return world[col::teaching_basics][0] - world[col::teaching_basics][1];
  }
  float broad() {
    teach();
    return world[col::teaching_broad][0] - world[col::teaching_broad][1];
  }
};

Approx about(double value) { return Approx(value).margin(2e-6); }

}  // namespace

TEST_CASE("More pupils for the same teachers is a larger class", "[worlds]") {
  Two schools;
  schools.world[col::roll][0] = 500;
  CHECK(schools.basics() == about(0.25 * std::log(0.8)));
  CHECK(schools.broad() == about(0.25 * std::log(0.8)));
  schools.world[col::teachers][0] = 25;
  CHECK(schools.basics() == about(0));
  schools.world[col::roll][0] = 0;  // nobody left
  CHECK(schools.basics() == about(0));
}

TEST_CASE("Technology serves the practices it meets, effort mostly what is tested", "[worlds]") {
  Two schools;
  schools.world[col::technology_aid][0] = 0.1f;
  CHECK(schools.basics() == about(0.1 * 0.8 * 0.45 * 0.6));
  CHECK(schools.broad() == about(0.1 * 0.8 * 0.45 * 0.6));
  for (std::size_t k = 0; k < kPractices; ++k) schools.world[col::mastery][k] = 0;
  const double without = -0.8 * 0.45 * 0.6;
  CHECK(schools.basics() == about(without));  // nothing to serve
  for (std::size_t k = 0; k < kPractices; ++k) schools.world[col::mastery][k] = 0.45f;
  schools.world[col::technology_aid][0] = 0;
  // The same whoever called it up.
  schools.world[col::individual_effort][0] = 0.4f;
  CHECK(schools.basics() == about(0.4 * 0.35));
  CHECK(schools.broad() == about(0.4 * 0.35 * 0.2));
  schools.world[col::effort][0] = 0.4f;
  schools.world[col::individual_effort][0] = 0;
  CHECK(schools.basics() == about(0.4 * 0.35));
  CHECK(schools.broad() == about(0.4 * 0.35 * 0.2));
}

TEST_CASE("Internal accountability reaches the disadvantaged, counted from year 0", "[worlds]") {
  Two schools;
  schools.world[col::internal_accountability][0] = 0.5f;
  schools.world[col::roll][0] = 300;
  schools.world[col::roll][1] = 100;
  schools.teach();
  CHECK(schools.world[col::teaching_reach][0] == about(0.1));
  CHECK(schools.world[col::teaching_reach][1] == 0.0f);
  // What is usual, weighted by pupils, is taken as 0.
  centre_teaching(schools.world, ModelParameters{}, schools.parallel);
  schools.teach();
  CHECK(schools.world[col::teaching_usual_reach][0] == about(0.075));
  CHECK(schools.world[col::teaching_reach][0] == about(0.025));
  CHECK(schools.world[col::teaching_reach][1] == about(-0.075));
  const double pupils = 300.0 * schools.world[col::teaching_basics][0] +
                        100.0 * schools.world[col::teaching_basics][1];
  CHECK(pupils == Approx(0).margin(1e-3));
}

TEST_CASE("Coaching gives the same in a year of one term, three or twelve", "[worlds]") {
  const auto mastery_after = [](int steps) {
    const Parallel parallel(1);
    const Scenario scenario =
        scenario_of(fmt::format("population: {{schools: 30, districts: 3}}\n"
                                "horizon: {{years: 1, burn_in_years: 0, steps_per_year: {}}}\n"
                                "levers: {{capacity_building: {{coaching: 0.2}}}}\n",
                                steps));
    Simulation simulation = burnt_in(scenario, parallel);
    LeverColumns levers(scenario, simulation.population(), simulation.world(), Key{});
    levers.set_year(0.5);
    World world = simulation.world();
    // Through capacity building alone, its changes applied by hand without any fading.
    const double before = world[col::mastery][3];
    for (int term = 0; term < steps; ++term) {
      const Context now{1.0 / steps, 0, term == 0, false, Draws(Key{}, 0, 0), parallel};
      CapacityBuilding::step(CapacityBuilding::Access(world, levers), CapacityBuilding::Params{},
                             now);
      for (std::size_t k = 0; k < world[col::mastery].size(); ++k) {
        world[col::mastery][k] += world[col::mastery_change][k];
        world[col::mastery_change][k] = 0;
      }
    }
    return static_cast<double>(world[col::mastery][3]) - before;
  };
  const double one = mastery_after(1), three = mastery_after(3), twelve = mastery_after(12);
  CHECK(one > 0.003);
  CHECK(three == Approx(one).epsilon(0.03));
  CHECK(twelve == Approx(one).epsilon(0.03));
}
