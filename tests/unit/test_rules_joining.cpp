// The rules of joining a network (M11) and of ties between schools, as plain functions.
#include <catch2/catch.hpp>

#include <cmath>
#include <initializer_list>

#include "model/joining.hpp"
#include "model/ties.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

namespace {

constexpr auto kVoluntary = Participation::voluntary;
constexpr auto kInevitable = Participation::voluntary_but_inevitable;

}  // namespace

TEST_CASE("joining: nobody joins where there are no networks, all where they are ordered") {
  CHECK(would_join(Participation::none, 0.75f, 1) == 0);
  CHECK(would_join(Participation::mandated, 0.75f, 0) == 1);
  for (const Participation how : {kVoluntary, kInevitable}) {
    CHECK(would_join(how, 0.75f, 0) == about(0.75));
    CHECK(would_join(how, 0.75f, 0.6f) == about(0.9));
    CHECK(would_join(how, 0.6f, 1) == about(1));
  }
}

TEST_CASE("joining: the outlook is belief, tilted by care for other schools; the usual is 1/2") {
  CHECK(outlook_of(0.5f, 0.2f, 0.5f, kUsualSystemness, 0) == about(0.5));
  CHECK(outlook_of(0.5f, 0.2f, 1, kUsualSystemness, 0) == about(0.6));
  CHECK(outlook_of(0.5f, 0.2f, 0.5f, kUsualSystemness + 0.3f, 0.4f) == about(0.64));
  CHECK(outlook_of(0.9f, 0, 1, 1, 1) == about(0.9));
  CHECK(outlook_of(0, 0.6f, 0, 0, 0) == 0);
  CHECK(outlook_of(1, 0.6f, 1, 1, 1) == 1);
}

TEST_CASE("joining: a coalition counts before anybody has joined, expectation where inevitable") {
  CHECK(felt_participation(kVoluntary, 0, 0.5f, 0.2f, 1, 0.15f) == about(0.2));
  CHECK(felt_participation(kVoluntary, 0, 0, 0.2f, 1, 0.15f) == about(0.1));
  CHECK(felt_participation(kVoluntary, 0, 1, 0.2f, 1, 0.15f) == about(0.3));
  CHECK(felt_participation(kVoluntary, 0.4f, 1, 0.2f, 1, 0.15f) == about(0.4));
  CHECK(felt_participation(kInevitable, 0.3f, 0.5f, 0.2f, 1, 0.15f) == about(0.35));
  CHECK(felt_participation(kInevitable, 0, 0.5f, 0.2f, 0.4f, 0.15f) == about(0.26));
}

TEST_CASE("joining: uptake is logistic above the critical mass and stalls below it") {
  // At the usual outlook the hazard is influence / saturation for each unit of participation felt.
  CHECK(joining_hazard(2, 0.8f, 0.4f, 0.2f, 0.5f) == about(1.0));
  CHECK(joining_hazard(2, 0.8f, 0.2f, 0.2f, 0.5f) == about(0.5));
  // Half the critical mass: half of that, once more halved.
  CHECK(joining_hazard(2, 0.8f, 0.1f, 0.2f, 0.5f) == about(0.125));
  CHECK(joining_hazard(2, 0.8f, 0, 0.2f, 0.5f) == 0);
  CHECK(joining_hazard(2, 0.8f, 0.4f, 0.2f, 0) == 0);
  CHECK(rises([](float x) { return joining_hazard(x, 0.75f, 0.3f, 0.2f, 0.5f); }, {0.8f, 2, 4}));
  CHECK(rises([](float x) { return joining_hazard(2, 0.75f, 0.3f, 0.2f, x); }, {0.2f, 0.5f, 1}));
  CHECK(falls([](float x) { return joining_hazard(2, 0.75f, 0.1f, x, 0.5f); }, {0.2f, 0.3f, 0.4f}));
}

TEST_CASE("joining: who sees some use in it stays, and who is expected to") {
  CHECK(leaving_hazard(1, 0.5f, 0) == 0);
  CHECK(leaving_hazard(1, 0.9f, 0) == 0);
  CHECK(leaving_hazard(1, 0.2f, 0) == about(0.6));
  CHECK(leaving_hazard(1, 0, 0.25f) == about(0.75));
  CHECK(leaving_hazard(1, 0, 1) == 0);
}

TEST_CASE(
    "joining: what is ordered is resisted, by the reluctant most, and makes members in name") {
  CHECK(resisted(0.5f, 0, 0.5f, 0.5f) == about(0.5));  // the mean school under a distrusted centre
  CHECK(resisted(0.5f, 1, 0.5f, 0.5f) == 0);
  CHECK(resisted(0.5f, 0.6f, 0.5f, 0.5f) == about(0.2));
  CHECK(resisted(0.5f, 0, 0.5f, 0) == 0);
  CHECK(resisted(0.5f, 0, 0.5f, 1) == about(1));
  CHECK(resisted(0.5f, 0, 1, 0.5f) == about(0.25));  // a coalition softens it
  CHECK(resisted(0.5f, 0, 0, 0.5f) == about(0.75));
  CHECK(resisted(0.9f, 0, 0, 1) == 1);  // never more than all

  CHECK(willingness(0.65f, 0.5f, kUsualEnergy) == about(0.65));
  CHECK(willingness(0.65f, 0.25f, kUsualEnergy) == about(0.325));
  CHECK(willingness(0.65f, 0.5f, 0.5f * kUsualEnergy) == about(0.325));
  CHECK(willingness(0.65f, 1, 1) == 1);
  CHECK(willingness(0.65f, 0, 1) == 0);
}

TEST_CASE("ties: rivals keep apart") {
  CHECK(friendliness(1, 0, 0, 0.5f) == about(1));
  CHECK(friendliness(1, 0.2f, 0.2f, 0.5f) == about(std::exp(-0.3)));
  CHECK(friendliness(2, 1, 1, 0.5f) == about(std::exp(-2.0)));  // no more than full rivalry
  CHECK(friendliness(0, 1, 1, 0.5f) == about(1));
  CHECK(falls([](float x) { return friendliness(1, x, 0.1f, 0.5f); }, {0, 0.4f, 0.9f}));
  CHECK(falls([](float x) { return friendliness(1, 0.1f, x, 0.5f); }, {0, 0.4f, 1}));
}

TEST_CASE("ties: what only a leader held goes with the leader, what many hold stays") {
  CHECK(lost_ties(0.7f, 0.1f, 0, 0) == about(0.7));
  CHECK(lost_ties(0.7f, 0.1f, 1, 0) == about(0.1));
  CHECK(lost_ties(0.7f, 0.1f, 0, 1) == about(0.1));  // people lent to the school hold it too
  CHECK(lost_ties(0.7f, 0.1f, 0.5f, 0) == about(0.4));
  CHECK(lost_ties(0.7f, 0.1f, 0.5f, 0.5f) == about(0.25));
  // The standard values hold what is known: most of a leader's tie, at most a quarter of a deep
  // one.
  const Ties::Params p;
  CHECK(lost_ties(p.lost_with_leader, p.deep_loss, 0, 0) >= 0.6f);
  CHECK(lost_ties(p.lost_with_leader, p.deep_loss, 0.75f, 0) <= 0.251f);
}
