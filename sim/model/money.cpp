#include "model/money.hpp"

#include <algorithm>
#include <vector>

namespace reformsim {
namespace {

constexpr float kDaysPerYear = 190.0f;  // a teacher's working days
// A district's posts per school, by its role; assumed.
constexpr float kDistrictPosts[] = {0.1f, 0.3f, 0.5f};
constexpr float kLeaderTime = 0.08f;  // of a leader's time, for a school that takes part in full

const ParameterRow<Money::Params> kRows[] = {
    {"teacher_salary", &Money::Params::teacher_salary, "currency/year", 5000, 200000,
     "Yearly cost of one full-time teacher, from which all unit costs follow.",
     "Massachusetts 1998: 36,000 US dollars plus benefits"},
    {"coaching_days", &Money::Params::coaching_days, "days/year", 3, 30,
     "Staff days a coached teacher takes in a year, the coach's included.",
     "Kraft, Blazar and Hogan 2018: commonly 10 to 20 hours and more"},
    {"cluster_posts", &Money::Params::cluster_posts, "FTE", 0.2, 3,
     "Posts a fully facilitated cluster has for its facilitators and released leaders.",
     "Greater Manchester Challenge: 50 million pounds, 1,150 schools, 3 years; New Zealand: 118 "
     "million NZ dollars a year for 220 communities"},
    {"inspection_days", &Money::Params::inspection_days, "days", 5, 120,
     "Staff days one inspection takes, inspectors and school together.", "assumed"}};

// Weight of a school in the sharing out of the reform money, relative to its pupils.
float rule_weight(FundingRule rule, float deprivation, float leadership) {
  switch (rule) {
    case FundingRule::by_need:
      return 0.5f + 2.0f * deprivation;
    case FundingRule::competitive:
      return logistic(2.0f * leadership);  // the better led write the better bids
    default:
      return 1.0f;
  }
}

}  // namespace

std::span<const ParameterRow<Money::Params>> Money::parameters() { return kRows; }

void Money::step(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const auto rule = static_cast<FundingRule>(static_cast<int>(world.mean(lever::funding_rule)));
  const auto roll = world[col::roll];
  const auto grant = world[col::grant];

  // The pot is what the reform money of all schools adds up to; each school's claim on it is its
  // own reform money, weighted by the rule. (Reform money above the total would be money that is
  // not there.)
  const auto reform_at = [&](std::size_t i) {
    return std::min(world.at(lever::reform_per_pupil, i), world.at(lever::total_per_pupil, i));
  };
  const auto sum = [&](auto&& value) {
    return now.parallel.sum_blocks(n, [&](Block b) {
      double total = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) total += static_cast<double>(value(i));
      return total;
    });
  };
  const auto claim = [&](std::size_t i) {
    return reform_at(i) * roll[i] *
           rule_weight(rule, world[col::deprivation][i], world[col::leadership][i]);
  };
  const double pot = sum([&](std::size_t i) { return reform_at(i) * roll[i]; });
  if (rule == FundingRule::equal_per_district) {
    // The same for every district that has a claim, inside it by pupil and claim.
    const auto first = world[col::first_school];
    const auto count = world[col::district_schools];
    const std::size_t districts = world.rows(Entity::district);
    std::vector<double> claims(districts);
    now.parallel.for_each_block(districts, [&](Block b) {
      for (std::size_t d = b.begin; d < b.end; ++d)
        for (int s = first[d]; s < first[d] + count[d]; ++s)
          claims[d] += static_cast<double>(claim(static_cast<std::size_t>(s)));
    });
    const auto with_claim =
        std::count_if(claims.begin(), claims.end(), [](double c) { return c > 0; });
    const double each = with_claim > 0 ? pot / static_cast<double>(with_claim) : 0.0;
    now.parallel.for_each_block(districts, [&](Block b) {
      for (std::size_t d = b.begin; d < b.end; ++d)
        for (int s = first[d]; s < first[d] + count[d]; ++s) {
          const auto i = static_cast<std::size_t>(s);
          grant[i] = static_cast<float>(claims[d] > 0 ? each * claim(i) / claims[d] : 0.0) /
                     std::max(roll[i], 1e-3f);
        }
    });
  } else {
    const double claims = sum(claim);
    const double unit_share = claims > 0 ? pot / claims : 0.0;
    now.parallel.for_each_block(n, [&](Block b) {
      for (std::size_t i = b.begin; i < b.end; ++i)
        grant[i] = static_cast<float>(unit_share * claim(i)) / std::max(roll[i], 1e-3f);
    });
  }

  // What the levers ask for, what of it the grant pays, and what is left for ordinary running.
  const float day = p.teacher_salary / kDaysPerYear;
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *pupils = c[col::roll], *teachers = c[col::teachers],
                *real = c[col::engagement_real], *declared = c[col::engagement_declared],
                *alive = c[col::initiatives];
    const int32_t* cluster = c[col::cluster];
    const float *coaching = c[lever::coaching], *light = c[lever::light_touch],
                *broadcast = c[lever::broadcast], *facilitation = c[lever::facilitation],
                *inspection = c[lever::inspection], *publication = c[lever::publication],
                *prescription = c[lever::prescription], *autonomy = c[lever::autonomy],
                *stakes = c[lever::stakes], *alignment = c[lever::coordination],
                *role = c[lever::district_role], *review = c[lever::peer_review],
                *enquiry = c[lever::enquiry_cycles], *beyond = c[lever::beyond_leaders],
                *total = c[lever::total_per_pupil], *reform = c[lever::reform_per_pupil];
    float *received = c[col::grant], *spent = c[col::lever_spending],
          *running = c[col::ordinary_spending], *paid = c[col::funded];
    for (std::size_t i = 0; i < b.size(); ++i) {
      // What can be cut to the money there is: training, facilitation, inspection.
      const float size =
          cluster[i] < 0
              ? 1.0f
              : static_cast<float>(world[col::cluster_size][static_cast<std::size_t>(cluster[i])]);
      const float day_cost = day / std::max(pupils[i], 1e-3f);
      const float want =
          day_cost *
          (teachers[i] * (p.coaching_days * coaching[i] + 2.0f * light[i] + 0.5f * broadcast[i]) +
           p.inspection_days * inspection[i] +
           kDaysPerYear * p.cluster_posts * facilitation[i] * declared[i] / size);
      // What falls due with the policy, and is paid from ordinary money if the grant does not
      // reach.
      const float due =
          day_cost *
          (teachers[i] *
               (0.5f * (prescription[i] + alive[i] + publication[i]) + beyond[i] * real[i]) +
           10.0f * real[i] * (review[i] + enquiry[i]) +
           kDaysPerYear * (2.0f * kLeaderTime * real[i] + 0.2f * autonomy[i] + 0.1f * stakes[i] +
                           0.1f * alignment[i] + kDistrictPosts[static_cast<int>(role[i])]));
      const float left = std::max(received[i] - due, 0.0f);
      const float share = want > left ? left / want : 1.0f;
      paid[i] = share;
      spent[i] = due + share * want;
      received[i] += total[i] - std::min(reform[i], total[i]);
      spent[i] = std::min(spent[i], received[i]);
      running[i] = received[i] - spent[i];
    }
  });

  // The ledger, in whole money; all that is received is spent in the term.
  const auto flow = [&](std::span<const float> column) {
    return now.years * sum([&](std::size_t i) { return static_cast<double>(column[i]) * roll[i]; });
  };
  world[col::money_received][0] += flow(grant);
  world[col::money_on_levers][0] += flow(world[col::lever_spending]);
  world[col::money_on_running][0] += flow(world[col::ordinary_spending]);
}

}  // namespace reformsim
