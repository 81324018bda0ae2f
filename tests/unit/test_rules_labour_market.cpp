// M10: who leaves, what a school can pay, and what coming and going does to the skill of its
// teachers; against numbers worked out on paper.
#include <catch2/catch.hpp>

#include <cmath>
#include <set>

#include "model/labour_market.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

namespace {

LabourMarket::Params plain() {
  LabourMarket::Params p;
  p.exhaustion = 1.2f, p.usual_energy = 0.65f, p.context = 0.12f;
  return p;
}

}  // namespace

TEST_CASE("labour market: exhaustion and a poor context drive people out, to a limit") {
  LabourMarket::Params p = plain();
  CHECK(exit_rate(0.11f, p, 0, 0.65f) == about(0.11));
  CHECK(exit_rate(0.11f, p, 1, 0.65f) == about(0.11 * std::exp(0.12)));
  CHECK(exit_rate(0.11f, p, -2, 0.65f) == about(0.11 * std::exp(-0.24)));
  CHECK(exit_rate(0.11f, p, 0, 0.15f) == about(0.11 * std::exp(0.6)));
  CHECK(exit_rate(0.8f, p, 3, 0) == 0.9f);
  p.exhaustion = 0;
  CHECK(exit_rate(0.11f, p, 0, 0.1f) == about(0.11));
}

TEST_CASE("labour market: a new head costs more where the staff leave too") {
  CHECK(succession_loss(0.12f, 0.11f, 0.11f) == about(0.12));
  CHECK(succession_loss(0.12f, 0.22f, 0.11f) == about(0.24));
  CHECK(succession_loss(0.12f, 0, 0.11f) == 0);
  CHECK(succession_loss(0.12f, 1, 0.11f) == about(0.36));
}

TEST_CASE("labour market: posts follow pupils, and half of the money for each of them") {
  CHECK(posts_at(30, 0.5f, 1, 1) == 30);
  CHECK(posts_at(30, 0.5f, 1, 1.2f) == about(33));
  CHECK(posts_at(30, 0.5f, 1, 0) == 15);
  CHECK(posts_at(30, 0.5f, 0.8f, 1) == about(24));
  CHECK(posts_at(30, 0.5f, 1.1f, 1.2f) == about(36.3));
  CHECK(posts_at(30, 1, 1, 0.9f) == about(27));
  CHECK(posts_at(0, 0.5f, 2, 2) == 0);
}

TEST_CASE("labour market: dismissing the weak raises the mean and narrows the spread") {
  // Of 20 teachers one in ten goes, 1.5 SDs below the mean, an SD being 0.8.
  const Staff rest = without_dismissed({20, 0.1f, 0.8f}, 0.1f, 1.5f);
  CHECK(rest.count == about(18));
  CHECK(rest.skill == about(0.1 + 0.1 * 1.5 * 0.8 / 0.9));
  CHECK(rest.spread == about(0.8 * std::sqrt(1 - 0.1 * 2.25 / 0.9)));
  // Nothing of the total is lost: 18 at the new mean and 2 at theirs are 20 at the old.
  CHECK((18 * rest.skill + 2 * (0.1 - 1.5 * 0.8)) / 20 == about(0.1));
  // At random it is no more than fewer people.
  const Staff random = without_dismissed({20, 0.1f, 0.8f}, 0.1f, 0);
  CHECK(random.skill == about(0.1));
  CHECK(random.spread == about(0.8));
  const Staff none = without_dismissed({20, 0.1f, 0.8f}, 0, 4);
  CHECK(none.count == 20);
  CHECK(none.skill == about(0.1));
  CHECK(none.spread == about(0.8));
  // More lies between the groups than there is to lose: a little is left.
  CHECK(without_dismissed({20, 0, 0.8f}, 0.2f, 4).spread == about(0.08));
}

TEST_CASE("labour market: two groups of teachers are one, with what lies between them") {
  const Staff all = joined({15, 0.2f, 0.9f}, {5, -0.6f, 0.5f});
  CHECK(all.count == 20);
  CHECK(all.skill == about(0));
  CHECK(all.spread == about(std::sqrt(0.75 * 0.81 + 0.25 * 0.25 + 0.75 * 0.25 * 0.64)));
  const Staff same = joined({15, 0.2f, 0.9f}, {0, 9, 9});
  CHECK(same.skill == about(0.2));
  CHECK(same.spread == about(0.9));
  const Staff nobody = joined({0, 0.3f, 0.9f}, {0, 0, 0.5f});
  CHECK(nobody.count == 0);
  CHECK(nobody.skill == 0);
  CHECK(nobody.spread == about(0.9));
}

TEST_CASE("labour market: the mean of a few is luck, and what is luck is not among them") {
  const Staff three = drawn_from(3, 0.5f, 0.8f, 1);
  CHECK(three.count == 3);
  CHECK(three.skill == about(0.5 + 0.8 * 0.5));
  CHECK(three.spread == about(0.8 * std::sqrt(0.75)));
  CHECK(drawn_from(99, 0.5f, 0.8f, -1).skill == about(0.42));
  CHECK(drawn_from(0, 0.5f, 0.8f, 0).spread == 0);
  // Over all luck the second moment is that of the crowd.
  const double within = three.spread * three.spread, between = 0.4 * 0.4;
  CHECK(within + between == about(0.64));
}

TEST_CASE("labour market: a successor has an id of their own") {
  std::set<uint64_t> ids = {12345};
  uint64_t id = 12345;
  for (int32_t generation = 1; generation < 1000; ++generation) {
    id = successor_id(id, generation);
    REQUIRE(ids.insert(id).second);
  }
  CHECK(successor_id(1, 1) == successor_id(1, 1));
  CHECK(successor_id(1, 1) != successor_id(2, 1));
  CHECK(successor_id(1, 1) != successor_id(1, 2));
}
