#include "model/money.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "model/district_grant.hpp"

namespace reformsim {
namespace {

using Params = Money::Params;
using enum CostUnit;
using enum CostKind;

constexpr Role kHeld = Role::constant;

const ParameterRow<Params> kRows[] = {
    // prices
    {"teacher_salary", &Params::teacher_salary, "currency/year", 5000, 200000,
     "Yearly cost of one full-time teacher, from which staff costs follow.",
     "Massachusetts 1998: 36,000 US dollars, plus benefits", kHeld},
    {"leader_pay", &Params::leader_pay, "1", 1.2, 3,
     "Yearly cost of a school leader against a teacher's.", "assumed", kHeld},
    {"working_days", &Params::working_days, "days/year", 170, 240,
     "Days a teacher or leader works in a year.",
     "England: 195 contract days; California: about 185", kHeld},
    // shares of the grant
    {"need_weight", &Params::need_weight, "1", 0, 20,
     "By need, what a disadvantaged pupil brings on top of any pupil's share.", "assumed", kHeld},
    {"bid_skill", &Params::bid_skill, "1/SD", 0, 4,
     "By competition, how strongly the chance of a grant rises with leadership.",
     "assumed; direction: Hargreaves and Ainscow 2015", kHeld},
    // wanted: cut to the money there is
    {"broadcast_days", &Params::broadcast_days, "days/teacher", 0.1, 3,
     "Staff days a year for a teacher reached by courses and circulars.",
     "assumed; EEF Literacy Octopus 2017, 2019", kHeld},
    {"light_touch_days", &Params::light_touch_days, "days/teacher", 0.5, 10,
     "Staff days a year for a teacher in short training with follow-up, the trainer's included.",
     "assumed; Sims et al. 2021", kHeld},
    {"coaching_days", &Params::coaching_days, "days/teacher", 3, 30,
     "Staff days a year for a coached teacher, the coach's included.",
     "Kraft, Blazar and Hogan 2018: commonly 10 to 20 hours with the coach and more", kHeld},
    {"collaboration_days", &Params::collaboration_days, "days/teacher", 0, 19,
     "Days of cover paid for a teacher with half a day a week for joint work.",
     "assumed: of 19 days a year most are found in the timetable", kHeld},
    {"device_cost", &Params::device_cost, "currency/pupil/year", 30, 600,
     "Yearly cost of a device for a pupil, with software, repair and replacement.",
     "assumed; Cristia et al. 2017: about 200 US dollars a laptop alone", kHeld},
    {"inspection_days", &Params::inspection_days, "days", 5, 120,
     "Staff days of one inspection, inspectors and school together.", "assumed", kHeld},
    {"cluster_posts", &Params::cluster_posts, "FTE", 0.2, 3,
     "Posts in a fully facilitated cluster for its facilitators and released leaders.",
     "Greater Manchester Challenge: 50 million pounds, 1,150 schools, 3 years; New Zealand: 118 "
     "million NZ dollars a year, 220 communities, 4,000 part-time roles; Networks for School "
     "Improvement: over 300 million US dollars, 34 networks of about 20 schools",
     kHeld},
    {"hub_posts", &Params::hub_posts, "FTE", 0.2, 4,
     "Posts in a hub school for its work with other schools.",
     "assumed; Gu et al. 2015: core grants of 40,000 to 60,000 pounds a year", kHeld},
    {"leader_training_days", &Params::leader_training_days, "days", 2, 60,
     "Leader days to train one leader to lead in the middle, the trainers' included.", "assumed",
     kHeld},
    // due: paid first
    {"publication_days", &Params::publication_days, "days/teacher", 0, 5,
     "Days a year for tests and data where results are published in full.", "assumed", kHeld},
    {"stakes_posts", &Params::stakes_posts, "FTE/teacher", 0, 0.04,
     "Posts that full stakes take in administering targets and sanctions.", "assumed", kHeld},
    {"appraisal_days", &Params::appraisal_days, "days/teacher", 0.5, 10,
     "Days a year for a fully appraised teacher, the observers' included.",
     "assumed; Adnot, Dee, Katz and Wyckoff 2016: up to five observations a year", kHeld},
    {"merit_pay", &Params::merit_pay, "share", 0.02, 0.3,
     "Part of a salary that full merit pay adds.", "assumed: what the lever means by full", kHeld},
    {"dismissal_days", &Params::dismissal_days, "days", 10, 200,
     "Days for procedures, recruiting and induction for a teacher dismissed.", "assumed", kHeld},
    {"initiative_days", &Params::initiative_days, "days/teacher", 0.1, 5,
     "Days a year that one initiative alive takes of a teacher's paid time.", "assumed", kHeld},
    {"prescription_days", &Params::prescription_days, "days/teacher", 0.1, 5,
     "Days a year for materials, pacing plans and records where all is prescribed.", "assumed",
     kHeld},
    {"alignment_posts", &Params::alignment_posts, "FTE/teacher", 0, 0.04,
     "Posts that full alignment of policies takes.", "assumed", kHeld},
    {"autonomy_posts", &Params::autonomy_posts, "FTE/teacher", 0, 0.05,
     "Posts of administration that a school with full autonomy has to itself.", "assumed", kHeld},
    {"transport", &Params::transport, "currency/pupil/year", 0, 500,
     "Transport and administration, over all pupils, where choice is free.",
     "assumed: a tenth of pupils carried at 500 a year", kHeld},
    {"bypassed_posts", &Params::bypassed_posts, "FTE/teacher", 0, 0.04,
     "Posts of the district where it is bypassed.", "assumed", kHeld},
    {"mediating_posts", &Params::mediating_posts, "FTE/teacher", 0, 0.05,
     "Posts of the district where it passes policy on and supports.", "assumed", kHeld},
    {"leading_posts", &Params::leading_posts, "FTE/teacher", 0, 0.08,
     "Posts of the district where it leads from the middle.", "assumed", kHeld},
    {"participation_days", &Params::participation_days, "days", 3, 40,
     "Leader days a year that full participation in a network takes.",
     "8% of 190 days, the attention that `joining.time_cost` takes; assumed", kHeld},
    {"review_days", &Params::review_days, "days", 2, 60,
     "Staff days a year for a member school with a full programme of peer review, reviewers and "
     "reviewed.",
     "assumed", kHeld},
    {"enquiry_days", &Params::enquiry_days, "days", 2, 60,
     "Staff days a year for a member school with full cycles of joint enquiry.", "assumed", kHeld},
    {"beyond_days", &Params::beyond_days, "days/teacher", 0.1, 10,
     "Days a year for a teacher of a member school when teachers, pupils and families take part.",
     "assumed", kHeld},
    {"cross_review_days", &Params::cross_review_days, "days", 1, 40,
     "Staff days a year for a member school where clusters review one another in full.", "assumed",
     kHeld},
    {"lent_leaders", &Params::lent_leaders, "FTE", 0.3, 4,
     "Leaders' posts behind a school that gives all of its leaders' time to others.",
     "assumed: the head alone", kHeld},
    {"support_days", &Params::support_days, "days", 0, 80,
     "Days of cover a year in a school with all the support it could use.", "assumed", kHeld},
    {"bid_days", &Params::bid_days, "days", 0, 80,
     "Staff days a year for bids where money is won by competition, per school.",
     "assumed; direction: Hargreaves and Ainscow 2015", kHeld},
    {"head_premium", &Params::head_premium, "share/SD", 0, 0.5,
     "Pay of an exceptional head beyond a leader's usual, by SD of skill.", "assumed", kHeld},
    // the grant that districts take up or leave
    {"grant_posts", &Params::grant_posts, "posts", 0.05, 3,
     "Teachers' posts that it takes a district, however small, to apply for the grant, run it and "
     "account for it.",
     "assumed", kHeld},
    {"grant_resisted", &Params::grant_resisted, "share", 0, 1,
     "What a grant counts for in a district that resists, against what it counts for in others.",
     "assumed; direction: Hargreaves and Ainscow 2015 (all of 72 took it)", kHeld}};

// All that quantities are made of, for the schools of a block.
struct Schools {
  const float *pupils, *teachers, *real, *declared, *alive, *given, *received;
  const float *broadcast, *light_touch, *coaching, *collaboration, *technology, *inspection,
      *facilitation, *hubs, *publication, *stakes, *appraisal, *merit_pay, *dismissal,
      *prescription, *alignment, *autonomy, *choice, *role, *peer_review, *enquiry, *beyond,
      *cross_review;
  const float* help_due;  // share of a facilitated cluster that is the school's, not yet released
  const float* trains;    // leaders trained in a year; there is one
  const float* head_exceptional;  // how far its present head was made so, here or elsewhere
  const float* grant;             // share of its district's grant that is the school's
  float bids;                     // 1 where money is won by competition
};

template <class Quantity>
struct Priced {
  CostItem item;
  Quantity quantity;
};
template <class Quantity>
constexpr Priced<Quantity> cost(LeverId lever, float Params::*unit_cost, CostUnit unit,
                                CostKind kind, std::string_view words, Quantity quantity) {
  return {{lever, unit_cost, unit, kind, words}, quantity};
}

using L = LeverId;
using P = Params;
using S = const Schools&;
using I = std::size_t;

// clang-format off
// The table of costs: lever, unit cost, in what it is counted, wanted or due, quantity a year.
constexpr auto kCosts = std::tuple{
  cost(L::broadcast, &P::broadcast_days, teacher_day, wanted, "teachers reached", [](S s, I i) { return s.teachers[i] * s.broadcast[i]; }),
  cost(L::light_touch, &P::light_touch_days, teacher_day, wanted, "teachers in training", [](S s, I i) { return s.teachers[i] * s.light_touch[i]; }),
  cost(L::coaching, &P::coaching_days, teacher_day, wanted, "teachers coached", [](S s, I i) { return s.teachers[i] * s.coaching[i]; }),
  cost(L::collaborative_time, &P::collaboration_days, teacher_day, wanted, "teachers with time", [](S s, I i) { return s.teachers[i] * s.collaboration[i]; }),
  cost(L::technology, &P::device_cost, currency, wanted, "pupils equipped", [](S s, I i) { return s.pupils[i] * s.technology[i]; }),
  cost(L::inspection, &P::inspection_days, teacher_day, wanted, "inspections", [](S s, I i) { return s.inspection[i]; }),
  cost(L::facilitation, &P::cluster_posts, teacher_year, wanted, "its part of the cluster's help, less what has been released", [](S s, I i) { return s.facilitation[i] * s.declared[i] * s.help_due[i]; }),
  cost(L::hubs, &P::hub_posts, teacher_year, wanted, "its part of the district's hubs", [](S s, I i) { return s.hubs[i]; }),
  cost(L::leader_training, &P::leader_training_days, leader_day, wanted, "leaders trained", [](S s, I i) { return s.trains[i]; }),
  cost(L::publication, &P::publication_days, teacher_day, due, "teachers, by publication", [](S s, I i) { return s.teachers[i] * s.publication[i]; }),
  cost(L::stakes, &P::stakes_posts, teacher_year, due, "teachers, by stakes", [](S s, I i) { return s.teachers[i] * s.stakes[i]; }),
  cost(L::appraisal, &P::appraisal_days, teacher_day, due, "teachers appraised", [](S s, I i) { return s.teachers[i] * s.appraisal[i]; }),
  cost(L::merit_pay, &P::merit_pay, teacher_year, due, "teachers paid so", [](S s, I i) { return s.teachers[i] * s.merit_pay[i]; }),
  cost(L::dismissal, &P::dismissal_days, teacher_day, due, "teachers dismissed", [](S s, I i) { return s.teachers[i] * s.dismissal[i]; }),
  cost(L::initiatives_started, &P::initiative_days, teacher_day, due, "teachers times initiatives alive", [](S s, I i) { return s.teachers[i] * s.alive[i]; }),
  cost(L::prescription, &P::prescription_days, teacher_day, due, "teachers, by prescription", [](S s, I i) { return s.teachers[i] * s.prescription[i]; }),
  cost(L::coordination, &P::alignment_posts, teacher_year, due, "teachers, by alignment", [](S s, I i) { return s.teachers[i] * s.alignment[i]; }),
  cost(L::autonomy, &P::autonomy_posts, teacher_year, due, "teachers, by autonomy", [](S s, I i) { return s.teachers[i] * s.autonomy[i]; }),
  cost(L::choice, &P::transport, currency, due, "pupils, by choice", [](S s, I i) { return s.pupils[i] * s.choice[i]; }),
  cost(L::district_role, &P::bypassed_posts, teacher_year, due, "teachers whose district is bypassed", [](S s, I i) { return s.role[i] == 0.0f ? s.teachers[i] : 0.0f; }),
  cost(L::district_role, &P::mediating_posts, teacher_year, due, "teachers whose district mediates", [](S s, I i) { return s.role[i] == 1.0f ? s.teachers[i] : 0.0f; }),
  cost(L::district_role, &P::leading_posts, teacher_year, due, "teachers whose district leads", [](S s, I i) { return s.role[i] == 2.0f ? s.teachers[i] : 0.0f; }),
  cost(L::participation, &P::participation_days, leader_day, due, "real engagement", [](S s, I i) { return s.real[i]; }),
  cost(L::peer_review, &P::review_days, teacher_day, due, "real engagement, by peer review", [](S s, I i) { return s.real[i] * s.peer_review[i]; }),
  cost(L::enquiry_cycles, &P::enquiry_days, teacher_day, due, "real engagement, by enquiry cycles", [](S s, I i) { return s.real[i] * s.enquiry[i]; }),
  cost(L::beyond_leaders, &P::beyond_days, teacher_day, due, "teachers, by real engagement beyond leaders", [](S s, I i) { return s.teachers[i] * s.real[i] * s.beyond[i]; }),
  cost(L::cross_review, &P::cross_review_days, teacher_day, due, "real engagement, by cross review", [](S s, I i) { return s.real[i] * s.cross_review[i]; }),
  cost(L::brokering, &P::lent_leaders, leader_year, due, "leaders' time given to others", [](S s, I i) { return s.given[i]; }),
  cost(L::brokering, &P::support_days, teacher_day, due, "support received", [](S s, I i) { return s.received[i]; }),
  cost(L::funding_rule, &P::bid_days, teacher_day, due, "schools that bid", [](S s, I) { return s.bids; }),
  cost(L::exceptional_heads, &P::head_premium, leader_year, due, "SDs of the head beyond others", [](S s, I i) { return s.head_exceptional[i]; }),
  cost(L::grant_per_pupil, &P::grant_posts, teacher_year, due, "its part of the district's, where that has taken the grant", [](S s, I i) { return s.grant[i]; })};
// clang-format on

using UnitCosts = std::array<float, std::tuple_size_v<decltype(kCosts)>>;
// What the levers ask of each school of a block in a year, in currency.
struct Bills {
  std::array<float, kBlock> wanted{}, due{};

  // `unit` holds each item's unit cost in currency.
  Bills(S schools, std::size_t count, const UnitCosts& unit) {
    std::size_t k = 0;
    const auto add = [&](const auto& cost) {
      float* to = cost.item.kind == CostKind::wanted ? wanted.data() : due.data();
      const float each = unit[k++];
      for (std::size_t i = 0; i < count; ++i) to[i] += each * cost.quantity(schools, i);
    };
    std::apply([&](const auto&... cost) { (add(cost), ...); }, kCosts);
  }
};

using Access = Money::Access;

template <class Value>
double sum(const Context& now, std::size_t schools, Value&& value) {
  return now.parallel.sum_blocks(schools, [&](Block b) {
    double total = 0;
    for (std::size_t i = b.begin; i < b.end; ++i) total += static_cast<double>(value(i));
    return total;
  });
}

void share_out(const Access& world, const Params& p, const Context& now, FundingRule rule) {
  const std::size_t n = world.schools();
  const auto roll = world[col::roll];
  const auto grant = world[col::grant];

  // The pot is what the reform money of all schools adds up to; each school's claim on it is its
  // own reform money, weighted by the rule. (Reform money above the total would be money that is
  // not there.)
  const auto reform_at = [&](std::size_t i) {
    return std::min(world.at(lever::reform_per_pupil, i), world.at(lever::total_per_pupil, i));
  };
  const auto claim = [&](std::size_t i) {  // for each pupil
    return static_cast<double>(
        reform_at(i) * rule_weight(rule, p, world[col::deprivation][i], world[col::leadership][i]));
  };
  const double pot =
      sum(now, n, [&](std::size_t i) { return static_cast<double>(reform_at(i)) * roll[i]; });
  if (rule == FundingRule::equal_per_district) {
    // The same for every district that has a claim, inside it by pupil and claim.
    const auto first = world[col::first_school];
    const auto count = world[col::district_schools];
    const std::size_t districts = world.rows(Entity::district);
    std::vector<double> claims(districts);
    now.parallel.for_each_block(districts, [&](Block b) {
      for (std::size_t d = b.begin; d < b.end; ++d)
        for (int s = first[d]; s < first[d] + count[d]; ++s) {
          const auto i = static_cast<std::size_t>(s);
          claims[d] += claim(i) * roll[i];
        }
    });
    const auto with_claim =
        std::count_if(claims.begin(), claims.end(), [](double c) { return c > 0; });
    const double each = with_claim > 0 ? pot / static_cast<double>(with_claim) : 0.0;
    now.parallel.for_each_block(districts, [&](Block b) {
      for (std::size_t d = b.begin; d < b.end; ++d)
        for (int s = first[d]; s < first[d] + count[d]; ++s) {
          const auto i = static_cast<std::size_t>(s);
          grant[i] = static_cast<float>(claims[d] > 0 ? each / claims[d] * claim(i) : 0.0);
        }
    });
  } else {
    const double claims = sum(now, n, [&](std::size_t i) { return claim(i) * roll[i]; });
    const double part = claims > 0 ? pot / claims : 0.0;
    now.parallel.for_each_block(n, [&](Block b) {
      for (std::size_t i = b.begin; i < b.end; ++i) grant[i] = static_cast<float>(part * claim(i));
    });
  }
}

// What of the levers' bill the grant pays, and what is left for ordinary running.
void pay(const Access& world, const Params& p, const Context& now, FundingRule rule,
         const GrantOffer& offer) {
  UnitCosts unit;
  for (std::size_t k = 0; k < unit.size(); ++k) {
    const CostItem& item = cost_items()[k];
    unit[k] = p.*item.unit_cost * price(item.unit, p);
  }
  const auto size_of = world[col::cluster_size];
  const auto capacity_of = world[col::cluster_capacity];
  const auto trained = world[col::leader_trained];
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const int32_t *cluster = c[col::cluster], *leader = c[col::leader];
    const float *training = c[lever::leader_training], *release = c[lever::release];
    const int32_t* district = c[col::district];
    std::array<float, kBlock> help_due, trains, grant;
    for (std::size_t i = 0; i < b.size(); ++i) {
      help_due[i] = trains[i] = grant[i] = 0.0f;
      if (offer.any()) {
        const auto d = static_cast<std::size_t>(district[i]);
        if (offer.each[d] > 0)
          grant[i] = static_cast<float>(static_cast<double>(c[col::roll][i]) / offer.pupils[d]);
        c[col::grant][i] += static_cast<float>(offer.each[d]);
      }
      if (cluster[i] >= 0) {
        const auto k = static_cast<std::size_t>(cluster[i]);
        help_due[i] = (1.0f - release[i] * capacity_of[k]) / static_cast<float>(size_of[k]);
      }
      if (training[i] > 0.0f && trained[static_cast<std::size_t>(leader[i])] == 0.0f)
        trains[i] = now.share(training[i]) / static_cast<float>(now.years);
    }
    const Schools schools{.pupils = c[col::roll],
                          .teachers = c[col::teachers],
                          .real = c[col::engagement_real],
                          .declared = c[col::engagement_declared],
                          .alive = c[col::initiatives],
                          .given = c[col::support_given],
                          .received = c[col::support_received],
                          .broadcast = c[lever::broadcast],
                          .light_touch = c[lever::light_touch],
                          .coaching = c[lever::coaching],
                          .collaboration = c[lever::collaborative_time],
                          .technology = c[lever::technology],
                          .inspection = c[lever::inspection],
                          .facilitation = c[lever::facilitation],
                          .hubs = c[lever::hubs],
                          .publication = c[lever::publication],
                          .stakes = c[lever::stakes],
                          .appraisal = c[lever::appraisal],
                          .merit_pay = c[lever::merit_pay],
                          .dismissal = c[lever::dismissal],
                          .prescription = c[lever::prescription],
                          .alignment = c[lever::coordination],
                          .autonomy = c[lever::autonomy],
                          .choice = c[lever::choice],
                          .role = c[lever::district_role],
                          .peer_review = c[lever::peer_review],
                          .enquiry = c[lever::enquiry_cycles],
                          .beyond = c[lever::beyond_leaders],
                          .cross_review = c[lever::cross_review],
                          .help_due = help_due.data(),
                          .trains = trains.data(),
                          .head_exceptional = c[col::head_exceptional],
                          .grant = grant.data(),
                          .bids = rule == FundingRule::competitive ? 1.0f : 0.0f};
    const float *total = c[lever::total_per_pupil], *reform = c[lever::reform_per_pupil];
    const Bills asked(schools, b.size(), unit);
    float *money = c[col::grant], *spent = c[col::lever_spending],
          *running = c[col::ordinary_spending], *paid = c[col::funded];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float each = 1.0f / std::max(schools.pupils[i], 1e-3f);
      const float wanted_each = asked.wanted[i] * each, due_each = asked.due[i] * each;
      paid[i] = funded_share(money[i], due_each, wanted_each);
      money[i] += total[i] - std::min(reform[i], total[i]);
      if (offer.any()) money[i] += static_cast<float>(offer.left) - set_aside(world, b.begin + i);
      spent[i] = std::min(due_each + paid[i] * wanted_each, money[i]);
      running[i] = money[i] - spent[i];
    }
  });
}

// The ledger, in whole money: all that is received is spent in the term, on levers or on running.
void keep_ledger(const Access& world, const Context& now) {
  const std::size_t n = world.schools();
  const auto roll = world[col::roll];
  const auto grant = world[col::grant];
  const auto spent = world[col::lever_spending];
  const double in = now.years * sum(now, n, [&](std::size_t i) {
                      return static_cast<double>(grant[i]) * roll[i];
                    });
  const double on_levers = now.years * sum(now, n, [&](std::size_t i) {
                             return static_cast<double>(spent[i]) * roll[i];
                           });
  const double on_running =
      now.years * sum(now, n, [&](std::size_t i) {
        return (static_cast<double>(grant[i]) - static_cast<double>(spent[i])) * roll[i];
      });
  world[col::money_received][0] += in;
  world[col::money_on_levers][0] += on_levers;
  world[col::money_on_running][0] += on_running;
}

}  // namespace

std::span<const ParameterRow<Params>> Money::parameters() { return kRows; }

std::span<const CostItem> cost_items() {
  static constexpr auto items =
      std::apply([](const auto&... cost) { return std::array{cost.item...}; }, kCosts);
  return items;
}

void Money::step(const Access& world, const Params& p, const Context& now) {
  const auto rule = static_cast<FundingRule>(static_cast<int>(world.mean(lever::funding_rule)));
  share_out(world, p, now, rule);
  pay(world, p, now, rule, offer_grant(world, p, now));
  keep_ledger(world, now);
}

}  // namespace reformsim
