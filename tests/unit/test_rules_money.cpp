// M24: prices, shares of the grant, what of the bill is paid, and the table of costs itself.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "model/district_grant.hpp"
#include "model/money.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("money: staff time has the price of salaries") {
  Money::Params p;
  p.teacher_salary = 38000, p.leader_pay = 1.5f, p.working_days = 190;
  CHECK(price(CostUnit::teacher_day, p) == about(200));
  CHECK(price(CostUnit::teacher_year, p) == about(38000));
  CHECK(price(CostUnit::leader_day, p) == about(300));
  CHECK(price(CostUnit::leader_year, p) == about(57000));
  CHECK(price(CostUnit::currency, p) == 1);
}

TEST_CASE("money: the rules weigh need, bids or nothing but pupils") {
  Money::Params p;
  p.need_weight = 4, p.bid_skill = 2;
  CHECK(rule_weight(FundingRule::per_pupil, p, 0.7f, 2) == 1);
  CHECK(rule_weight(FundingRule::equal_per_district, p, 0.7f, 2) == 1);
  CHECK(rule_weight(FundingRule::by_need, p, 0.5f, 2) == about(3));
  CHECK(rule_weight(FundingRule::by_need, p, 0, -2) == about(1));
  CHECK(rule_weight(FundingRule::competitive, p, 0.7f, 0) == about(0.5));
  CHECK(rule_weight(FundingRule::competitive, p, 0, 1) == about(1 / (1 + std::exp(-2.0))));
}

TEST_CASE("money: what is due comes first, and the rest of the grant is all there is") {
  CHECK(funded_share(200, 50, 100) == 1);
  CHECK(funded_share(200, 100, 100) == 1);
  CHECK(funded_share(200, 150, 100) == about(0.5));
  CHECK(funded_share(200, 250, 100) == 0);
  CHECK(funded_share(0, 0, 0) == 1);
  // Due and paid together never exceed the grant while it covers what is due.
  for (const float due : {0.0f, 60.0f, 199.0f})
    CHECK(due + funded_share(200, due, 500) * 500 == about(200));
}

TEST_CASE("money: a district takes a grant that is worth the trouble") {
  // At 25,000 for the trouble: the usual district counts that, the boldest half, the most cautious
  // half as much again.
  CHECK_FALSE(takes_up(25000, 25000, 0.5f, false, 0.5f));
  CHECK(takes_up(25001, 25000, 0.5f, false, 0.5f));
  CHECK(takes_up(12501, 25000, 0, false, 0.5f));
  CHECK_FALSE(takes_up(37499, 25000, 1, false, 0.5f));
  CHECK(takes_up(37501, 25000, 1, false, 0.5f));
  // One that resists sees half of the money.
  CHECK_FALSE(takes_up(49999, 25000, 0.5f, true, 0.5f));
  CHECK(takes_up(50001, 25000, 0.5f, true, 0.5f));
}

TEST_CASE("money: every unit cost is in the table, and every line of the table has one") {
  // The rows that are not unit costs.
  const std::set<std::string> others = {"teacher_salary", "leader_pay", "working_days",
                                        "need_weight",    "bid_skill",  "grant_resisted"};
  for (const auto& row : Money::parameters()) {
    INFO(row.name);
    CHECK(row.role == Role::constant);
    const auto uses =
        std::count_if(cost_items().begin(), cost_items().end(),
                      [&](const CostItem& item) { return item.unit_cost == row.member; });
    CHECK(uses == (others.count(std::string(row.name)) ? 0 : 1));
  }
  // What can be cut is what somebody is hired or something is bought for.
  std::set<LeverId> wanted;
  for (const CostItem& item : cost_items())
    if (item.kind == CostKind::wanted) wanted.insert(item.lever);
  CHECK(wanted == std::set<LeverId>{LeverId::broadcast, LeverId::light_touch, LeverId::coaching,
                                    LeverId::collaborative_time, LeverId::technology,
                                    LeverId::inspection, LeverId::facilitation, LeverId::hubs,
                                    LeverId::leader_training});
}
