// M24 Money: every lever costs, budgets bind, and what the levers leave goes to ordinary running.
//
// Cost is quantity times unit cost, and unit costs are staff time: days and posts at a salary. The
// table of costs is in money.cpp, one line for each lever that costs. What is *wanted* (training,
// help from outside, devices, cover) is cut to what the grant can pay: the school gets the share
// `funded` of it, and the mechanisms that deliver it read that share, so that nothing is had for
// nothing. What is *due* with the policy (administration, appraisal, leaders' own time) is paid
// first, from ordinary money if the grant does not reach. Quantities that depend on what schools do
// are last term's. (Hargreaves and Ainscow 2015; Rincon-Gallardo and Fullan 2016.)
#pragma once

#include <span>

#include "model/mechanism.hpp"

namespace reformsim {

struct Money {
  static constexpr std::string_view name = "money", code = "M24";
  static constexpr std::string_view meaning =
      "Every lever costs staff time; the reform money is shared out by the funding rule, and where "
      "it does not suffice a school gets the part of its levers that it can pay.";
  static constexpr std::uint16_t purpose = 24;
  static constexpr bool switchable = true;

  // All of them accounting, none calibrated.
  struct Params {
    float teacher_salary = 50000.0f;
    float leader_pay = 2.0f;
    float working_days = 190.0f;
    float need_weight = 4.0f;
    float bid_skill = 2.0f;
    float broadcast_days = 0.5f;
    float light_touch_days = 2.0f;
    float coaching_days = 10.0f;
    float collaboration_days = 4.0f;
    float device_cost = 150.0f;
    float inspection_days = 40.0f;
    float cluster_posts = 1.0f;
    float hub_posts = 1.0f;
    float leader_training_days = 10.0f;
    float publication_days = 0.5f;
    float stakes_posts = 0.004f;
    float appraisal_days = 2.0f;
    float merit_pay = 0.1f;
    float dismissal_days = 60.0f;
    float initiative_days = 0.5f;
    float prescription_days = 0.5f;
    float alignment_posts = 0.004f;
    float autonomy_posts = 0.008f;
    float transport = 50.0f;
    float bypassed_posts = 0.004f;
    float mediating_posts = 0.012f;
    float leading_posts = 0.02f;
    float participation_days = 15.0f;
    float review_days = 10.0f;
    float enquiry_days = 10.0f;
    float beyond_days = 1.0f;
    float cross_review_days = 4.0f;
    float lent_leaders = 1.0f;
    float support_days = 10.0f;
    float bid_days = 15.0f;
    float head_premium = 0.1f;
    float grant_posts = 0.5f;
    float grant_resisted = 0.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::roll, col::deprivation, col::teachers, col::leader, col::leader_trained,
                    col::engagement_real, col::engagement_declared, col::cluster, col::cluster_size,
                    col::cluster_capacity, col::initiatives, col::leadership, col::head_exceptional,
                    col::support_given, col::support_received, col::district, col::first_school,
                    col::district_schools, col::district_disposition, col::district_caution>,
              Owns<col::grant, col::takes_grant, col::lever_spending, col::ordinary_spending,
                   col::funded, col::money_received, col::money_on_levers, col::money_on_running>,
              Adds<>,
              Uses<lever::total_per_pupil, lever::reform_per_pupil, lever::funding_rule,
                   lever::grant_per_pupil, lever::grant_rule, lever::broadcast, lever::light_touch,
                   lever::coaching, lever::collaborative_time, lever::technology, lever::inspection,
                   lever::facilitation, lever::release, lever::hubs, lever::leader_training,
                   lever::publication, lever::stakes, lever::appraisal, lever::merit_pay,
                   lever::dismissal, lever::prescription, lever::coordination, lever::autonomy,
                   lever::choice, lever::district_role, lever::peer_review, lever::enquiry_cycles,
                   lever::beyond_leaders, lever::cross_review>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What a unit cost is counted in: days and years of a teacher or leader, or money.
enum class CostUnit { teacher_day, teacher_year, leader_day, leader_year, currency };
enum class CostKind { wanted, due };

// The price of one of these units, in currency.
inline float price(CostUnit unit, const Money::Params& p) {
  switch (unit) {
    case CostUnit::teacher_day:
      return p.teacher_salary / p.working_days;
    case CostUnit::teacher_year:
      return p.teacher_salary;
    case CostUnit::leader_day:
      return p.leader_pay * p.teacher_salary / p.working_days;
    case CostUnit::leader_year:
      return p.leader_pay * p.teacher_salary;
    default:
      return 1.0f;
  }
}

// Weight of a school in the sharing out of the reform money, for each of its pupils.
inline float rule_weight(FundingRule rule, const Money::Params& p, float deprivation,
                         float leadership) {
  switch (rule) {
    case FundingRule::by_need:
      return 1.0f + p.need_weight * deprivation;
    case FundingRule::competitive:
      return logistic(p.bid_skill * leadership);  // the better led write the better bids
    default:
      return 1.0f;
  }
}
// Share of what is wanted that is paid: what is due comes first.
inline float funded_share(float grant, float due, float wanted) {
  const float left = grant > due ? grant - due : 0.0f;
  return wanted > left ? left / wanted : 1.0f;
}

// The table of costs as data: which lever, which unit cost, in what, wanted or due, and the
// quantity in words.
struct CostItem {
  LeverId lever;
  float Money::Params::*unit_cost;
  CostUnit unit;
  CostKind kind;
  std::string_view quantity;
};
std::span<const CostItem> cost_items();

}  // namespace reformsim
