// Small worlds whose pupils' attainment can be worked out on paper.
#include <cmath>
#include <initializer_list>

#include <catch2/catch.hpp>

#include "model/learning.hpp"
#include "support/scenarios.hpp"

using namespace support;

namespace {

constexpr int kGrades = 6;
constexpr float kGap = 0.65f;

// Two schools, one with fewer year groups than the other, driven through Learning alone.
struct Pupils {
  World world;
  LeverColumns levers;
  Learning::Params p;
  Parallel parallel{1};

  Pupils()
      : world([] {
          WorldShape shape;
          shape.rows[static_cast<std::size_t>(Entity::school)] = 2;
          shape.rows[static_cast<std::size_t>(Entity::district)] = 1;
          shape.rows[static_cast<std::size_t>(Entity::system)] = 1;
          shape.cohorts = kGrades;
          return shape;
        }()) {
    world[col::grades][0] = kGrades;
    world[col::grades][1] = 3;
    for (std::size_t i = 0; i < 2; ++i) {
      world[col::feeder_pool][i] = -1;
      for (int group = 0; group < kGroups; ++group) {
        world[col::entrants][plane(2, group, i)] = group == 0 ? 15.0f : 45.0f;
        world[col::entrant_intake][plane(2, group, i)] =
            (i == 0 ? 0.3f : -0.2f) - (group == 0 ? kGap : 0.0f);
      }
    }
    teach(0.0f);
  }

  void teach(float quality, float time = 1.0f) {
    for (std::size_t i = 0; i < 2; ++i) {
      world[col::teaching_basics][i] = world[col::teaching_broad][i] = quality;
      world[col::time_basics][i] = world[col::time_broad][i] = time;
    }
  }

  // `turn`: whether year groups move up at the start of the year.
  void year(int steps = 1, bool turn = true) {
    for (int term = 0; term < steps; ++term) {
      const Context now{1.0 / steps,        0,       turn && term == 0, term == steps - 1,
                        Draws(Key{}, 0, 0), parallel};
      Learning::step(Learning::Access(world, levers), p, now);
    }
  }

  float& attainment(int grade, int group, std::size_t school = 0) {
    return world[col::attainment][plane(2, cohort_plane(grade, group), school)];
  }
  float& intake(int grade, int group, std::size_t school = 0) {
    return world[col::intake][plane(2, cohort_plane(grade, group), school)];
  }
  float& pupils(int grade, int group, std::size_t school = 0) {
    return world[col::cohort_pupils][plane(2, cohort_plane(grade, group), school)];
  }
  float added(int grade, int group, std::size_t school = 0) {
    return attainment(grade, group, school) - intake(grade, group, school);
  }
};

}  // namespace

TEST_CASE("Usual teaching leaves attainment at intake", "[worlds][sanitize]") {
  for (const int steps : {1, 3, 12}) {
    Pupils school;
    for (int y = 0; y < 2 * kGrades; ++y) school.year(steps);
    for (std::size_t i = 0; i < 2; ++i)
      for (int g = 0; g < school.world[col::grades][i]; ++g) {
        // Exactly, not nearly: what is usual adds nothing.
        CHECK(school.attainment(g, 0, i) == school.intake(g, 0, i));
        CHECK(school.attainment(g, 1, i) == school.intake(g, 1, i));
        CHECK(school.intake(g, 1, i) - school.intake(g, 0, i) == Approx(kGap));
        CHECK(school.world[col::broad_learning][plane(2, g, i)] == 0.0f);
      }
    CHECK(school.intake(0, 1) == 0.3f);
    CHECK(school.intake(0, 1, 1) == -0.2f);
  }
}

TEST_CASE("Better teaching adds what the geometric series says", "[worlds]") {
  const float q = 0.08f;
  for (const float retention : {0.2f, 0.5f, 0.8f}) {
    Pupils school;
    school.p.retention = retention;
    school.p.responsiveness = 0.0f;
    school.teach(q);
    for (int y = 0; y < 2 * kGrades; ++y) school.year(3);
    // A pupil in year group g has had g + 1 years of it.
    for (int g = 0; g < kGrades; ++g) {
      const double years = g + 1;
      const double expected = q * (1 - std::pow(retention, years)) / (1 - retention);
      CHECK(school.added(g, 0) == Approx(expected).margin(1e-6));
      CHECK(school.added(g, 1) == Approx(expected).margin(1e-6));
      CHECK(school.world[col::broad_learning][plane(2, g, 0)] == Approx(expected).margin(1e-6));
    }
    // Pupils who never left would come to q / (1 - retention).
    for (int y = 0; y < 80; ++y) school.year(3, false);
    CHECK(school.added(0, 0) == Approx(q / (1 - retention)).epsilon(1e-4));
  }
}

TEST_CASE("The disadvantaged respond more in both directions", "[worlds]") {
  for (const float q : {0.08f, -0.08f}) {
    Pupils school;
    school.teach(q);
    school.year(3);
    // A quarter of the pupils are disadvantaged.
    CHECK(school.added(0, 0) == Approx(q * (1 + 0.75 * school.p.responsiveness)).margin(1e-6));
    CHECK(school.added(0, 1) == Approx(q * (1 - 0.25 * school.p.responsiveness)).margin(1e-6));
    // Together they gain what the teaching gives.
    CHECK((15 * school.added(0, 0) + 45 * school.added(0, 1)) / 60 == Approx(q).margin(1e-6));
  }
}

TEST_CASE("Teaching that reaches the disadvantaged is theirs alone", "[worlds]") {
  for (const int steps : {1, 3, 12}) {
    Pupils with, without;
    for (Pupils* school : {&with, &without}) school->teach(0.05f);
    with.world[col::teaching_reach][0] = 0.04f;
    for (Pupils* school : {&with, &without}) school->year(steps);
    CHECK(with.added(0, 0) - without.added(0, 0) == Approx(0.04).margin(1e-6));
    CHECK(with.added(0, 1) == without.added(0, 1));
    CHECK(with.added(0, 0, 1) == without.added(0, 0, 1));
  }
}

TEST_CASE("Time counts like teaching", "[worlds]") {
  Pupils school;
  school.p.responsiveness = 0.0f;
  school.teach(0.05f, 1.1f);
  school.year(1);
  CHECK(school.added(0, 0) == Approx((0.35 + 0.05) * 1.1 - 0.35).margin(1e-6));
}

TEST_CASE("What a school added halves each year after it ends", "[worlds]") {
  for (const int steps : {1, 3, 12}) {
    Pupils school;
    school.teach(0.1f);
    for (int y = 0; y < kGrades; ++y) school.year(steps, false);
    school.teach(0.0f);
    float before = school.added(2, 0);
    REQUIRE(before > 0.1f);
    for (int y = 0; y < 4; ++y) {
      school.year(steps, false);
      CHECK(school.added(2, 0) / before == Approx(0.5).epsilon(1e-4));
      before = school.added(2, 0);
    }
  }
}

TEST_CASE("Terms of any length make the same year", "[worlds]") {
  Pupils one;
  one.teach(0.07f, 0.97f);
  for (int y = 0; y < 5; ++y) one.year(1);
  for (const int steps : {3, 12}) {
    Pupils many;
    many.teach(0.07f, 0.97f);
    for (int y = 0; y < 5; ++y) many.year(steps);
    for (int g = 0; g < kGrades; ++g)
      for (int group = 0; group < kGroups; ++group) {
        CHECK(many.attainment(g, group) == Approx(one.attainment(g, group)).margin(2e-6));
        CHECK(many.pupils(g, group) == one.pupils(g, group));
      }
    CHECK(many.world[col::wellbeing][0] == Approx(one.world[col::wellbeing][0]).margin(1e-5));
  }
}

TEST_CASE("A cohort carries its attainment up the school and out", "[worlds][sanitize]") {
  Pupils school;
  school.year();  // fills the first year group
  // A marked cohort: nobody else has this attainment, and usual teaching keeps it.
  for (std::size_t i = 0; i < 2; ++i)
    for (int group = 0; group < kGroups; ++group) {
      school.attainment(0, group, i) = school.intake(0, group, i) = 2.5f;
      school.pupils(0, group, i) = 7.0f;
    }
  for (int g = 1; g < kGrades; ++g) {
    school.year();
    for (std::size_t i = 0; i < 2; ++i)
      for (int here = 0; here < kGrades; ++here) {
        const bool marked = here == g && g < school.world[col::grades][i];
        CHECK((school.attainment(here, 0, i) == 2.5f) == marked);
        CHECK((school.pupils(here, 1, i) == 7.0f) == marked);
      }
  }
  school.year();
  for (int g = 0; g < kGrades; ++g) CHECK(school.attainment(g, 0) != 2.5f);
  // Year groups the school does not have stay empty.
  for (int g = 3; g < kGrades; ++g) {
    CHECK(school.pupils(g, 0, 1) == 0.0f);
    CHECK(school.attainment(g, 0, 1) == 0.0f);
  }
}
