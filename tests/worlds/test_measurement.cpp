// What is published: the truth, inflation, luck that stays with cohorts and luck of the day.
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

constexpr int kGrades = 4;
constexpr std::size_t kSchools = 3000;

// Schools of one size in which nothing is learnt, driven through Measurement alone.
struct Tested {
  World world;
  LeverColumns levers;
  Measurement::Params p;
  Parallel parallel{1};
  std::uint32_t term = 0;

  explicit Tested(float cohort)
      : world([] {
          WorldShape shape;
          shape.rows[static_cast<std::size_t>(Entity::school)] = kSchools;
          shape.rows[static_cast<std::size_t>(Entity::system)] = 1;
          shape.cohorts = kGrades;
          return shape;
        }()) {
    for (std::size_t i = 0; i < kSchools; ++i) {
      world[col::school_id][i] = 1000 + i;
      world[col::grades][i] = kGrades;
      for (int g = 0; g < kGrades; ++g)
        for (int group = 0; group < kGroups; ++group) {
          const std::size_t place = plane(kSchools, cohort_plane(g, group), i);
          world[col::cohort_pupils][place] = cohort / kGroups;
          world[col::intake][place] = 0.2f;
          world[col::attainment][place] = 0.2f + 0.1f * static_cast<float>(g);
        }
    }
    p.drift = 0.01f;
    p.occasion = 0.06f;
  }
  void test(bool new_year) {
    const Context now{
        1.0, 5, new_year, true, Draws(make_key(3, 0, Domain::dynamics), 22, ++term), parallel};
    Measurement::step(Measurement::Access(world, levers), p, now);
  }
  std::vector<double> luck() const {  // of what is published
    std::vector<double> out;
    for (std::size_t i = 0; i < kSchools; ++i)
      out.push_back(static_cast<double>(world[col::reported_score][i]) - world[col::true_score][i]);
    return out;
  }
};

}  // namespace

TEST_CASE("Luck of cohorts stays, luck of the day is drawn anew", "[worlds]") {
  // Six standard errors of an SD over 3,000 schools are 8%.
  for (const float cohort : {20.0f, 75.0f, 300.0f}) {
    Tested schools(cohort);
    for (int year = 0; year < kGrades; ++year) schools.test(true);
    const double size = kGrades * cohort;
    const double lasting = 1.0 / size, fresh = std::pow(0.06 * std::pow(300 / size, 0.29), 2);
    const std::vector<double> first = schools.luck();
    CHECK(mean(first) == Approx(0.06).margin(6 * sd(first) / std::sqrt(kSchools)));  // the drift
    CHECK(sd(first) == Approx(std::sqrt(lasting + fresh)).epsilon(0.08));
    // The same pupils tested again.
    schools.test(false);
    const std::vector<double> second = schools.luck();
    CHECK(correlation(first, second) == Approx(lasting / (lasting + fresh)).margin(0.08));
    std::vector<double> change;
    for (std::size_t i = 0; i < kSchools; ++i) change.push_back(second[i] - first[i]);
    CHECK(sd(change) == Approx(std::sqrt(2 * fresh)).epsilon(0.08));
  }
}

TEST_CASE("The eldest year group's value added is published with its luck", "[worlds]") {
  Tested schools(50);
  for (int year = 0; year < kGrades; ++year) schools.test(true);
  const World& world = schools.world;
  std::vector<double> published;
  for (std::size_t i = 0; i < kSchools; ++i) {
    // What is published goes beyond the truth by the cohorts' luck and by what all share.
    double luck = 0;
    for (int g = 0; g < kGrades; ++g)
      luck += world[col::test_noise][plane(kSchools, g, i)] / kGrades;
    const double shared = world[col::reported_score][i] - world[col::true_score][i] - luck;
    const double eldest = world[col::test_noise][plane(kSchools, kGrades - 1, i)];
    CHECK(world[col::cohort_value_added][i] == Approx(0.3 + eldest + shared).margin(1e-5));
    CHECK(world[col::reported_value_added][i] ==
          Approx(0.15 + luck + shared).margin(1e-5));  // mean of 0, 0.1, 0.2, 0.3
    published.push_back(world[col::cohort_value_added][i]);
  }
  const double day = 0.06 * std::pow(300.0 / 200, 0.29);
  CHECK(sd(published) == Approx(std::sqrt(1.0 / 50 + day * day)).epsilon(0.08));
}
