// Diffusion alone: a practice known in one school and wanted in another.
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "model/diffusion.hpp"
#include "support/one_mechanism.hpp"

using namespace support;

namespace {

// Two schools tied to each other; the second knows the first practice, the first knows none.
OneMechanism<Diffusion> pair(const std::string& levers = "levers: {pedagogy: {focus: 0.5}}\n",
                             int slot = kFirstClusterTie) {
  OneMechanism<Diffusion> stage(2, levers);
  World& w = stage.world;
  for (auto& partner : w[col::partner]) partner = -1;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t tie = plane(2, slot, i);
    w[col::partner][tie] = static_cast<std::int32_t>(1 - i);
    w[col::tie_weight][tie] = w[col::tie_trust][tie] = w[col::similarity][tie] = 1;
  }
  stage.fill(col::energy, 1), stage.fill(col::coherence, 1), stage.fill(col::engagement_depth, 1);
  stage.fill(col::practice_fit, 1);
  w[col::mastery][kPractices] = 0.8f;
  return stage;
}

double taken(const OneMechanism<Diffusion>& stage, std::size_t practice = 0) {
  return static_cast<double>(stage.world[col::mastery_change][practice]);
}

}  // namespace

TEST_CASE("A strong tie closes the stated share of a gap in a year", "[diffusion]") {
  auto stage = pair();
  stage.run(1);
  const auto& p = stage.p;
  const double focus = 0.3;  // the usual
  const double chosen_share = 0.6 + focus * (1.6 - 0.6);
  const double takes = static_cast<double>(p.transfer_rate * p.fidelity) / 3;
  const double closed = 3 * (1 - std::exp(-takes));
  CHECK(taken(stage) == Approx(closed * chosen_share * 0.8).epsilon(1e-4));
  CHECK(taken(stage) / 0.8 > 0.01);
  CHECK(taken(stage) / 0.8 < 0.25);
  // Nothing of what neither knows, and nothing back from who knows less.
  CHECK(taken(stage, 1) == 0);
  CHECK(stage.world[col::mastery_change][kPractices] == 0);
}

TEST_CASE("Nothing crosses a tie that is not there", "[diffusion]") {
  auto stage = pair();
  for (auto& partner : stage.world[col::partner]) partner = -1;
  stage.run(1);
  CHECK(taken(stage) == 0);
  CHECK(stage.world[col::decisional_change][0] == 0);
}

TEST_CASE("Every tie carries, the neighbours' and the bridges' too", "[diffusion]") {
  auto cluster = pair();
  cluster.run(1);
  for (int slot = 0; slot < kTies; ++slot) {
    auto stage = pair("levers: {pedagogy: {focus: 0.5}}\n", slot);
    stage.run(1);
    CHECK(taken(stage) == Approx(taken(cluster)).epsilon(1e-6));
  }
}

TEST_CASE("Leader-only ties bring two fifths of what deep ones do", "[diffusion]") {
  auto deep = pair(), shallow = pair();
  shallow.fill(col::engagement_depth, 0);
  deep.run(1), shallow.run(1);
  CHECK(taken(shallow) <= 0.42 * taken(deep));
  CHECK(taken(shallow) > 0.3 * taken(deep));
}

TEST_CASE("Feedback from peers turns copying to what works here", "[diffusion]") {
  auto blind = pair(), told = pair();
  for (auto* stage : {&blind, &told}) {
    stage->world[col::mastery][kPractices + 7] = 0.8f;  // a practice that does little
    stage->world[col::practice_fit][7] = 0.2f;
  }
  told.fill(col::feedback_used, 0.8f);
  blind.run(1), told.run(1);
  CHECK(taken(told) > 1.1 * taken(blind));
  CHECK(taken(told, 7) < 0.7 * taken(blind, 7));
}

TEST_CASE("Facilitation keeps more of the original, as far as a school takes part", "[diffusion]") {
  auto alone = pair(), helped = pair(), absent = pair();
  helped.fill(col::cluster_facilitation, 1), absent.fill(col::cluster_facilitation, 1);
  helped.fill(col::engagement_real, 1);
  alone.run(1), helped.run(1), absent.run(1);
  CHECK(taken(helped) == Approx(taken(alone) * 0.8 / 0.5).epsilon(0.03));
  CHECK(taken(absent) == taken(alone));
}

TEST_CASE("Many ties together never close more than there is to close", "[diffusion]") {
  auto stage = pair();
  for (int slot = 0; slot < kTies; ++slot) {
    const std::size_t tie = plane(2, slot, 0);
    stage.world[col::partner][tie] = 1;
    stage.world[col::tie_weight][tie] = stage.world[col::tie_trust][tie] =
        stage.world[col::similarity][tie] = 1;
  }
  auto single = pair();
  stage.p.transfer_rate = single.p.transfer_rate = 0.25f;
  stage.run(1, 1), single.run(1, 1);
  CHECK(taken(stage) > 1.5 * taken(single));
  CHECK(taken(stage) < 0.8);
}
