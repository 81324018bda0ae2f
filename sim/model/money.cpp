#include "model/money.hpp"

#include <algorithm>
#include <vector>

namespace reformsim {
namespace {

constexpr float kDaysPerYear = 190.0f;  // a teacher's working days
constexpr float kLeaderTime = 0.08f;    // of a leader's time, for a school that takes part in full

const ParameterRow<Money::Params> kRows[] = {
    {"teacher_salary", &Money::Params::teacher_salary, "currency/year", 5000, 200000,
     "Yearly cost of one full-time teacher, from which all unit costs follow.",
     "Massachusetts 1998: 36,000 US dollars plus benefits"},
    {"coaching_days", &Money::Params::coaching_days, "days/year", 3, 30,
     "Staff days a coached teacher takes in a year, the coach's included.",
     "Kraft, Blazar and Hogan 2018: commonly 10 to 20 hours and more"},
    {"cluster_posts", &Money::Params::cluster_posts, "FTE", 0.2, 3,
     "Posts a fully facilitated cluster has for its facilitators and released leaders.",
     "Greater Manchester Challenge: 50 million pounds over 1,150 schools and 3 years; New Zealand: 118 "
     "million NZ dollars a year for 220 communities"},
    {"inspection_days", &Money::Params::inspection_days, "days", 5, 120,
     "Staff days one inspection takes, inspectors and school together.", "assumed"}};

// Weight of a school in the sharing out of the reform money, relative to its pupils.
float rule_weight(FundingRule rule, float deprivation, float leadership) {
  switch (rule) {
    case FundingRule::by_need: return 0.5f + 2.0f * deprivation;
    case FundingRule::competitive: return logistic(2.0f * leadership);  // the better led write the better bids
    default: return 1.0f;
  }
}

}  // namespace

std::span<const ParameterRow<Money::Params>> Money::parameters() { return kRows; }

void Money::step(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const auto rule = static_cast<FundingRule>(static_cast<int>(world.mean(lever::funding_rule)));
  const auto roll = world[col::roll];
  const auto grant = world[col::grant];

  // The grant: first every school's weight, then its share of the pot.
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i)
      c[col::grant][i] =
          c[col::roll][i] * rule_weight(rule, c[col::deprivation][i], c[col::leadership][i]);
  });
  const auto per_pupil_total = [&](std::size_t i) { return world.at(lever::reform_per_pupil, i); };
  const double pot = now.parallel.sum_blocks(n, [&](Block b) {
    double sum = 0;
    for (std::size_t i = b.begin; i < b.end; ++i)
      sum += static_cast<double>(per_pupil_total(i)) * roll[i];
    return sum;
  });
  if (rule == FundingRule::equal_per_district) {
    const auto first = world[col::first_school];
    const auto count = world[col::district_schools];
    const std::size_t districts = world.rows(Entity::district);
    const double each = pot / static_cast<double>(districts);
    now.parallel.for_each_block(districts, [&](Block b) {
      for (std::size_t d = b.begin; d < b.end; ++d) {
        double pupils = 0;
        for (int s = first[d]; s < first[d] + count[d]; ++s) pupils += roll[static_cast<std::size_t>(s)];
        for (int s = first[d]; s < first[d] + count[d]; ++s)
          grant[static_cast<std::size_t>(s)] = static_cast<float>(pupils > 0 ? each / pupils : 0.0);
      }
    });
  } else {
    const double weights = now.parallel.sum_blocks(n, [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += grant[i];
      return sum;
    });
    const auto unit_share = static_cast<float>(weights > 0 ? pot / weights : 0.0);
    now.parallel.for_each_block(n, [&](Block b) {
      const auto c = world.in(b);
      for (std::size_t i = 0; i < b.size(); ++i)
        c[col::grant][i] = c[col::grant][i] * unit_share / std::max(c[col::roll][i], 1e-3f);
    });
  }

  // What the levers ask for, what of it the grant pays, and what is left for ordinary running.
  const float day = p.teacher_salary / kDaysPerYear;
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *pupils = c[col::roll], *teachers = c[col::teachers],
                *real = c[col::engagement_real], *declared = c[col::engagement_declared],
                *alive = c[col::initiatives];
    const float *coaching = c[lever::coaching], *light = c[lever::light_touch],
                *broadcast = c[lever::broadcast], *facilitation = c[lever::facilitation],
                *inspection = c[lever::inspection], *publication = c[lever::publication],
                *prescription = c[lever::prescription], *autonomy = c[lever::autonomy],
                *size = c[lever::cluster_size_lever], *total = c[lever::total_per_pupil],
                *reform = c[lever::reform_per_pupil];
    float *received = c[col::grant], *spent = c[col::lever_spending],
          *running = c[col::ordinary_spending], *paid = c[col::funded];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float teacher_days = p.coaching_days * coaching[i] + 2.0f * light[i] +
                                 0.5f * broadcast[i] + 0.5f * prescription[i] + 0.5f * alive[i] +
                                 0.5f * publication[i];
      const float school_days = p.inspection_days * inspection[i] +
                                kDaysPerYear * (p.cluster_posts * facilitation[i] * declared[i] / size[i] +
                                                2.0f * kLeaderTime * real[i] + 0.2f * autonomy[i]);
      const float want = day * (teacher_days * teachers[i] + school_days) / std::max(pupils[i], 1e-3f);
      const float share = want > received[i] ? received[i] / want : 1.0f;
      paid[i] = share;
      spent[i] = share * want;
      received[i] = total[i] - reform[i] + received[i];
      running[i] = received[i] - spent[i];
    }
  });

  // The ledger, in whole money; all that is received is spent in the term.
  const auto flow = [&](std::span<const float> column) {
    return now.years * now.parallel.sum_blocks(n, [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += static_cast<double>(column[i]) * roll[i];
      return sum;
    });
  };
  world[col::money_received][0] += flow(grant);
  world[col::money_on_levers][0] += flow(world[col::lever_spending]);
  world[col::money_on_running][0] += flow(world[col::ordinary_spending]);
}

}  // namespace reformsim
