// Peer review alone on a few schools, and its levers in a small system.
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "model/peer_review.hpp"
#include "support/one_mechanism.hpp"
#include "support/scenarios.hpp"

using namespace support;

namespace {

// Members in full, who trust one another.
OneMechanism<PeerReview> members(const std::string& levers) {
  OneMechanism<PeerReview> stage(4, levers);
  stage.fill(col::engagement_real, 0.8f);
  stage.fill(col::network_trust, 0.6f);
  stage.fill(col::autonomy_held, 0.5f);
  stage.fill(col::defensiveness, 0.16f);
  stage.fill(col::practice_fit, 0.5f);
  stage.fill(col::mastery, 0.45f);
  stage.fill(col::decisional_capital, 0.5f);
  stage.fill(col::internal_accountability, 0.35f);
  stage.fill(col::social_capital, 0.5f);
  return stage;
}

const std::string kReviews =
    "levers: {networks: {peer_review: 0.5, enquiry_cycles: 0.5, transparency: 0.8, "
    "outcome_focus: 0.5}}\n";

double gained(const OneMechanism<PeerReview>& stage) {
  return static_cast<double>(stage.world[col::decisional_change][0]);
}

double mean(const World& world, Column column) {
  double sum = 0;
  for (const float x : world.floats(column)) sum += static_cast<double>(x);
  return sum / static_cast<double>(world.schools());
}

}  // namespace

TEST_CASE("Peer review does nothing where nobody takes part, or nobody reviews", "[peer_review]") {
  auto alone = members(kReviews);
  alone.fill(col::engagement_real, 0);
  auto unreviewed = members("levers: {networks: {peer_review: 0, enquiry_cycles: 0}}\n");
  for (auto* stage : {&alone, &unreviewed}) {
    stage->run(5);
    CHECK(stage->world[col::reviews_done][0] == 0);
    CHECK(stage->world[col::feedback_used][0] == 0);
    CHECK(gained(*stage) == 0);
    CHECK(stage->world[col::load][0] == 0);
    CHECK(stage->world[col::mastery_change][0] == 0);
  }
}

TEST_CASE("A year of reviews gives more the more there were, until there were about six",
          "[peer_review]") {
  auto stage = members(kReviews);
  double before = 0, last = 0;
  for (int year = 1; year <= 8; ++year) {
    stage.run(1);
    const double now = gained(stage) - before;
    before = gained(stage);
    CAPTURE(year, now, stage.world[col::reviews_done][0]);
    if (year == 2) CHECK(now > 1.4 * last);
    if (year == 8) CHECK(now < 1.04 * last);
    CHECK(now > last);
    last = now;
  }
  CHECK(stage.world[col::reviews_done][0] == Approx(8 * 3 * 0.5 * 0.8).epsilon(1e-4));
}

TEST_CASE("Reviews with new partners every year give less than half of those with old ones",
          "[peer_review]") {
  // Three years with the same partners, and three in which each year a new leader begins afresh.
  auto stable = members(kReviews), rotating = members(kReviews);
  stable.run(6);
  for (int year = 0; year < 6; ++year) {
    rotating.fill(col::leader_changed, 1);
    rotating.run(1.0 / 3);
    rotating.fill(col::leader_changed, 0);
    rotating.run(2.0 / 3);
  }
  CHECK(gained(rotating) < 0.5 * gained(stable));
  // Where others than the leader take part, they carry it on.
  auto carried = members(kReviews);
  carried.fill(col::engagement_depth, 0.9f);
  for (int year = 0; year < 6; ++year) {
    carried.fill(col::leader_changed, 1);
    carried.run(1.0 / 3);
    carried.fill(col::leader_changed, 0);
    carried.run(2.0 / 3);
  }
  CHECK(gained(carried) > 0.8 * gained(stable));
}

TEST_CASE("Peer review is the same in one, three and twelve terms a year", "[peer_review]") {
  auto one = members(kReviews), three = members(kReviews), twelve = members(kReviews);
  one.run(4, 1), three.run(4, 3), twelve.run(4, 12);
  for (const auto* other : {&one, &twelve}) {
    CHECK(other->world[col::reviews_done][0] ==
          Approx(three.world[col::reviews_done][0]).epsilon(1e-4));
    CHECK(other->world[col::feedback_used][0] ==
          Approx(three.world[col::feedback_used][0]).epsilon(0.01));
    CHECK(other->world[col::defensiveness][0] ==
          Approx(three.world[col::defensiveness][0]).epsilon(0.001));
    CHECK(gained(*other) == Approx(gained(three)).epsilon(0.12));
  }
}

TEST_CASE("Without a reform defensiveness stays where it starts", "[peer_review]") {
  const Scenario scenario = preset("status_quo", "population: {schools: 200, districts: 10}\n");
  const World start = world_after(scenario, 0, Parallel(1));
  const World end = world_after(scenario, 10, Parallel(1));
  CAPTURE(mean(start, Column::defensiveness), mean(end, Column::defensiveness));
  CHECK(std::abs(mean(end, Column::defensiveness) - mean(start, Column::defensiveness)) < 0.02);
  CHECK(std::abs(mean(start, Column::defensiveness) - 0.16) < 0.03);
}

TEST_CASE("Three years of grading teachers leave a school deafer to its peers two years later",
          "[peer_review]") {
  const std::string size = "population: {schools: 200, districts: 10}\nhorizon: {years: 6}\n";
  const std::string reviews =
      "levers:\n"
      "  networks: {participation: voluntary_but_inevitable, expectation: 0.8, transparency: 0.7,\n"
      "             peer_review: 0.8, enquiry_cycles: 0.6}\n";
  const World spared = world_after(preset("status_quo", size + reviews), 5, Parallel(1));
  const World graded = world_after(
      preset("status_quo",
             size + reviews + "  individualistic_policies: {appraisal: {value: 1, to: 3}}\n"),
      5, Parallel(1));
  CHECK(mean(graded, Column::defensiveness) > mean(spared, Column::defensiveness) + 0.04);
  CHECK(mean(spared, Column::feedback_used) > 0);
  CHECK(mean(graded, Column::feedback_used) < 0.97 * mean(spared, Column::feedback_used));
}

TEST_CASE("Peer review alone raises judgement and mutual accountability, attainment little",
          "[peer_review]") {
  const std::string size = "population: {schools: 300, districts: 15}\nhorizon: {years: 6}\n";
  const auto with = [&](const std::string& review) {
    return preset("status_quo", size +
                                    "levers:\n  networks: {participation: voluntary_but_inevitable,"
                                    " expectation: 0.8, facilitation: 0.5, transparency: 0.6, " +
                                    review + "}\n");
  };
  const World without = world_after(with("peer_review: 0, enquiry_cycles: 0"), 5, Parallel(1));
  const World reviewed = world_after(with("peer_review: 1, enquiry_cycles: 0.7"), 5, Parallel(1));
  const auto effect = [&](Column column) { return mean(reviewed, column) - mean(without, column); };
  CAPTURE(effect(Column::true_score), effect(Column::decisional_capital));
  CHECK(effect(Column::decisional_capital) > 0.004);
  CHECK(effect(Column::internal_accountability) > 0.01);
  CHECK(effect(Column::true_score) > -0.005);
  CHECK(effect(Column::true_score) < 0.06);
}
